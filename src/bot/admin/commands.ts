import type { CaseStatus } from '#cases/case.ts';
import type { AdminEnv, BotCommand, TextContext } from '../kit/env.ts';
import { takeReason } from '../kit/reasons.ts';
import { replyView } from '../kit/replies.ts';
import { bookCommands, runBookDay } from '../screens/accounting/books.ts';
import { exportCommands } from '../screens/accounting/period-export.ts';
import { alertCommands } from '../screens/cases/alerts.ts';
import { exceptionGone, showException } from '../screens/cases/exception-cards.ts';
import { exceptionCommands } from '../screens/cases/exceptions.ts';
import { couponCommands } from '../screens/channels/coupons.ts';
import { productCommands } from '../screens/channels/products.ts';
import { settingsCommands } from '../screens/channels/settings.ts';
import { deadLetterCommands } from '../screens/operations/dead-letters.ts';
import { replayCommands } from '../screens/operations/replay.ts';
import { orderCommands, runOrder } from '../screens/orders/orders.ts';
import { payCommands } from '../screens/orders/pay.ts';
import { reportCommands } from '../screens/providers/health.ts';
import { providerCommands } from '../screens/providers/providers.ts';
import { reconcileCommands } from '../screens/providers/reconcile.ts';
import { refundCommands } from '../screens/refunds/refunds.ts';
import { helpView } from '../screens/start/help-view.ts';
import { type StartReport, startView } from '../screens/start/start-view.ts';
import { adminName } from '../telegram/admin-name.ts';
import { restoreId } from '../text/callback-fields.ts';
import { takeTyped } from './typed-values.ts';

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
export const unauthorizedCommands: readonly Pick<BotCommand, 'command' | 'description'>[] = [
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
    alerts: await (await stores.cases.countLiveCases()).filter(({ rings }) => rings),
    orders: await stores.orders.listOrders(query),
  }));
  const countOf = (...statuses: CaseStatus[]): number =>
    alerts.filter(({ status }) => statuses.includes(status)).reduce((sum, { count }) => sum + count, 0);
  return {
    name: adminName({ ...ctx.from, last_name: undefined }),
    openAlerts: countOf('open'),
    takenAlerts: countOf('acknowledged', 'snoozed'),
    ordersInNeed: { count: Math.min(orders.length, ordersCountedMax), hasMore: orders.length > ordersCountedMax },
    commands: adminCommands.filter(({ command }) => firstCommands.includes(command)),
  };
}

/** Text that is no command: the reason that is waited for; an order's number opens the order, anything else points to the help. */
export async function runText(env: AdminEnv, ctx: TextContext): Promise<void> {
  if (await takeReason(env, ctx, takeTyped)) return;
  const text = ctx.message.text.trim();
  if (/^(?:t-|#)\d{1,9}$/i.test(text)) await runOrder(env, ctx, text);
  else await replyView(ctx, { text: 'I know commands only: /help. To search, /find TEXT.', keyboard: [] });
}
