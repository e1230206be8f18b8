import type { Money } from '#kernel/money.ts';
import type { Order } from '#orders/order.ts';
import type { Payment } from './payment.ts';
import { countsAgainstCaptured, type Refund } from './refund.ts';

/**
 * What a payment brought beyond its own amount and beyond the whole order, less refunds that succeeded or are pending.
 */
export function overpaymentOf(
  payment: Pick<Payment, 'id' | 'amountMinor' | 'capturedMinor' | 'currency'>,
  about: {
    order: Pick<Order, 'amountMinor'>;
    /** Of every payment of the order. */
    refunds: readonly Pick<Refund, 'paymentId' | 'status' | 'amountMinor'>[];
  },
): Money {
  const counting = about.refunds.filter((refund) => refund.paymentId === payment.id && countsAgainstCaptured(refund));
  const returned = counting.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const due = Math.min(payment.amountMinor, about.order.amountMinor);
  return { amountMinor: Math.max(0, payment.capturedMinor - due - returned), currency: payment.currency };
}
