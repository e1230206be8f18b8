// Pure: the orders of an export beside our payments of that channel, one comparison for each order and for each payment
// that the export lacks. A value that is missing or ambiguous is never a difference that can be healed.
import type { Milliseconds } from '#kernel/clock.ts';
import { formatMoney, type Money, minorIn, toDecimal } from '#kernel/money.ts';
import { mapInSlices } from '#kernel/page.ts';
import type { Payment } from '../model/payment.ts';
import { type ExportedMoney, moneyIn, readingsIn } from '../ports/exported-money.ts';
import type { ExportedOrder } from '../ports/sales-channel.ts';
import type { Difference } from '../reconciliation/compare-with-provider.ts';
import { type Pair, type PairingRules, pairByKeys, pairsOf } from '../reconciliation/pair-records.ts';
import { edgeMs, type KnownPayment, pairByBuyer } from './pair-by-buyer.ts';

export type ExportHealing =
  | { kind: 'add_sale'; price: Money; returnedMinor: number | 'unknown' }
  | { kind: 'book_return'; returnedMinor: number }
  /** An admin has to decide. */
  | { kind: 'none' };

export interface ExportDifference extends Difference {
  /** A line that cannot be read is no difference. */
  kind: Exclude<Difference['kind'], 'unread'>;
  channelOrder: ExportedOrder | null;
  healing: ExportHealing;
}

export interface ExportComparison {
  compared: number;
  differences: ExportDifference[];
  /** First and last day that the export covers; null when it has no dates. */
  window: { from: Milliseconds; to: Milliseconds } | null;
  /** False when there are too many payments in its days to say which of them it lacks. */
  isWhole: boolean;
}

/** When the export's orders were made; null when it does not say. */
export function exportWindow(sales: readonly ExportedOrder[]): ExportComparison['window'] {
  const times = sales.flatMap(({ soldAt }) => (soldAt === null ? [] : [soldAt]));
  if (times.length === 0) return null;
  const all = times.toSorted((left, right) => left - right);
  return { from: all[0] ?? 0, to: all.at(-1) ?? 0 };
}

/** Works in slices: an export has thousands of lines, and the process has others to serve. */
export async function compareWithExport(input: {
  there: readonly ExportedOrder[];
  here: readonly KnownPayment[];
  /** Whether `here` has every payment of the export's days. */
  isWhole?: boolean;
  /** The currencies of the shop's products. */
  sold: ReadonlySet<string>;
}): Promise<ExportComparison> {
  const { isWhole = true } = input;
  const window = exportWindow(input.there);
  const lists = { ours: input.here, theirs: input.there };
  const found = pairByKeys(lists, rules);
  await pairByBuyer(lists, { found, isSameMoney });
  const sold = new Set([...input.sold, ...input.here.map(({ payment }) => payment.currency)]);
  const pairs = await mapInSlices(pairsOf(lists, { rules, found }), (pair) =>
    pair.kind !== 'missing_there' || (isWhole && isWithin(pair.ours.payment, window))
      ? [{ difference: differenceOf(pair, sold) }]
      : [],
  );
  const compared = pairs.flat();
  return {
    compared: compared.length,
    differences: compared.flatMap(({ difference }) => difference ?? []),
    window,
    isWhole,
  };
}

const rules: PairingRules<KnownPayment, ExportedOrder> = {
  keysOfOurs: ({ payment }) => [payment.reference],
  keysOfTheirs: ({ reference }) => [reference],
  isSameCurrency: ({ payment }, channelOrder) => isCurrency(channelOrder, payment),
  // A line that only reports a refund has no price.
  isSameAmount: ({ payment }, channelOrder) => hasNoPrice(channelOrder) || isAmount(channelOrder, payment),
  isSameStatus: (known, channelOrder) => known.payment.status !== 'cancelled' && !isMoreRefunded(channelOrder, known),
};

function isSameMoney({ payment }: KnownPayment, channelOrder: ExportedOrder): boolean {
  return isCurrency(channelOrder, payment) && isAmount(channelOrder, payment);
}

function isCurrency({ currencies }: ExportedOrder, payment: Payment): boolean {
  return currencies.length === 0 || currencies.includes(payment.currency);
}

function isAmount(channelOrder: ExportedOrder, payment: Payment): boolean {
  return moneyIn(channelOrder, payment.currency).some((money) => isPrice(money, payment));
}

function isPrice({ amountMinor, otherwiseMinor }: ExportedMoney, payment: Payment): boolean {
  return amountMinor === payment.amountMinor || otherwiseMinor === payment.amountMinor;
}

function hasNoPrice({ readings }: ExportedOrder): boolean {
  return readings.every(({ amount }) => isNothing(amount));
}

function isNothing(decimal: string): boolean {
  return !/[1-9]/.test(decimal);
}

/** Where more is refunded here than there, the refund was made after the export. */
function isMoreRefunded(channelOrder: ExportedOrder, { payment, returnedMinor }: KnownPayment): boolean {
  const there = returnedThere(channelOrder, payment);
  return there === 'unknown' ? returnedMinor === 0 : there > returnedMinor;
}

