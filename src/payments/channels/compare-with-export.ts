// Pure: the orders of an export beside our payments of that channel, one comparison for each order and for each payment that
// the export lacks. What is not told, or may mean two things, is never called a difference that can be healed.
import { day, type Milliseconds } from '#kernel/clock.ts';
import { formatMoney, toDecimal } from '#kernel/money.ts';
import type { Payment } from '../model/payment.ts';
import type { ExportedOrder } from '../ports/sales-channel.ts';
import type { Difference } from '../reconciliation/compare-with-provider.ts';
import { type Pair, type PairingRules, pairRecords } from '../reconciliation/pair-records.ts';

/** One of our payments, with what an export may know it by. */
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
  sale: ExportedOrder | null;
  healing: ExportHealing;
}

export interface ExportComparison {
  compared: number;
  differences: ExportDifference[];
  /** First and last day that the export tells of; null when it tells no dates. */
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

/** Paired by the transaction; of what is left, by e-mail, amount and day. */
const rules: PairingRules<KnownPayment, ExportedOrder> = {
  keysOfOurs: ({ payment }) => [payment.reference],
  keysOfTheirs: ({ reference }) => [reference],
  isAlike: ({ payment, customerEmail }, sale) => {
    const isSameDay = sale.soldAt !== null && Math.abs(sale.soldAt - payment.createdAt) <= edgeMs;
    const isSameBuyer = sale.customerEmail !== null && sale.customerEmail === customerEmail?.toLowerCase();
    return isSameDay && isSameBuyer && isCurrency(sale, payment) && isAmount(sale, payment);
  },
  isSameCurrency: ({ payment }, sale) => isCurrency(sale, payment),
  // A line that only tells of a refund names no price.
  isSameAmount: ({ payment }, sale) => sale.amountMinor <= 0 || isAmount(sale, payment),
  isSameStatus: (known, sale) => known.payment.status !== 'cancelled' && !isMoreRefunded(sale, known),
};

function isCurrency(sale: ExportedOrder, payment: Payment): boolean {
  return sale.currency === null || sale.currency === payment.currency;
}

function isAmount(sale: ExportedOrder, payment: Payment): boolean {
  return sale.amountMinor === payment.amountMinor || sale.amountOtherwiseMinor === payment.amountMinor;
}

/** Where more is refunded here than there, the refund was made after the export. */
function isMoreRefunded({ returnedMinor }: ExportedOrder, known: KnownPayment): boolean {
  return returnedMinor === 'unknown' ? known.returnedMinor === 0 : returnedMinor > known.returnedMinor;
}

function differenceOf(pair: Pair<KnownPayment, ExportedOrder>): ExportDifference | undefined {
  const { kind, ours, theirs: sale } = pair;
  if (kind === 'matched') return undefined;
  const payment = ours?.payment ?? null;
  const difference: ExportDifference = {
    kind,
    reference: sale?.reference ?? payment?.reference ?? null,
    payment,
    here: payment === null ? 'unknown' : `${payment.status}, ${formatMoney(payment)}`,
    there: sale === null ? 'not in the export' : describeSale(sale),
    mayHeal: false,
    snapshot: sale && snapshotOf(sale, payment),
    sale,
    healing: { kind: 'none' },
  };
  if (kind === 'status') return { ...difference, ...statusOf(sale, ours) };
  const isWhole = sale !== null && sale.reference !== null && sale.currency !== null && sale.amountMinor > 0;
  return kind === 'missing_here' && isWhole ? { ...difference, healing: { kind: 'add_sale' } } : difference;
}

function statusOf(sale: ExportedOrder, known: KnownPayment): Pick<ExportDifference, 'here' | 'healing'> {
  const { payment, returnedMinor } = known;
  if (!isMoreRefunded(sale, known)) return { here: 'rejected', healing: { kind: 'none' } };
  const refunded = formatMoney({ ...payment, amountMinor: returnedMinor });
  const here = `${payment.status}, ${refunded} of ${formatMoney(payment)} refunded`;
  if (sale.returnedMinor === 'unknown') return { here, healing: { kind: 'none' } };
  return { here, healing: { kind: 'book_return', returnedMinor: sale.returnedMinor } };
}

function snapshotOf(sale: ExportedOrder, payment: Payment | null): Difference['snapshot'] {
  const currency = sale.currency ?? payment?.currency;
  if (currency === undefined) return null;
  return {
    requested: { amount: toDecimal({ amountMinor: sale.amountMinor, currency }), asset: currency },
    label: sale.productNames.join(', '),
    providerStatus: `line ${sale.line} of its export`,
    createdAt: sale.soldAt,
  };
}

function isWithin(payment: Payment, window: ExportComparison['window']): boolean {
  if (window === null || payment.status === 'cancelled') return false;
  return payment.createdAt >= window.from + edgeMs && payment.createdAt <= window.to - edgeMs;
}

/** Without its line: the next export has the same order at another one. */
function describeSale(sale: ExportedOrder): string {
  const { currency, amountMinor, returnedMinor } = sale;
  const show = (minor: number): string =>
    currency === null ? String(minor / 100) : formatMoney({ amountMinor: minor, currency });
  const parts = [show(amountMinor)];
  if (returnedMinor === 'unknown') parts.push('refunded, how much is not told');
  else if (returnedMinor > 0) parts.push(`${show(returnedMinor)} refunded`);
  return parts.join(', ');
}
