import { adminActor } from '#access/admin.ts';
import { consumeAction } from '#access/pending-actions.ts';
import { asOrderId } from '#kernel/ids.ts';
import { discardDeadLetter } from '#messaging/dead-letters.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { fulfilOrder } from '#payments/collect/fulfil-order.ts';
import { outOfDate } from '../alert-taps.ts';
import type { TapOf } from '../callback-data.ts';
import { cancelledText, fulfilledText } from '../verdicts.ts';
import { confirmMarkPaid, confirmWriteOff } from './by-hand.ts';
import { confirmCoupon } from './coupons.ts';
import { drawLetters } from './dead-letters.ts';
import type { AdminEnv, Confirmed, TapContext } from './env.ts';
import { confirmResolve } from './exception-cards.ts';
import { confirmExit } from './export.ts';
import { confirmAcceptHeld, confirmRejectHeld } from './held-sales.ts';
import { showOrder } from './order-cards.ts';
import { confirmClearSecret, confirmRemoveProduct, confirmSaveProduct } from './products.ts';
import { reasonOf } from './reasons.ts';
import { confirmRefund } from './refunds.ts';
import { confirmReplay } from './replay.ts';
import { answerTap, editView } from './replies.ts';
import { confirmImport } from './sales-import.ts';
import { confirmHoldLimit } from './settings.ts';

/** The second tap. The action is taken from the database once: a double tap finds nothing the second time. */
export async function tapConfirm(env: AdminEnv, ctx: TapContext, tap: TapOf<'confirm'>): Promise<void> {
  const pending = await consumeAction(env, { id: tap.pendingId, adminId: ctx.from.id });
  const reason = pending && reasonOf(pending, tap.choice);
  const carryOut = pending === undefined ? undefined : confirmed[pending.action];
  if (pending === undefined || carryOut === undefined || reason === undefined) {
    await answerTap(ctx, outOfDate);
    return;
  }
  await answerTap(ctx, await carryOut(env, ctx, { payload: pending.payload, reason, pendingId: pending.id }));
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
  'exception.resolve': confirmResolve,
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