/** Of two readings the one that fits the payment; unknown where both do, or it is no amount of the payment's currency. */
function returnedThere(channelOrder: ExportedOrder, payment: Payment): number | 'unknown' {
  const readings = moneyIn(channelOrder, payment.currency);
  const fitting = readings.filter(
    (money) =>
      (hasNoPrice(channelOrder) || isPrice(money, payment)) &&
      (readings.length === 1 || money.returnedMinor === 'unknown' || money.returnedMinor <= payment.amountMinor),
  );
  const sums = new Set(fitting.map(({ returnedMinor }) => returnedMinor));
  const [only = 'unknown'] = sums;
  return sums.size === 1 ? only : 'unknown';
}

/**
 * The currency of an order that is missing here: the one that it names, or the usual one of its sign, unless the shop
 * sells in another of the same sign. Null where nobody can say.
 */
function currencyOf({ currencies }: ExportedOrder, sold: ReadonlySet<string>): string | null {
  const [usual, ...others] = currencies;
  return usual === undefined || others.some((other) => sold.has(other)) ? null : usual;
}

function differenceOf(
  pair: Pair<KnownPayment, ExportedOrder>,
  sold: ReadonlySet<string>,
): ExportDifference | undefined {
  const { kind, ours, theirs: channelOrder } = pair;
  if (kind === 'matched') return undefined;
  const payment = ours?.payment ?? null;
  const currency = channelOrder && currencyThere(channelOrder, { payment, sold });
  const difference: ExportDifference = {
    kind,
    reference: channelOrder?.reference ?? payment?.reference ?? null,
    payment,
    here: payment === null ? 'unknown' : `${payment.status}, ${formatMoney(payment)}`,
    there: channelOrder === null ? 'not in the export' : describeSale(channelOrder, currency),
    mayHeal: false,
    snapshot: channelOrder && snapshotOf(channelOrder, currency),
    channelOrder,
    healing: { kind: 'none' },
  };
  if (kind === 'status') return { ...difference, ...statusOf(channelOrder, ours) };
  if (kind !== 'missing_here' || channelOrder.reference === null || currency === null) return difference;
  const [money, other] = moneyIn(channelOrder, currency);
  if (money === undefined || other !== undefined || money.amountMinor === 0) return difference;
  // Lines of one order may each have the whole price or their part: their sum is what an admin reviews.
  const price = { amountMinor: money.otherwiseMinor, currency };
  return { ...difference, healing: { kind: 'add_sale', price, returnedMinor: money.returnedMinor } };
}

/** A payment that was paired tells what the export leaves open, and nothing against what it names. */
function currencyThere(
  channelOrder: ExportedOrder,
  { payment, sold }: { payment: Payment | null; sold: ReadonlySet<string> },
): string | null {
  return payment !== null && isCurrency(channelOrder, payment) ? payment.currency : currencyOf(channelOrder, sold);
}

function statusOf(channelOrder: ExportedOrder, known: KnownPayment): Pick<ExportDifference, 'here' | 'healing'> {
  const { payment } = known;
  if (!isMoreRefunded(channelOrder, known)) return { here: 'rejected', healing: { kind: 'none' } };
  const refunded = formatMoney({ ...payment, amountMinor: known.returnedMinor });
  const here = `${payment.status}, ${refunded} of ${formatMoney(payment)} refunded`;
  const returnedMinor = returnedThere(channelOrder, payment);
  return { here, healing: returnedMinor === 'unknown' ? { kind: 'none' } : { kind: 'book_return', returnedMinor } };
}

function snapshotOf(channelOrder: ExportedOrder, currency: string | null): Difference['snapshot'] {
  const [reading] = channelOrder.readings;
  if (currency === null || reading === undefined) return null;
  return {
    requested: { amount: decimalIn(reading.amount, currency), asset: currency },
    label: channelOrder.productNames.join(', '),
    providerStatus: `line ${channelOrder.line} of its export`,
    createdAt: channelOrder.soldAt,
  };
}

/** A payment of the export's first or last day may lie beyond its edge. */
function isWithin(payment: Payment, window: ExportComparison['window']): boolean {
  if (window === null || payment.status === 'cancelled') return false;
  return payment.createdAt >= window.from + edgeMs && payment.createdAt <= window.to - edgeMs;
}

/** Without its line number: the next export has the same order on another line. */
function describeSale(channelOrder: ExportedOrder, currency: string | null): string {
  const amounts = amountsIn(channelOrder, currency);
  const show = (field: 'amount' | 'returned'): string =>
    `${amounts(field)} ${currency ?? 'in a currency that is not named'}`;
  const parts = [show('amount')];
  const { readings } = channelOrder;
  if (readings.some(({ returned }) => returned === 'unknown')) parts.push('refunded, how much is not told');
  else if (readings.some(({ returned }) => !isNothing(returned))) parts.push(`${show('returned')} refunded`);
  return parts.join(', ');
}

/** With the places of the currency, and as it is written where it is no amount of that currency. */
function amountsIn(order: ExportedOrder, currency: string | null): (field: 'amount' | 'returned') => string {
  const readings = currency === null ? order.readings.slice(0, 1) : readingsIn(order, currency);
  return (field) => {
    const texts = readings.map((reading) => decimalIn(reading[field], currency));
    return [...new Set(texts)].join(' or ');
  };
}

function decimalIn(decimal: string, currency: string | null): string {
  const amountMinor = currency === null ? undefined : minorIn(decimal, currency);
  return amountMinor === undefined || currency === null ? decimal : toDecimal({ amountMinor, currency });
}
