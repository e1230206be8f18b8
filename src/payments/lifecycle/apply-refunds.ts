// The status of an order after a refund depends on what is left of all money received for it.
import type { Trust } from '#kernel/provider-name.ts';
import type { Order } from '#orders/order.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { applyOrderEvent, touchOrder } from './change-order.ts';

interface Remaining {
  /** All money that was received and not reversed, and all that an admin accepted as paid. */
  cameMinor: number;
  returnedMinor: number;
  leftMinor: number;
}

type Counted = Pick<Payment, 'id' | 'status' | 'capturedMinor' | 'acceptedAt'>;
type Returned = Pick<Refund, 'paymentId' | 'status' | 'amountMinor' | 'createdAt'>;

export function remainingOf(
  order: Pick<Order, 'amountMinor'>,
  about: { payments: readonly Counted[]; refunds: readonly Returned[] },
): Remaining {
  const returned = about.refunds.filter(({ status }) => status === 'succeeded');
  const cameMinor = about.payments.reduce((total, payment) => {
    const { acceptedAt, status } = payment;
    const capturedMinor = Math.max(0, payment.capturedMinor);
    if (acceptedAt === null || status === 'reversed') return total + capturedMinor;
    // An acceptance counts for the whole order, however little was received by this payment, until all of that is
    // refunded. Refunds requested before the acceptance do not count, because the admin knew of them.
    const since = returned.filter((refund) => refund.paymentId === payment.id && refund.createdAt >= acceptedAt);
    const isGone = capturedMinor > 0 && sum(since) >= capturedMinor;
    return total + (isGone ? capturedMinor : Math.max(capturedMinor, order.amountMinor));
  }, 0);
  const returnedMinor = sum(returned);
  return { cameMinor, returnedMinor, leftMinor: cameMinor - returnedMinor };
}

/** Applies refunds to the order. Its version is raised in any case, because the next refund depends on this one. */
export async function applyRefundsToOrder(
  tx: PaymentTx,
  input: { order: Order; payments: readonly Payment[]; trust: Trust | null; text: string },
): Promise<Order> {
  const { order, payments, trust, text } = input;
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  const { cameMinor, returnedMinor, leftMinor } = remainingOf(order, { payments, refunds });
  // An order with reversed money needs attention because of the reversal, and a refund does not end that.
  const isLost = order.status === 'needs_attention' && payments.some(({ status }) => status === 'reversed');
  const isSame = returnedMinor === 0 || leftMinor >= order.amountMinor || cameMinor === 0 || isLost;
  if (isSame) return touchOrder(tx, order);
  const event = leftMinor <= 0 ? 'refunded_in_full' : 'refunded_in_part';
  return (await applyOrderEvent(tx, { order, payments, paymentId: null, trust, event, text })).order;
}

function sum(refunds: readonly Returned[]): number {
  return refunds.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
