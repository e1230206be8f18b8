import type { AlertStatus } from '#cases/case.ts';
import { restoreId } from '../callback-fields.ts';
import { personName } from '../person-name.ts';
import { helpView } from '../views/help.ts';
import { type StartReport, startView } from '../views/start.ts';
import { alertCommands } from './alerts.ts';
import { bookCommands, runBookDay } from './books.ts';
import { couponCommands } from './coupons.ts';
import { deadLetterCommands } from './dead-letters.ts';
import type { AdminEnv, BotCommand, TextContext } from './env.ts';
import { exceptionGone, showException } from './exception-cards.ts';
import { exceptionCommands } from './exceptions.ts';
import { orderCommands, runOrder } from './orders.ts';
import { payCommands } from './pay.ts';
import { exportCommands } from './period-export.ts';
import { productCommands } from './products.ts';
import { providerCommands } from './providers.ts';
import { takeReason } from './reasons.ts';
import { reconcileCommands } from './reconcile.ts';
import { refundCommands } from './refunds.ts';
import { replayCommands } from './replay.ts';
import { replyView } from './replies.ts';
import { reportCommands } from './reports.ts';
import { settingsCommands } from './settings.ts';

const sections: readonly { title: string; commands: readonly BotCommand[] }[] = [
  { title: 'Orders', commands: [...orderCommands, ...payCommands, ...refundCommands] },
  {
    title: 'When something is wrong',
    commands: [...alertCommands, ...exceptionCommands, ...reconcileCommands, ...deadLetterCommands, ...replayCommands],
  },
  { title: 'Catalogue', commands: [...productCommands, ...couponCommands] },
  { title: 'Reports', commands: [...providerCommands, ...reportCommands, ...bookCommands, ...exportCommands] },
  {
    title: 'This bot',
    commands: [
      ...settingsCommands,
      { command: 'start', usage: '', description: 'what needs you now', run: runStart },
      { command: 'help', usage: '', description: 'every command', run: runHelp },
    ],
  },
];

/** Every command that an admin has, in the order of the menu. */
export const adminCommands: readonly BotCommand[] = sections.flatMap(({ commands }) => commands);

/** What a day begins with; the rest is behind `/help`. */
const firstCommands: readonly string[] = ['orders', 'pay', 'alerts'];
/** More are not counted for a greeting. */
const ordersCountedMax = 50;

/** What somebody who is no admin sees behind the menu button. */
export const strangerCommands: readonly Pick<BotCommand, 'command' | 'description'>[] = [
  { command: 'start', description: 'begin here' },
];

async function runHelp(_env: AdminEnv, ctx: TextContext): Promise<void> {
  await replyView(ctx, helpView(sections));
}

/** A link such as `t.me/…?start=T-1042` opens that order, one with `books-2026-11-24` that day, one with `ex-…` an exception. */
async function runStart(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  if (words !== '' && (await runBookDay(env, ctx, words))) return;
  const id = restoreId(/^ex-(.+)$/.exec(words)?.[1] ?? '');
  if (id !== undefined) {
    const isShown = await showException(env, { ctx, wanted: { id } });
    if (!isShown) await replyView(ctx, { text: exceptionGone, keyboard: [] });
    return;
  }
  if (words !== '') await runOrder(env, ctx, words);
  else await replyView(ctx, startView(await readStart(env, ctx)));
}

async function readStart(env: AdminEnv, ctx: TextContext): Promise<StartReport> {
  const query = { statuses: ['needs_attention'] as const, before: null, limit: ordersCountedMax + 1 };
  const { alerts, orders } = await env.database.read(async (stores) => ({
    alerts: await stores.alerts.countAlerts(),
    orders: await stores.orders.listOrders(query),
  }));
  const countOf = (...statuses: AlertStatus[]): number =>
    alerts.filter(({ status }) => statuses.includes(status)).reduce((sum, { count }) => sum + count, 0);
  return {
    name: personName({ ...ctx.from, last_name: undefined }),
    openAlerts: countOf('open'),
    takenAlerts: countOf('acknowledged', 'snoozed'),
    ordersInNeed: { count: Math.min(orders.length, ordersCountedMax), hasMore: orders.length > ordersCountedMax },
    commands: adminCommands.filter(({ command }) => firstCommands.includes(command)),
  };
}

/** Text that is no command: the reason that is waited for; an order's number opens the order, anything else points to the help. */
export async function runText(env: AdminEnv, ctx: TextContext): Promise<void> {
  if (await takeReason(env, ctx)) return;
  const text = ctx.message.text.trim();
  if (/^(?:t-|#)\d{1,9}$/i.test(text)) await runOrder(env, ctx, text);
  else await replyView(ctx, { text: 'I know commands only: /help. To search, /find TEXT.', keyboard: [] });
}
