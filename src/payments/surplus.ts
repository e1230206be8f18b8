import type { Money } from '#kernel/money.ts';
import type { Payment } from './payment.ts';
import { countsAgainstCaptured, type Refund } from './refund.ts';

/** What the shop has of a payment beyond what it was to bring in, less what went back of it or is on its way. */
export function surplusOf(
  payment: Pick<Payment, 'amountMinor' | 'creditedMinor' | 'currency'>,
  refunds: readonly Pick<Refund, 'status' | 'amountMinor'>[],
): Money {
  const returned = refunds.filter(countsAgainstCaptured).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return {
    amountMinor: Math.max(0, payment.creditedMinor - payment.amountMinor - returned),
    currency: payment.currency,
  };
}
