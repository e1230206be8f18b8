// What the buttons of an order's card do.

import { adminActor } from '#access/admin.ts';
import { asOrderId, type OrderId } from '#kernel/ids.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import { getOrderDetails } from '#payments/lifecycle/get-order.ts';
import { checkOrder } from '#payments/sync/check-order.ts';
import { askToConfirm } from '../../kit/confirmation.ts';
import type { CallbackContext } from '../../kit/contexts.ts';
import type { AdminEnv } from '../../kit/env.ts';
import { leaveOrder } from '../../kit/order-messages.ts';
import { editView, outOfDate, replyView } from '../../kit/replies.ts';
import type { Confirmed, OnButton } from '../../kit/screen.ts';
import { adminName } from '../../telegram/admin-name.ts';
import type { OrderAct } from '../../text/callback-data.ts';
import { noLinkText } from '../../wording/link-refusal.ts';
import { paymentLink } from '../../wording/payment-link.ts';
import { cancelledText, checkedText, fulfilledText, orderGone } from '../../wording/result-texts.ts';
import { allowsButton } from './order-card-view.ts';
import { showOrder } from './order-cards.ts';
import { showLastList } from './order-list.ts';
import { type OrderQuestion, orderQuestion } from './order-questions.ts';

export const onOrderButton: OnButton<'order'> = async (env, ctx, callback) => {
  const orderId = asOrderId(callback.id);
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) {
    return orderGone;
  }
  if (!allowsButton(details.order.status, callback.act)) {
    await showOrder(env, { edit: ctx }, orderId);
    return outOfDate;
  }
  return await actions[callback.act](env, ctx, orderId);
};

/** Each does what its button says, leaves the message as it should be, and returns the word for the toast. */
const actions: Readonly<Record<OrderAct, (env: AdminEnv, ctx: CallbackContext, orderId: OrderId) => Promise<string>>> =
  {
    async show(env, ctx, orderId) {
      await showOrder(env, { edit: ctx }, orderId);
      return '';
    },
    async back(env, ctx, orderId) {
      await leaveOrder(env, { chatId: ctx.chat.id, orderId });
      await showLastList(env, { edit: ctx });
      return '';
    },
    async check(env, ctx, orderId) {
      if (!env.recentRequests.isFirst(`check:${orderId}`)) return 'Checked a moment ago.';
      const result = await checkOrder(env, { orderId, actor: adminActor(ctx.from.id) });
      await showOrder(env, { edit: ctx }, orderId);
      return checkedText(result);
    },
    async link(env, ctx, orderId) {
      if (!env.recentRequests.isFirst(`link:${orderId}`)) return 'A link was made a moment ago.';
      const result = await createPaymentLink(env, {
        orderId,
        provider: 'auto',
        actor: adminActor(ctx.from.id),
        by: adminName(ctx.from),
      });
      env.recentRequests.touch(`link:${orderId}`);
      await showOrder(env, { edit: ctx }, orderId);
      if (result.kind !== 'created') return noLinkText(result);
      await replyView(ctx, paymentLink(result.order, { ...env.presentation(), buttons: 'full' }));
      return 'Here is the payment link.';
    },
    cancel: (env, ctx, orderId) => ask(env, ctx, { orderId, question: 'cancel' }),
    deliver: (env, ctx, orderId) => ask(env, ctx, { orderId, question: 'deliver' }),
    paid: (env, ctx, orderId) => env.navigate({ edit: ctx }, { screen: 'override', orderId, action: 'mark_paid' }),
    writeoff: (env, ctx, orderId) => env.navigate({ edit: ctx }, { screen: 'override', orderId, action: 'write_off' }),
    refund: (env, ctx, orderId) => env.navigate({ edit: ctx }, { screen: 'refund', orderId }),
    accept: (env, ctx, orderId) => review(env, ctx, { orderId, decision: 'accept' }),
    remember: (env, ctx, orderId) => review(env, ctx, { orderId, decision: 'remember' }),
    reject: (env, ctx, orderId) => review(env, ctx, { orderId, decision: 'reject' }),
  };

function review(
  env: AdminEnv,
  ctx: CallbackContext,
  input: { orderId: OrderId; decision: 'accept' | 'remember' | 'reject' },
): Promise<string> {
  return env.navigate({ edit: ctx }, { screen: 'channel_order_review', ...input });
}

async function ask(
  env: AdminEnv,
  ctx: CallbackContext,
  input: { orderId: OrderId; question: OrderQuestion },
): Promise<string> {
  const { orderId, question } = input;
  const details = await getOrderDetails(env, { id: orderId });
  if (details === undefined) return orderGone;
  const view = await askToConfirm(env, {
    adminId: ctx.from.id,
    action: `order.${question}`,
    payload: { orderId },
    question: orderQuestion(details.order, question),
  });
  await editView(ctx, view);
  return '';
}

export const confirmCancel: Confirmed = async (env, ctx, { payload }) => {
  const orderId = asOrderId(String(payload['orderId']));
  const result = await cancelOrder(env, { orderId, actor: adminActor(ctx.from.id), reason: null });
  await showOrder(env, { edit: ctx }, orderId);
  return cancelledText(result);
};

export const confirmDelivered: Confirmed = async (env, ctx, { payload }) => {
  const orderId = asOrderId(String(payload['orderId']));
  const result = await fulfilOrder(env, { orderId, actor: adminActor(ctx.from.id) });
  await showOrder(env, { edit: ctx }, orderId);
  return fulfilledText(result);
};
