import { adminActor } from '#access/admin.ts';
import { consumeAction } from '#access/pending-actions.ts';
import { asOrderId } from '#kernel/ids.ts';
import { discardDeadLetter } from '#messaging/dead-letters.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import type { AdminEnv, CallbackContext, Confirmed } from '../kit/env.ts';
import { reasonOf } from '../kit/reasons.ts';
import { answerCallback, editView } from '../kit/replies.ts';
import { cancelledText, fulfilledText, outOfDate } from '../kit/result-texts.ts';
import { confirmResolve } from '../screens/cases/exception-cards.ts';
import { confirmCoupon } from '../screens/channels/coupons.ts';
import { confirmAcceptHeld, confirmRejectHeld } from '../screens/channels/held-sales.ts';
import { confirmClearSecret, confirmRemoveProduct, confirmSaveProduct } from '../screens/channels/products.ts';
import { confirmImport } from '../screens/channels/sales-import.ts';
import { confirmHoldLimit } from '../screens/channels/settings.ts';
import { drawLetters } from '../screens/operations/dead-letters.ts';
import { confirmReplay } from '../screens/operations/replay.ts';
import { showOrder } from '../screens/orders/order-cards.ts';
import { confirmMarkPaid, confirmWriteOff } from '../screens/orders/override.ts';
import { confirmExit } from '../screens/providers/exit.ts';
import { confirmRefund } from '../screens/refunds/refunds.ts';
import type { CallbackOf } from '../text/callback-data.ts';

/** The second tap. The action is taken from the database once: a double tap finds nothing the second time. */
export async function tapConfirm(env: AdminEnv, ctx: CallbackContext, callback: CallbackOf<'confirm'>): Promise<void> {
  const pending = await consumeAction(env, { id: callback.pendingId, adminId: ctx.from.id });
  const reason = pending && reasonOf(pending, callback.choice);
  const carryOut = pending === undefined ? undefined : confirmed[pending.action];
  if (pending === undefined || carryOut === undefined || reason === undefined) {
    await answerCallback(ctx, outOfDate);
    return;
  }
  await answerCallback(ctx, await carryOut(env, ctx, { payload: pending.payload, reason, pendingId: pending.id }));
}

const confirmed: Readonly<Record<string, Confirmed>> = {
  'order.cancel': async (env, tapped, { payload }) => {
    const orderId = asOrderId(String(payload['orderId']));
    const result = await cancelOrder(env, { orderId, actor: adminActor(tapped.from.id), reason: null });
    await showOrder(env, { tapped, orderId });
    return cancelledText(result);
  },
  'order.deliver': async (env, tapped, { payload }) => {
    const orderId = asOrderId(String(payload['orderId']));
    const result = await fulfilOrder(env, { orderId, actor: adminActor(tapped.from.id) });
    await showOrder(env, { tapped, orderId });
    return fulfilledText(result);
  },
  'order.mark_paid': confirmMarkPaid,
  'order.write_off': confirmWriteOff,
  'case.resolve': confirmResolve,
  'refund.request': confirmRefund,
  'sale.accept': confirmAcceptHeld,
  'sale.reject': confirmRejectHeld,
  'sales.import': confirmImport,
  'product.save': confirmSaveProduct,
  'product.remove': confirmRemoveProduct,
  'product.clear': confirmClearSecret,
  'setting.hold_limit': confirmHoldLimit,
  'coupon.create': confirmCoupon,
  'provider.exit': confirmExit,
  'events.replay': confirmReplay,
  'dead_letter.discard': async (env, ctx, { payload }) => {
    const queue = payload['queue'] === 'inbox' ? 'inbox' : 'outbox';
    const actor = adminActor(ctx.from.id);
    const result = await discardDeadLetter(env, { queue, id: String(payload['id']), actor });
    await editView(ctx, await drawLetters(env));
    return result.kind === 'discarded' ? 'Discarded.' : 'It was settled already.';
  },
};
