import type { CalendarDay } from '#kernel/calendar.ts';
import { toDecimal } from '#kernel/money.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { CorrectedField, Correction, LedgerPayment, PaidChange } from './closing.ts';
import { groupBy, groupOf, negated, sumUp } from './tally.ts';

export interface PaymentFacts {
  payment: Payment;
  orderNumber: number;
  day: CalendarDay;
  /** The sum of the refunds that have succeeded, in minor units of the order's currency. */
  refundedMinor: number;
}

/** The payment as the ledger holds it from now on. */
export function bookPayment({ payment, orderNumber, day, refundedMinor }: PaymentFacts): LedgerPayment {
  const { currency } = payment;
  return {
    paymentId: payment.id,
    order: formatOrderNumber(orderNumber),
    day,
    provider: payment.provider,
    reference: payment.reference,
    status: payment.acceptedAt === null ? payment.status : `${payment.status}, accepted`,
    group: groupOf(payment),
    asset: payment.requestedAsset,
    amount: payment.requestedAmount,
    received: payment.receivedAmount,
    receivedAsset: payment.receivedAsset,
    fee: payment.feeAmount,
    net: payment.netAmount,
    figuresAsset: payment.figuresAsset,
    refunded: toDecimal({ amountMinor: refundedMinor, currency }),
    currency,
  };
}

/** A payment of an earlier day as the ledger holds it, or null where it does not, and as it is. */
export interface Changed {
  was: LedgerPayment | null;
  is: LedgerPayment;
}

/** Undefined when nothing that the ledger holds has changed. */
export function correctionOf({ was, is }: Changed): Correction | undefined {
  const changes = fields.flatMap((field): CorrectedField[] => {
    const before = was === null ? null : field.of(was);
    const now = field.of(is);
    return before === now ? [] : [{ field: field.name, was: before, is: now }];
  });
  if (changes.length === 0) return undefined;
  const { day, provider, paymentId, reference, order } = is;
  return { day, provider, paymentId, reference, order, changes };
}

const together = (amount: string | null, asset: string | null): string | null =>
  amount === null || asset === null ? null : `${amount} ${asset}`;

const fields: readonly { name: string; of(booked: LedgerPayment): string | null }[] = [
  { name: 'status', of: ({ status }) => status },
  { name: 'counts as', of: ({ group }) => group.replace('_', ' ') },
  { name: 'asked for', of: ({ amount, asset }) => together(amount, asset) },
  { name: 'received', of: ({ received, receivedAsset }) => together(received, receivedAsset) },
  { name: 'fee', of: ({ fee, figuresAsset }) => together(fee, figuresAsset) },
  { name: 'net', of: ({ net, figuresAsset }) => together(net, figuresAsset) },
  { name: 'refunded', of: ({ refunded, currency }) => together(refunded, currency) },
  { name: 'reference', of: ({ reference }) => reference },
];

/**
 * The change that the corrections make to what counted as paid. A payment older than the ledger was never counted, so
 * it does not change the sums.
 */
export function paidChanges(changed: readonly Changed[], ledgerBeganOn: string): PaidChange[] {
  const moves = changed.flatMap(({ was, is }) => {
    if (was === null && is.day < ledgerBeganOn) return [];
    const before = was?.group === 'paid' ? [{ booked: was, sign: -1 as const }] : [];
    const after = is.group === 'paid' ? [{ booked: is, sign: 1 as const }] : [];
    return [...before, ...after];
  });
  return groupBy(moves, ({ booked }) => `${booked.provider} ${booked.asset}`).flatMap(([, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const { provider, asset } = first.booked;
    const amounts = group.map(({ booked, sign }) => ({ amount: sign === 1 ? booked.amount : negated(booked.amount) }));
    const { amount } = sumUp(amounts);
    const count = group.reduce((total, { sign }) => total + sign, 0);
    return count === 0 && !/[1-9]/.test(amount) ? [] : [{ provider, asset, count, amount }];
  });
}
