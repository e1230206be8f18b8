import type { Case } from '#cases/case.ts';
import { reopenCase } from '#cases/resolve-case.ts';
import type { Order } from '#orders/order.ts';
import { endedByPayment } from '../lifecycle/change-order.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/** The refund failed: the case that was resolved with it needs a decision again. */
export async function reopenForRefund(tx: PaymentTx, input: { order: Order; refund: Refund }): Promise<void> {
  const { order, refund } = input;
  const query = { orderId: order.id, refundId: refund.id, resolutions: ['refund', 'refund_surplus'] };
  const one = await tx.stores.cases.findCaseOfRefund(query);
  if (one === undefined || isSettledOtherwise(order, one)) return;
  if (!(await reopenCase(tx, one))) return;
  await writeTimeline(tx, {
    order,
    paymentId: refund.paymentId,
    subject: 'note',
    from: null,
    to: null,
    trust: null,
    text: `${one.facts.headline}: open again, because the refund failed`,
  });
}

/** The order was paid while the refund was pending: cases about it as unpaid are resolved. */
function isSettledOtherwise(order: Order, { kind }: Case): boolean {
  const isUnpaid = ['awaiting_payment', 'expired', 'cancelled', 'needs_attention'].includes(order.status);
  return !isUnpaid && endedByPayment.includes(kind);
}
