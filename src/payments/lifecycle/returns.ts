// What an order is after money went back depends on what is left of all that came for it.
import type { Trust } from '#kernel/trust.ts';
import type { Order } from '#orders/order.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { holdOrder, tellOrder } from './change-order.ts';

interface Left {
  /** All that came and is not reversed, and what a person vouched for. */
  cameMinor: number;
  returnedMinor: number;
  leftMinor: number;
}

type Counted = Pick<Payment, 'id' | 'status' | 'creditedMinor' | 'acceptedAt'>;
type Returned = Pick<Refund, 'paymentId' | 'status' | 'amountMinor' | 'createdAt'>;

export function leftOf(
  order: Pick<Order, 'amountMinor'>,
  about: { payments: readonly Counted[]; refunds: readonly Returned[] },
): Left {
  const returned = about.refunds.filter(({ status }) => status === 'succeeded');
  const cameMinor = about.payments.reduce((total, payment) => {
    const { acceptedAt, status } = payment;
    const creditedMinor = Math.max(0, payment.creditedMinor);
    if (acceptedAt === null || status === 'reversed') return total + creditedMinor;
    // A person's word stands for the whole order, however little came by this payment, until all of that is given back.
    // What was asked for before is no part of it: whoever gave the word knew of that.
    const since = returned.filter((refund) => refund.paymentId === payment.id && refund.createdAt >= acceptedAt);
    const isGone = creditedMinor > 0 && sum(since) >= creditedMinor;
    return total + (isGone ? creditedMinor : Math.max(creditedMinor, order.amountMinor));
  }, 0);
  const returnedMinor = sum(returned);
  return { cameMinor, returnedMinor, leftMinor: cameMinor - returnedMinor };
}

/** The order hears that money went back. Held in any case, because the next refund counts on this one as it is now. */
export async function tellOfReturns(
  tx: PaymentTx,
  input: { order: Order; payments: readonly Payment[]; trust: Trust | null; text: string },
): Promise<Order> {
  const { order, payments, trust, text } = input;
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  const { cameMinor, returnedMinor, leftMinor } = leftOf(order, { payments, refunds });
  // Money that was reversed is gone in another way: the order waits for a person because of that, and goes on waiting.
  const isLost = order.status === 'needs_attention' && payments.some(({ status }) => status === 'reversed');
  const isSame = returnedMinor === 0 || leftMinor >= order.amountMinor || cameMinor === 0 || isLost;
  if (isSame) return holdOrder(tx, order);
  const event = leftMinor <= 0 ? 'refunded_in_full' : 'refunded_in_part';
  return (await tellOrder(tx, { order, payments, paymentId: null, trust, event, text })).order;
}

function sum(refunds: readonly Returned[]): number {
  return refunds.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
