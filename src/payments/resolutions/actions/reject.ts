import type { Order } from '#orders/order.ts';
import { applyOrderEvent } from '../../lifecycle/change-order.ts';
import { writeTimeline } from '../../lifecycle/write-timeline.ts';
import type { Payment } from '../../model/payment.ts';
import { loadAbout } from '../../overrides/accept-into.ts';
import type { PaymentTx } from '../../ports/payment-store.ts';
import { decideCaseIn, type Resolver, settleCase } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

/**
 * A person does not believe a held sale: its payment is cancelled, and with it an order that nothing else covers. Money
 * that came for it is given back where it came in.
 */
export const rejectHeld: Resolver = async (deps, asked) => {
  let before: Payment | undefined;
  const resolution = await decideCaseIn(deps, { asked, action: 'reject' }, async ({ tx, one, reason }) => {
    const about = await loadAbout(tx, one);
    if (about === undefined || about.payment.heldAt === null) return refused({ code: 'not_held' });
    const { order, payments } = about;
    const { by } = asked;
    before = about.payment;
    const text = `rejected by ${by.name}: ${reason}`;
    const payment = await cancelPayment(tx, { order, before, text });
    await settleCase(tx, { one, action: 'reject', by, reason, undo: null });
    await applyOrderEvent(tx, {
      order,
      event: 'payment_rejected',
      paymentId: payment.id,
      trust: payment.trust,
      text,
      payments: payments.map((other) => (other.id === payment.id ? payment : other)),
    });
    return { kind: 'decided', code: 'rejected' };
  });
  if (resolution.kind === 'decided' && before !== undefined) {
    deps.onTransition?.({ from: before.status, to: 'cancelled' });
  }
  return resolution;
};

async function cancelPayment(tx: PaymentTx, input: { order: Order; before: Payment; text: string }): Promise<Payment> {
  const { order, before, text } = input;
  // No sale has no fees: what was told of them is in no sum of ours either.
  const fees = { feeAmount: null, netAmount: null, figuresAsset: null };
  const after = await tx.stores.payments.changePayment(before, {
    status: 'cancelled',
    heldAt: null,
    capturedMinor: 0,
    ...fees,
    updatedAt: tx.clock.now(),
  });
  await writeTimeline(tx, {
    order,
    paymentId: before.id,
    subject: 'payment',
    from: before.status,
    to: after.status,
    trust: before.trust,
    text,
  });
  return after;
}
