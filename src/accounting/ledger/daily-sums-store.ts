import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { OrderStatus } from '#orders/order.ts';
import type { OrderFigures, OrderTotals } from '#orders/order-store.ts';
import type { Fees, FeeTotals } from './tally.ts';

/** What is known of the orders and the fees of payments that were made in [from, to), a day of the calendar. */
export interface DaySums {
  from: Milliseconds;
  to: Milliseconds;
  orders: OrderTotals[];
  fees: FeeTotals[];
}

/** An order that has changed since the days were counted. */
export interface UncountedOrder extends OrderFigures {
  /** The status with which the days count it; null for a new order, which no day counts. */
  countedAs: OrderStatus | null;
}

/** A payment whose fees have changed since. */
export interface UncountedFees {
  paymentId: PaymentId;
  createdAt: Milliseconds;
  /** What the days count, and what is known. */
  counted: Fees[];
  known: Fees[];
  /** Rises with every further change. */
  changes: number;
}

/**
 * The sums of days, counted ahead. A stored day counts every order and payment of its time, but those that are listed here as
 * uncounted: it counts them as they were. Stores of orders, payments and fees note what they change in the change's transaction.
 */
export interface DailySumsStore {
  /** Before days are changed, in the same transaction: others that change days wait for its end. How often that was done. */
  beginCount(): Promise<number>;
  /** How often it was done. Days are the same while this is. */
  countsMade(): Promise<number>;
  /** Of every stored day, the oldest first. */
  listBounds(): Promise<Pick<DaySums, 'from' | 'to'>[]>;
  /** Days of which a part is in [from, to), the oldest first. */
  listDays(query: { from: Milliseconds; to: Milliseconds }): Promise<DaySums[]>;
  saveDay(day: DaySums): Promise<void>;
  removeDays(froms: readonly Milliseconds[]): Promise<void>;
  /** Made in [from, to), oldest first. */
  listUncountedOrders(query: { from: Milliseconds; to: Milliseconds; limit: number }): Promise<UncountedOrder[]>;
  /** Those of the orders that are still as they were listed count as they are from now on; the ids of these. */
  countOrders(orders: readonly UncountedOrder[]): Promise<OrderId[]>;
  listUncountedFees(query: { from: Milliseconds; to: Milliseconds; limit: number }): Promise<UncountedFees[]>;
  /** The same for fees. False: they have changed since they were listed. */
  countFees(fees: UncountedFees): Promise<boolean>;
}
