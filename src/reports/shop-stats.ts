import { type FeeTotals, totalFees } from '#accounting/fees/total-fees.ts';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { type Clock, day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
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
