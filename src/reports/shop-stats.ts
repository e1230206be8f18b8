import { type FeeTotals, totalFees } from '#accounting/fees/total-fees.ts';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { type Clock, day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { type Money, subtractDecimals, sumDecimals, toDecimal } from '#kernel/money.ts';
import type { OrderStatus } from '#orders/order.ts';
import type { OrderBucket, OrderTotals } from '#orders/order-store.ts';

export interface ShopStats {
  from: Milliseconds;
  to: Milliseconds;
  totals: OrderTotals[];
  /** Fees and net of the payments made in that time, as far as the providers have reported them. */
  fees: FeeTotals[];
  /** One bucket a day, status and currency, oldest first. */
  buckets: OrderBucket[];
}

/** Orders whose money is, or was, there; refunds are not taken off. */
export const paidStatuses: readonly OrderStatus[] = ['paid', 'fulfilled', 'partially_refunded', 'refunded'];

/** The sum of the paid orders, per currency. */
export function paidSums(totals: readonly OrderTotals[]): Money[] {
  const sums = new Map<string, number>();
  for (const { status, currency, amountMinor } of totals) {
    if (paidStatuses.includes(status)) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  }
  return [...sums].map(([currency, amountMinor]) => ({ amountMinor, currency }));
}

/**
 * Why paid less fees is not net: what providers have reported the fees of, less what the paid orders are over, a decimal
 * in each currency. Above zero it is money beside the paid orders: parts, late or surplus money. Below zero it is money
 * whose fee is not reported, or in another unit. None where they add up, and while no fee is known.
 */
export function feeGaps(
  paid: readonly Money[],
  fees: readonly Pick<FeeTotals, 'asset' | 'fee' | 'net'>[],
): { amount: string; currency: string }[] {
  if (fees.length === 0) return [];
  return paid.flatMap((sum) => {
    const { currency } = sum;
    const known = fees.filter(({ asset }) => asset === currency).flatMap(({ fee, net }) => [fee, net]);
    const amount = subtractDecimals(sumDecimals(known), toDecimal(sum));
    return /[1-9]/.test(amount) ? [{ amount, currency }] : [];
  });
}

/**
 * Orders of so many days, per status and currency: sums are made in minor units and never across currencies. The days end
 * at `until`, or now; a surface that names its buckets by the calendar gives its next midnight.
 */
export async function shopStats(
  deps: { database: Database<AccountingStores>; clock: Clock },
  input: { days: 7 | 30 | 90; until?: Milliseconds },
): Promise<ShopStats> {
  const to = input.until ?? deps.clock.now();
  const from = to - input.days * day;
  const buckets = await deps.database.read((stores) => stores.orders.totalOrders({ from, to, bucketMs: day }));
  const totals = new Map<string, OrderTotals>();
  for (const bucket of buckets) {
    const key = `${bucket.status}:${bucket.currency}`;
    const total = totals.get(key) ?? newTotal(bucket.status, bucket.currency);
    total.count += bucket.count;
    total.amountMinor += bucket.amountMinor;
    totals.set(key, total);
  }
  return { from, to, totals: [...totals.values()], fees: await totalFees(deps, { from, to }), buckets };
}

function newTotal(status: OrderStatus, currency: string): OrderTotals {
  return { status, currency, count: 0, amountMinor: 0 };
}
