// Pure: the sales of an export beside our payments of that channel, one comparison for each sale and for each payment that
// the export lacks. What is not told, or may mean two things, is never called a difference that can be healed.
import { day, type Milliseconds } from '#kernel/clock.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Payment } from '../model/payment.ts';
import type { FindingKind } from '../model/reconciliation.ts';
import type { ExportedOrder } from '../ports/sales-channel.ts';

/** One of our payments, with what an export may know it by. */
export interface KnownPayment {
  payment: Payment;
  customerEmail: string | null;
  returnedMinor: number;
}

export type ExportHealing =
  | { kind: 'add_sale' }
  | { kind: 'book_return'; returnedMinor: number }
  /** A person has to look. */
  | { kind: 'none' };

export interface ExportDifference {
  finding: FindingKind;
  sale: ExportedOrder | null;
  payment: Payment | null;
  here: string;
  there: string;
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

/** When the export's sales were made; null when it does not say. */
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
  const { there, here } = input;
  const pairs = pairUp(there, here);
  const differences = there.flatMap((sale) => compareOne(sale, pairs.get(sale)));
  const paired = new Set([...pairs.values()].map(({ payment }) => payment.id));
  const window = exportWindow(there);
  const alone = here.filter(({ payment }) => !paired.has(payment.id) && isWithin(payment, window));
  differences.push(...alone.map(missingThere));
  return { compared: there.length + alone.length, differences, window };
}

/** By the transaction; of what is left, by e-mail, amount and day, where that leaves no choice on either side. */
function pairUp(there: readonly ExportedOrder[], here: readonly KnownPayment[]): Map<ExportedOrder, KnownPayment> {
  const byReference = new Map(here.map((known) => [known.payment.reference, known]));
  const pairs = new Map<ExportedOrder, KnownPayment>();
  for (const sale of there) {
    const known = sale.reference === null ? undefined : byReference.get(sale.reference);
    if (known !== undefined) pairs.set(sale, known);
  }
  const taken = new Set([...pairs.values()]);
  const rest = there.filter((sale) => !pairs.has(sale));
  const free = here.filter((known) => !taken.has(known));
  for (const sale of rest) {
    const [candidate, ...others] = free.filter((known) => isAlike(sale, known));
    const rivals = candidate === undefined ? [] : rest.filter((other) => isAlike(other, candidate));
    if (candidate !== undefined && others.length === 0 && rivals.length === 1) pairs.set(sale, candidate);
  }
  return pairs;
}

function isAlike(sale: ExportedOrder, { payment, customerEmail }: KnownPayment): boolean {
  const isSameDay = sale.soldAt !== null && Math.abs(sale.soldAt - payment.createdAt) <= edgeMs;
  const isSameBuyer = sale.customerEmail !== null && sale.customerEmail === customerEmail?.toLowerCase();
  const isSameCurrency = sale.currency === null || sale.currency === payment.currency;
  return isSameDay && isSameBuyer && isSameCurrency && isAmount(sale, payment);
}

function isAmount(sale: ExportedOrder, payment: Payment): boolean {
  return sale.amountMinor === payment.amountMinor || sale.amountOtherwiseMinor === payment.amountMinor;
}

function compareOne(sale: ExportedOrder, known: KnownPayment | undefined): ExportDifference[] {
  if (known === undefined) return [missingHere(sale)];
  const { payment } = known;
  const there = describeSale(sale);
  const here = `${payment.status}, ${formatMoney(payment)}`;
  const base = { sale, payment, here, there, healing: { kind: 'none' } } as const;
  if (sale.currency !== null && sale.currency !== payment.currency) return [{ ...base, finding: 'currency' }];
  // A line that only tells of what went back names no price.
  if (sale.amountMinor > 0 && !isAmount(sale, payment)) return [{ ...base, finding: 'amount' }];
  const returned = returnedThere(sale, known);
  if (returned !== undefined) return [{ ...base, ...returned, finding: 'status' }];
  if (payment.status === 'cancelled') return [{ ...base, finding: 'status', here: 'rejected' }];
  return [];
}

function returnedThere(
  sale: ExportedOrder,
  { payment, returnedMinor }: KnownPayment,
): Pick<ExportDifference, 'here' | 'healing'> | undefined {
  const show = (amountMinor: number): string => formatMoney({ ...payment, amountMinor });
  const here = `${payment.status}, ${show(returnedMinor)} of ${formatMoney(payment)} refunded`;
  if (sale.returnedMinor === 'unknown') {
    return returnedMinor > 0 ? undefined : { here, healing: { kind: 'none' } };
  }
  // More here than there is what a refund is that was made after the export.
  if (sale.returnedMinor <= returnedMinor) return undefined;
  return { here, healing: { kind: 'book_return', returnedMinor: sale.returnedMinor } };
}

function missingHere(sale: ExportedOrder): ExportDifference {
  const isWhole = sale.reference !== null && sale.currency !== null && sale.amountMinor > 0;
  return {
    finding: 'missing_here',
    sale,
    payment: null,
    here: 'unknown',
    there: describeSale(sale),
    healing: isWhole ? { kind: 'add_sale' } : { kind: 'none' },
  };
}

function missingThere({ payment }: KnownPayment): ExportDifference {
  return {
    finding: 'missing_there',
    sale: null,
    payment,
    here: `${payment.status}, ${formatMoney(payment)}`,
    there: 'not in the export',
    healing: { kind: 'none' },
  };
}

function isWithin(payment: Payment, window: ExportComparison['window']): boolean {
  if (window === null || payment.status === 'cancelled') return false;
  return payment.createdAt >= window.from + edgeMs && payment.createdAt <= window.to - edgeMs;
}

/** Without its line: the next export has the same sale at another one. */
function describeSale(sale: ExportedOrder): string {
  const { currency, amountMinor, returnedMinor } = sale;
  const show = (minor: number): string =>
    currency === null ? String(minor / 100) : formatMoney({ amountMinor: minor, currency });
  const parts = [show(amountMinor)];
  if (returnedMinor === 'unknown') parts.push('refunded, how much is not told');
  else if (returnedMinor > 0) parts.push(`${show(returnedMinor)} refunded`);
  return parts.join(', ');
}
