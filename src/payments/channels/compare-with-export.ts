// Pure: the orders of an export beside our payments of that channel, one comparison for each order and for each payment
// that the export lacks. A value that is missing or ambiguous is never a difference that can be healed.
import { day, type Milliseconds } from '#kernel/clock.ts';
import { formatMoney, toDecimal } from '#kernel/money.ts';
import type { Payment } from '../model/payment.ts';
import type { ExportedOrder } from '../ports/sales-channel.ts';
import type { Difference } from '../reconciliation/compare-with-provider.ts';
import { type Pair, type PairingRules, pairRecords } from '../reconciliation/pair-records.ts';

/** One of our payments, with the values by which an export may name it. */
export interface KnownPayment {
  payment: Payment;
  customerEmail: string | null;
  returnedMinor: number;
}

export type ExportHealing =
  | { kind: 'add_sale' }
  | { kind: 'book_return'; returnedMinor: number }
  /** An admin has to decide. */
  | { kind: 'none' };

export interface ExportDifference extends Difference {
  channelOrder: ExportedOrder | null;
  healing: ExportHealing;
}

export interface ExportComparison {
  compared: number;
  differences: ExportDifference[];
  /** First and last day that the export covers; null when it has no dates. */
  window: { from: Milliseconds; to: Milliseconds } | null;
}

/** An export's times have no zone, and a payment of its first or last day may lie beyond its edge. */
const edgeMs: Milliseconds = day;

/** When the export's orders were made; null when it does not say. */
export function exportWindow(sales: readonly ExportedOrder[]): ExportComparison['window'] {
  const times = sales.flatMap(({ soldAt }) => (soldAt === null ? [] : [soldAt]));
  if (times.length === 0) return null;
  const all = times.toSorted((left, right) => left - right);
  return { from: all[0] ?? 0, to: all.at(-1) ?? 0 };
}

export function compareWithExport(input: {
  there: readonly ExportedOrder[];
  here: readonly KnownPayment[];
}): ExportComparison {
  const window = exportWindow(input.there);
  const pairs = pairRecords({ ours: input.here, theirs: input.there }, rules).filter(
    ({ kind, ours }) => kind !== 'missing_there' || isWithin(ours.payment, window),
  );
  return { compared: pairs.length, differences: pairs.flatMap((pair) => differenceOf(pair) ?? []), window };
}

/** Paired by transaction id; the rest by e-mail, amount and day. */
const rules: PairingRules<KnownPayment, ExportedOrder> = {
  keysOfOurs: ({ payment }) => [payment.reference],
  keysOfTheirs: ({ reference }) => [reference],
  isAlike: ({ payment, customerEmail }, channelOrder) => {
    const isSameDay = channelOrder.soldAt !== null && Math.abs(channelOrder.soldAt - payment.createdAt) <= edgeMs;
    const isSameBuyer =
      channelOrder.customerEmail !== null && channelOrder.customerEmail === customerEmail?.toLowerCase();
    return isSameDay && isSameBuyer && isCurrency(channelOrder, payment) && isAmount(channelOrder, payment);
  },
  isSameCurrency: ({ payment }, channelOrder) => isCurrency(channelOrder, payment),
  // A line that only reports a refund has no price.
  isSameAmount: ({ payment }, channelOrder) => channelOrder.amountMinor <= 0 || isAmount(channelOrder, payment),
  isSameStatus: (known, channelOrder) => known.payment.status !== 'cancelled' && !isMoreRefunded(channelOrder, known),
};

function isCurrency(channelOrder: ExportedOrder, payment: Payment): boolean {
  return channelOrder.currency === null || channelOrder.currency === payment.currency;
}

function isAmount(channelOrder: ExportedOrder, payment: Payment): boolean {
  return channelOrder.amountMinor === payment.amountMinor || channelOrder.amountOtherwiseMinor === payment.amountMinor;
}

/** Where more is refunded here than there, the refund was made after the export. */
function isMoreRefunded({ returnedMinor }: ExportedOrder, known: KnownPayment): boolean {
  return returnedMinor === 'unknown' ? known.returnedMinor === 0 : returnedMinor > known.returnedMinor;
}

function differenceOf(pair: Pair<KnownPayment, ExportedOrder>): ExportDifference | undefined {
  const { kind, ours, theirs: channelOrder } = pair;
  if (kind === 'matched') return undefined;
  const payment = ours?.payment ?? null;
  const difference: ExportDifference = {
    kind,
    reference: channelOrder?.reference ?? payment?.reference ?? null,
    payment,
    here: payment === null ? 'unknown' : `${payment.status}, ${formatMoney(payment)}`,
    there: channelOrder === null ? 'not in the export' : describeSale(channelOrder),
    mayHeal: false,
    snapshot: channelOrder && snapshotOf(channelOrder, payment),
    channelOrder,
    healing: { kind: 'none' },
  };
  if (kind === 'status') return { ...difference, ...statusOf(channelOrder, ours) };
  const isWhole =
    channelOrder !== null &&
    channelOrder.reference !== null &&
    channelOrder.currency !== null &&
    channelOrder.amountMinor > 0;
  return kind === 'missing_here' && isWhole ? { ...difference, healing: { kind: 'add_sale' } } : difference;
}

function statusOf(channelOrder: ExportedOrder, known: KnownPayment): Pick<ExportDifference, 'here' | 'healing'> {
  const { payment, returnedMinor } = known;
  if (!isMoreRefunded(channelOrder, known)) return { here: 'rejected', healing: { kind: 'none' } };
  const refunded = formatMoney({ ...payment, amountMinor: returnedMinor });
  const here = `${payment.status}, ${refunded} of ${formatMoney(payment)} refunded`;
  if (channelOrder.returnedMinor === 'unknown') return { here, healing: { kind: 'none' } };
  return { here, healing: { kind: 'book_return', returnedMinor: channelOrder.returnedMinor } };
}

function snapshotOf(channelOrder: ExportedOrder, payment: Payment | null): Difference['snapshot'] {
  const currency = channelOrder.currency ?? payment?.currency;
  if (currency === undefined) return null;
  return {
    requested: { amount: toDecimal({ amountMinor: channelOrder.amountMinor, currency }), asset: currency },
    label: channelOrder.productNames.join(', '),
    providerStatus: `line ${channelOrder.line} of its export`,
    createdAt: channelOrder.soldAt,
  };
}

function isWithin(payment: Payment, window: ExportComparison['window']): boolean {
  if (window === null || payment.status === 'cancelled') return false;
  return payment.createdAt >= window.from + edgeMs && payment.createdAt <= window.to - edgeMs;
}

/** Without its line number: the next export has the same order on another line. */
function describeSale(channelOrder: ExportedOrder): string {
  const { currency, amountMinor, returnedMinor } = channelOrder;
  const show = (minor: number): string =>
    currency === null ? String(minor / 100) : formatMoney({ amountMinor: minor, currency });
  const parts = [show(amountMinor)];
  if (returnedMinor === 'unknown') parts.push('refunded, how much is not told');
  else if (returnedMinor > 0) parts.push(`${show(returnedMinor)} refunded`);
  return parts.join(', ');
}
