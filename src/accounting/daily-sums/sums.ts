import { subtractDecimals, sumDecimals } from '#kernel/money.ts';
import type { OrderStatus } from '#orders/order.ts';
import type { OrderFigures, OrderTotals } from '#orders/order-store.ts';
import type { DaySums, UncountedFees, UncountedOrder } from '../ledger/daily-sums-store.ts';
import { compareTexts, type Fees, type FeeTotals } from '../ledger/tally.ts';

/** Sums of a day that grow one by one. */
export interface GrowingSums {
  /** Counts the order as one of this status; null: not at all. */
  addOrder(order: Pick<OrderFigures, 'currency' | 'amountMinor'>, status: OrderStatus | null): void;
  addFees(fees: readonly Fees[]): void;
  /** What has changed since the day was counted. */
  correctOrder(order: UncountedOrder): void;
  correctFees(changed: Pick<UncountedFees, 'counted' | 'known'>): void;
  /** Sorted, and without what is not there. */
  orders(): OrderTotals[];
  fees(): FeeTotals[];
}

export function growSums(from: Pick<DaySums, 'orders' | 'fees'> = { orders: [], fees: [] }): GrowingSums {
  const orders = new Map(from.orders.map((total) => [keyOf(total), { ...total }]));
  const fees = new Map(from.fees.map((total) => [total.asset, { ...total }]));

  function put(
    order: Pick<OrderFigures, 'currency' | 'amountMinor'>,
    as: { status: OrderStatus; times: 1 | -1 },
  ): void {
    const { status, times } = as;
    const key = keyOf({ status, currency: order.currency });
    const total = orders.get(key) ?? { status, currency: order.currency, count: 0, amountMinor: 0 };
    total.count += times;
    total.amountMinor += times * order.amountMinor;
    orders.set(key, total);
  }

  function putFees(some: readonly Fees[], times: 1 | -1): void {
    const combine = times === 1 ? (sum: string, part: string) => sumDecimals([sum, part]) : subtractDecimals;
    for (const { asset, fee, net } of some) {
      const total = fees.get(asset) ?? { asset, count: 0, fee: '0', net: '0' };
      const changed = { count: total.count + times, fee: combine(total.fee, fee), net: combine(total.net, net) };
      fees.set(asset, { asset, ...changed });
    }
  }

  return {
    addOrder: (order, status) => (status === null ? undefined : put(order, { status, times: 1 })),
    addFees: (some) => putFees(some, 1),
    correctOrder(order) {
      if (order.countedAs !== null) put(order, { status: order.countedAs, times: -1 });
      put(order, { status: order.status, times: 1 });
    },
    correctFees({ counted, known }) {
      // First what is new: a sum keeps the places of its longest part.
      putFees(known, 1);
      putFees(counted, -1);
    },
    orders: () =>
      [...orders.values()]
        .filter(({ count }) => count !== 0)
        .sort((a, b) => compareTexts(a.status, b.status) || compareTexts(a.currency, b.currency)),
    fees: () => [...fees.values()].filter(({ count }) => count !== 0).sort((a, b) => compareTexts(a.asset, b.asset)),
  };
}

/** Of several days, or of several parts of one. */
export function addTotals(parts: readonly Pick<DaySums, 'orders' | 'fees'>[]): Pick<DaySums, 'orders' | 'fees'> {
  const orders = new Map<string, OrderTotals>();
  const fees = new Map<string, FeeTotals[]>();
  for (const part of parts) {
    for (const total of part.orders) {
      const before = orders.get(keyOf(total)) ?? { ...total, count: 0, amountMinor: 0 };
      const count = before.count + total.count;
      orders.set(keyOf(total), { ...before, count, amountMinor: before.amountMinor + total.amountMinor });
    }
    for (const total of part.fees) fees.set(total.asset, [...(fees.get(total.asset) ?? []), total]);
  }
  return {
    orders: [...orders.values()],
    fees: [...fees]
      .map(([asset, of]) => ({
        asset,
        count: of.reduce((sum, { count }) => sum + count, 0),
        fee: sumDecimals(of.map(({ fee }) => fee)),
        net: sumDecimals(of.map(({ net }) => net)),
      }))
      .sort((a, b) => compareTexts(a.asset, b.asset)),
  };
}

function keyOf({ status, currency }: Pick<OrderTotals, 'status' | 'currency'>): string {
  return `${status}:${currency}`;
}
