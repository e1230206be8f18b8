import { adminActor } from '#access/admin.ts';
import { proposeAction } from '#access/pending-actions.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId, type OrderId } from '#kernel/ids.ts';
import { parseOrderNumber } from '#orders/order.ts';
import { findSubscriptions } from '#payments/channels/find-subscriptions.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { findOrders } from '#payments/collect/find-orders.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { checkOrder } from '#payments/sync/check-order.ts';
import type { AdminEnv, BotCommand, CallbackContext, ListSpot, TextContext } from '../../kit/env.ts';
import { paymentLink } from '../../kit/payment-link.ts';
import { confirmMinutes, type OrderQuestion, orderQuestion } from '../../kit/questions.ts';
import { answerCallback, editView, replyView } from '../../kit/replies.ts';
import { checkedText, linkRefusal, orderGone, outOfDate } from '../../kit/result-texts.ts';
import { adminName } from '../../telegram/admin-name.ts';
import type { CallbackOf, OrderAct } from '../../text/callback-data.ts';
import { show } from '../../text/html.ts';
import type { View } from '../../text/view.ts';
import { askAboutHeld } from '../channels/held-sales.ts';
import { askRefund } from '../refunds/refunds.ts';
import { allowsButton } from './order-card-view.ts';
import { leaveOrder, showOrder } from './order-cards.ts';
import { foundOrders, orderList, pageSize } from './order-list-view.ts';
import { askByHand } from './override.ts';

/** As many as a search shows: more would not be read on a phone. */
const foundMax = 10;
/** Chats whose place in the list is remembered. */
const spotsMax = 500;
const firstSpot: ListSpot = { filter: 'all', page: 0 };

export const orderCommands: readonly BotCommand[] = [
  {
    command: 'orders',
    usage: '',
    description: 'orders, newest first',
    run: async (env, ctx) => {
      await replyView(ctx, await drawList(env, { chatId: ctx.chat.id, spot: firstSpot }));
    },
  },
  {
    command: 'order',
    usage: 'NUMBER',
    description: 'one order, by its number',
    run: runOrder,
  },
  {
    command: 'find',
    usage: 'TEXT',
    description: 'by number, reference, e-mail, amount or transaction',
    run: runFind,
  },
];

export async function runOrder(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  const number = parseOrderNumber(words);
  const details = number === undefined ? undefined : await getOrderDetails(env, { number });
  if (details !== undefined) {
    await showOrder(env, { ctx, orderId: details.order.id });
    return;
  }
  const text = number === undefined ? 'Which one? For example /order T-1042' : `There is no order ${show(words, 40)}.`;
  await replyView(ctx, { text, keyboard: [] });
}

async function runFind(env: AdminEnv, ctx: TextContext, words: string): Promise<void> {
  if (words === '') {
    await replyView(ctx, { text: 'Find what? For example /find ann@example.org', keyboard: [] });
    return;
  }
  const orders = await findOrders(env, { text: words, limit: foundMax });
  const subscriptions = await findSubscriptions(env, { text: words, limit: foundMax });
  const [only, ...more] = orders;
  const isOne = only !== undefined && more.length === 0 && subscriptions.length === 0;
  if (isOne) await showOrder(env, { ctx, orderId: only.id });
  else await replyView(ctx, foundOrders({ text: words, orders, subscriptions }, env.presentation()));
}

export async function tapOrders(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'orders'>): Promise<void> {
  await editView(ctx, await drawList(env, { chatId: ctx.chat.id, spot: callback }));
  await answerCallback(ctx);
}

/** Pages are counted from the newest: in a chat, an order that came meanwhile may push the page by one. */
async function drawList(env: AdminEnv, input: { chatId: number; spot: ListSpot }): Promise<View> {
  const { filter, page } = input.spot;
  const statuses = filter === 'all' ? null : [filter];
  const limit = (page + 1) * pageSize + 1;
  const found = await env.database.read((stores) => stores.orders.listOrders({ statuses, before: null, limit }));
  const orders = found.slice(page * pageSize, (page + 1) * pageSize);
  rememberSpot(env, input);
  return orderList({ orders, filter, page, hasMore: found.length === limit }, env.presentation());
}

