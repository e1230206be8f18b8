import { changeAlert } from '#cases/raise-case.ts';
import type { Order } from '#orders/order.ts';
import type { PaymentException } from '../exceptions/exception.ts';
import { changeException } from '../exceptions/open-exception.ts';
import { endedByPayment } from '../lifecycle/change-order.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/**
 * Opens a resolved exception with its old age, and its alert with it. False when the same trouble has begun anew since:
 * that one goes on.
 */
export async function reopenException(tx: PaymentTx, exception: PaymentException): Promise<boolean> {
  const { stores } = tx;
  if ((await stores.exceptions.findOpenException(exception.key)) !== undefined) return false;
  await changeException(tx, {
    exception,
    change: {
      status: 'open',
      lastSeenAt: tx.clock.now(),
      resolvedAt: null,
      resolution: null,
      resolvedBy: null,
      reason: null,
      undo: null,
    },
  });
  const alertId = exception.undo?.['alertId'];
  const alert = typeof alertId === 'string' ? await stores.alerts.findAlert(alertId) : undefined;
  const isFree = (await stores.alerts.findLiveAlert(exception.key)) === undefined;
  if (alert?.status === 'resolved' && isFree) {
    await changeAlert(tx, { alert, change: { status: 'open', resolvedAt: null, resolvedBy: null } });
  }
  return true;
}

/** The money did not go back after all: what was decided with it is to be decided again. */
export async function reopenForRefund(tx: PaymentTx, input: { order: Order; refund: Refund }): Promise<void> {
  const { order, refund } = input;
  const query = { orderId: order.id, refundId: refund.id };
  const exception = await tx.stores.exceptions.findExceptionOfRefund(query);
  if (exception === undefined || isSettledOtherwise(order, exception)) return;
  if (!(await reopenException(tx, exception))) return;
  await writeTimeline(tx, {
    order,
    paymentId: refund.paymentId,
    subject: 'note',
    from: null,
    to: null,
    trust: null,
    text: `${exception.facts.summary}: open again, because the refund did not come about`,
  });
}

/** While the refund was on its way, the order was paid: what was decided about it as unpaid is over. */
function isSettledOtherwise(order: Order, { kind }: PaymentException): boolean {
  const isUnpaid = ['awaiting_payment', 'expired', 'cancelled', 'needs_attention'].includes(order.status);
  return !isUnpaid && endedByPayment.includes(kind);
}
