// The status of an order after a refund depends on what is left of all money received for it.
import type { Trust } from '#kernel/provider-name.ts';
import type { Order } from '#orders/order.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { hasUnconfirmedMoney, receivedMinor as receivedOf } from '../model/refundable.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { applyOrderEvent, touchOrder } from './change-order.ts';

interface Remaining {
  /** All money that was received and not reversed, confirmed or not, and all that an admin accepted as paid. */
  receivedMinor: number;
  refundedMinor: number;
  leftMinor: number;
}

type BalancePayment = Pick<Payment, 'id' | 'capturedMinor' | 'acceptedAt'> &
  Parameters<typeof hasUnconfirmedMoney>[0] &
  Parameters<typeof receivedOf>[0];
type BalanceRefund = Pick<Refund, 'paymentId' | 'status' | 'amountMinor' | 'createdAt'>;

export function remainingOf(
  order: Pick<Order, 'amountMinor'>,
  about: { payments: readonly BalancePayment[]; refunds: readonly BalanceRefund[] },
): Remaining {
  const succeeded = about.refunds.filter(({ status }) => status === 'succeeded');
  const receivedMinor = about.payments.reduce((total, payment) => {
    const { acceptedAt, status } = payment;
    const isUnconfirmed = hasUnconfirmedMoney(payment);
    const capturedMinor = Math.max(0, (isUnconfirmed ? receivedOf(payment) : null) ?? payment.capturedMinor);
    if (acceptedAt === null || status === 'reversed') return total + capturedMinor;
    // An acceptance counts for the whole order, however little was received by this payment, until all of that is
    // refunded. Refunds requested before the acceptance do not count, because the admin knew of them.
    const since = succeeded.filter((refund) => refund.paymentId === payment.id && refund.createdAt >= acceptedAt);
    const isFullyRefunded = capturedMinor > 0 && sum(since) >= capturedMinor;
    return total + (isFullyRefunded ? capturedMinor : Math.max(capturedMinor, order.amountMinor));
  }, 0);
  const refundedMinor = sum(succeeded);
  return { receivedMinor, refundedMinor, leftMinor: receivedMinor - refundedMinor };
}

/** Applies refunds to the order. Its version is raised in any case, because the next refund depends on this one. */
export async function applyRefundsToOrder(
  tx: PaymentTx,
  input: { order: Order; payments: readonly Payment[]; trust: Trust | null; text: string },
): Promise<Order> {
  const refunds = await tx.stores.refunds.listRefundsForOrder(input.order.id);
  return (await applyGivenRefunds(tx, { ...input, refunds })) ?? touchOrder(tx, input.order);
}

/** The same for an order whose version this transaction has raised; undefined where the refunds change nothing of it. */
export async function applyGivenRefunds(
  tx: PaymentTx,
  input: {
    order: Order;
    payments: readonly Payment[];
    refunds: readonly Refund[];
    trust: Trust | null;
    text: string;
  },
): Promise<Order | undefined> {
  const { order, payments, refunds, trust, text } = input;
  const { receivedMinor, refundedMinor, leftMinor } = remainingOf(order, { payments, refunds });
  // An order with reversed money needs attention because of the reversal, and a refund does not end that.
  const isReversed = order.status === 'needs_attention' && payments.some(({ status }) => status === 'reversed');
  const isSame = refundedMinor === 0 || leftMinor >= order.amountMinor || receivedMinor === 0 || isReversed;
  if (isSame) return undefined;
  const event = leftMinor <= 0 ? 'refunded_in_full' : 'refunded_in_part';
  return (await applyOrderEvent(tx, { order, payments, refunds, paymentId: null, trust, event, text })).order;
}

function sum(refunds: readonly BalanceRefund[]): number {
  return refunds.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
