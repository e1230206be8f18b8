import { liveStatuses } from '#cases/case.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { getCase } from '#payments/resolutions/options/get-case.ts';
import type { AdminEnv, BotCommand, CallbackContext } from '../../kit/env.ts';
import { answerCallback, editView, replyView } from '../../kit/replies.ts';
import { outOfDate } from '../../kit/result-texts.ts';
import { adminName } from '../../telegram/admin-name.ts';
import { type CallbackOf, encodeCallback } from '../../text/callback-data.ts';
import type { View } from '../../text/view.ts';
import { showOrder } from '../orders/order-cards.ts';
import { pageSize } from '../orders/order-list-view.ts';
import { askByHand } from '../orders/override.ts';
import { askRefundOf } from '../refunds/refunds.ts';
import { handleAlertButton } from './alert-buttons.ts';
import { alertCard } from './alert-card-view.ts';
import { alertList } from './alert-list-view.ts';
import { askToResolve, showException } from './exception-cards.ts';
import { drawExceptions } from './exceptions.ts';

export const alertCommands: readonly BotCommand[] = [
  {
    command: 'alerts',
    usage: '',
    description: 'what needs a human',
    run: async (env, ctx) => {
      await replyView(ctx, await drawAlerts(env, 0));
    },
  },
];

export async function tapAlerts(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'alerts'>): Promise<void> {
  await editView(ctx, await drawAlerts(env, callback.page));
  await answerCallback(ctx);
}

async function drawAlerts(env: AdminEnv, page: number): Promise<View> {
  const limit = (page + 1) * pageSize + 1;
  const query = {
    statuses: liveStatuses,
    kinds: null,
    rings: true,
    order: 'newest_first',
    after: null,
    limit,
  } as const;
  const found = await env.database.read((stores) => stores.cases.listCases(query));
  const alerts = found.slice(page * pageSize, (page + 1) * pageSize);
  return alertList({ alerts, page, hasMore: found.length === limit }, env.presentation());
}

export async function tapAlertView(
  env: AdminEnv,
  ctx: CallbackContext,
  callback: CallbackOf<'alert_view'>,
): Promise<void> {
  const isShown = await showInList(env, ctx, callback.id);
  await answerCallback(ctx, isShown ? '' : outOfDate);
}

async function showInList(env: AdminEnv, ctx: CallbackContext, alertId: string): Promise<boolean> {
  const alert = await env.database.read((stores) => stores.cases.findCase(alertId));
  if (alert === undefined) return false;
  await editView(ctx, alertCard(alert, { ...env.presentation(), place: 'list' }));
  return true;
}

/** From the list, the message tapped is drawn anew; the pager's card is brought up to date by the outbox alone. */
export async function tapAlert(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'alert'>): Promise<void> {
  const buttons = ctx.chat.type === 'private' ? 'full' : 'plain';
  const result = await handleAlertButton(env, {
    data: encodeCallback(callback),
    adminId: ctx.from.id,
    adminName: adminName(ctx.from),
    chatId: ctx.chat.id,
    buttons,
  });
  if (callback.place === 'list') await showInList(env, ctx, callback.id);
  if (result.reply !== undefined) await replyView(ctx, result.reply);
  if (result.follow !== undefined) await goOn(env, ctx, result.follow);
  if (result.openOrder !== undefined) await showOrder(env, { ctx, orderId: result.openOrder });
  await answerCallback(ctx, result.toast);
}

type Follow = NonNullable<Awaited<ReturnType<typeof handleAlertButton>>['follow']>;

/** What the button leads to, in a message of its own: the alert's card stays what it is. */
async function goOn(env: AdminEnv, ctx: CallbackContext, follow: Follow): Promise<void> {
  switch (follow.show) {
    case 'exception':
      if (await showException(env, { ctx, wanted: { key: follow.key } })) return;
      await replyView(ctx, { text: 'It is settled already.', keyboard: [] });
      return;
    case 'exceptions':
      await replyView(ctx, await drawExceptions(env, { filter: 'all', page: 0 }));
      return;
    case 'refund':
    case 'paid': {
      const view = await askFromAlert(env, ctx, follow);
      if (view !== undefined) await replyView(ctx, view);
      return;
    }
    default:
      follow satisfies never;
  }
}

/** Where the trouble of the alert has a decision of that name, it is that decision. */
async function askFromAlert(
  env: AdminEnv,
  ctx: CallbackContext,
  follow: Extract<Follow, { show: 'refund' | 'paid' }>,
): Promise<View | undefined> {
  const details = await getCase(env, { key: follow.key });
  const wanted = follow.show === 'refund' ? (['refund'] as const) : (['accept', 'mark_paid'] as const);
  const action = wanted.find((each) => details?.actions.includes(each));
  if (details !== undefined && action !== undefined)
    return askToResolve(env, { adminId: ctx.from.id, details, action, option: null });
  const order = await getOrderDetails(env, { id: follow.orderId });
  if (order === undefined) return undefined;
  if (follow.show === 'refund') return askRefundOf(env, { adminId: ctx.from.id, details: order });
  return askByHand(env, { adminId: ctx.from.id, details: order, action: 'mark_paid' });
}