function rememberSpot(env: AdminEnv, input: { chatId: number; spot: ListSpot }): void {
  const { filter, page } = input.spot;
  env.spots.delete(input.chatId);
  env.spots.set(input.chatId, { filter, page });
  const oldest = env.spots.keys().next();
  if (env.spots.size > spotsMax && oldest.done !== true) env.spots.delete(oldest.value);
}

export async function tapOrder(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'order'>): Promise<void> {
  const orderId = asOrderId(callback.id);
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) {
    await answerCallback(ctx, orderGone);
    return;
  }
  if (!allowsButton(details.order.status, callback.act)) {
    await showOrder(env, { tapped: ctx, orderId });
    await answerCallback(ctx, outOfDate);
    return;
  }
  await answerCallback(ctx, await actions[callback.act](env, ctx, orderId));
}

/** Each does what its button says, leaves the message as it should be, and returns the word for the toast. */
const actions: Readonly<Record<OrderAct, (env: AdminEnv, ctx: CallbackContext, orderId: OrderId) => Promise<string>>> =
  {
    async show(env, tapped, orderId) {
      await showOrder(env, { tapped, orderId });
      return '';
    },
    async back(env, ctx, orderId) {
      const chatId = ctx.chat.id;
      await leaveOrder(env, { chatId, orderId });
      await editView(ctx, await drawList(env, { chatId, spot: env.spots.get(chatId) ?? firstSpot }));
      return '';
    },
    async check(env, tapped, orderId) {
      if (!env.recentRequests.isFirst(`check:${orderId}`)) return 'Checked a moment ago.';
      const result = await checkOrder(env, { orderId, actor: adminActor(tapped.from.id) });
      await showOrder(env, { tapped, orderId });
      return checkedText(result);
    },
    async link(env, tapped, orderId) {
      if (!env.recentRequests.isFirst(`link:${orderId}`)) return 'A link was made a moment ago.';
      const result = await createPaymentLink(env, {
        orderId,
        provider: 'auto',
        actor: adminActor(tapped.from.id),
        by: adminName(tapped.from),
      });
      env.recentRequests.touch(`link:${orderId}`);
      await showOrder(env, { tapped, orderId });
      if (result.kind !== 'created') return linkRefusal(result);
      await replyView(tapped, paymentLink(result.order, { ...env.presentation(), buttons: 'full' }));
      return 'Here is the payment link.';
    },
    paid: (env, ctx, orderId) => askHand(env, ctx, { orderId, action: 'mark_paid' }),
    writeoff: (env, ctx, orderId) => askHand(env, ctx, { orderId, action: 'write_off' }),
    cancel: (env, ctx, orderId) => ask(env, ctx, { orderId, question: 'cancel' }),
    deliver: (env, ctx, orderId) => ask(env, ctx, { orderId, question: 'deliver' }),
    accept: (env, ctx, orderId) => askAboutHeld(env, ctx, { orderId, decision: 'accept' }),
    remember: (env, ctx, orderId) => askAboutHeld(env, ctx, { orderId, decision: 'remember' }),
    reject: (env, ctx, orderId) => askAboutHeld(env, ctx, { orderId, decision: 'reject' }),
    async refund(env, ctx, orderId) {
      const details = await getOrderDetails(env, { id: orderId });
      return details === undefined ? orderGone : askRefund(env, ctx, details);
    },
  };

async function askHand(
  env: AdminEnv,
  ctx: CallbackContext,
  input: { orderId: OrderId; action: 'mark_paid' | 'write_off' },
): Promise<string> {
  const details = await getOrderDetails(env, { id: input.orderId });
  if (details === undefined) return orderGone;
  await editView(ctx, await askByHand(env, { adminId: ctx.from.id, details, action: input.action }));
  return 'Write the reason.';
}

async function ask(
  env: AdminEnv,
  ctx: CallbackContext,
  input: { orderId: OrderId; question: OrderQuestion },
): Promise<string> {
  const details = await getOrderDetails(env, { id: input.orderId });
  if (details === undefined) return orderGone;
  const pending = await proposeAction(env, {
    adminId: ctx.from.id,
    action: `order.${input.question}`,
    payload: { orderId: input.orderId },
    forMs: confirmMinutes * minute,
  });
  await editView(ctx, orderQuestion(details.order, { question: input.question, pendingId: pending.id }));
  return '';
}
