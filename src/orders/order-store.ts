import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { Order, OrderStatus } from './order.ts';
import type { TimelineEntry } from './timeline.ts';

/** Where a page of a list ended: the next page begins with what is older. */
export interface PageCursor {
  createdAt: Milliseconds;
  id: string;
}

export interface OrderTotals {
  status: OrderStatus;
  currency: string;
  count: number;
  amountMinor: number;
}

/** What of an order is summed. */
export interface OrderFigures extends Pick<Order, 'id' | 'createdAt' | 'status' | 'currency' | 'amountMinor'> {
  /** The status with which the days that are counted ahead count it; null where none counts it. */
  countedAs: OrderStatus | null;
}

export type OrderChange = Partial<Pick<Order, 'attention' | 'paidAt' | 'fulfilledAt' | 'expiresAt' | 'note'>> & {
  status: OrderStatus;
  updatedAt: Milliseconds;
};

/** An exact amount of any of these currencies. */
export interface SearchedAmount {
  amountMinor: number;
  currencies: readonly string[];
}

export interface FoundOrders {
  orders: Order[];
  /** How many of the newest orders were looked at; null when all were, or as many as were wanted are found. */
  newest: number | null;
}

export interface OrderStore {
  /** The next order number; no number is given twice. Writes, so only inside a transaction. */
  nextOrderNumber(): Promise<number>;
  insertOrder(order: Order): Promise<void>;
  findOrder(id: OrderId): Promise<Order | undefined>;
  findOrderByNumber(number: number): Promise<Order | undefined>;
  /** Changes the order as it was loaded, and its version with it; throws ConcurrentChange when another change came first. */
  changeOrder(order: Order, change: OrderChange): Promise<Order>;
  /** Newest first: those before a place, or those next to it on its newer side. */
  listOrders(query: {
    statuses: readonly OrderStatus[] | null;
    before: PageCursor | null;
    after?: PageCursor | null;
    limit: number;
  }): Promise<Order[]>;
  /** In any order; those that do not exist are left out. */
  listOrdersByIds(ids: readonly OrderId[]): Promise<Order[]>;
  /** Made in [from, to), oldest first, after the given place. */
  listOrdersMadeBetween(query: {
    from: Milliseconds;
    to: Milliseconds;
    after: PageCursor | null;
    limit: number;
  }): Promise<Order[]>;
  /** The same, and no more of them than is summed. */
  listOrderFigures(query: {
    from: Milliseconds;
    to: Milliseconds;
    after: PageCursor | null;
    limit: number;
  }): Promise<OrderFigures[]>;
  /** Orders awaiting payment that have expired and have no open payment of the right amount, oldest expiry first. */
  listExpiredOrders(query: { now: Milliseconds; limit: number }): Promise<Order[]>;
  /** Whose e-mail or reference this is, in capitals or not. The highest number first. */
  listOrdersCalled(query: { text: string; limit: number }): Promise<Order[]>;
  /** Of one of these amounts. The highest number first. */
  listOrdersOfAmounts(query: { amounts: readonly SearchedAmount[]; limit: number }): Promise<Order[]>;
  /** Case-insensitive part of reference, e-mail, customer's name, note or item name. The highest number first. */
  searchOrders(query: { text: string; limit: number }): Promise<FoundOrders>;
  /** Makes at most `limit` orders of an earlier release searchable; how many, none when all are. Only inside a transaction. */
  indexOrders(query: { limit: number }): Promise<number>;
}

export interface TimelineStore {
  append(entry: TimelineEntry): Promise<void>;
  /** Oldest first; the newest `limit` entries. */
  listForOrder(query: { orderId: OrderId; limit: number }): Promise<TimelineEntry[]>;
  /** Any `limit` entries of these orders, those of each oldest first: all of them, where fewer are found. */
  listForOrders(query: { orderIds: readonly OrderId[]; limit: number }): Promise<TimelineEntry[]>;
}

/** A request that the shop may repeat: the same key and body give the same answer. */
export interface IdempotentRequest {
  key: string;
  bodyHash: string;
  orderId: OrderId;
  /** The payment that the first answer named; null until there was an answer. */
  paymentId: PaymentId | null;
  /** When that answer said the payment expires; the provider may move it afterwards. Null until there was an answer, and for those of older versions. */
  paymentExpiresAt: Milliseconds | null;
  createdAt: Milliseconds;
}

/** What the first answer said of its payment. */
export interface KeptAnswer {
  paymentId: PaymentId;
  paymentExpiresAt: Milliseconds | null;
}

export interface IdempotencyStore {
  /** Stores the key, inside a transaction; returns the record that has the key already, or undefined when this one was stored. */
  reserve(request: Omit<IdempotentRequest, keyof KeptAnswer>): Promise<IdempotentRequest | undefined>;
  find(key: string): Promise<IdempotentRequest | undefined>;
  /** Notes what the answer says, unless an earlier one is noted already; returns the one that is. */
  keepAnswer(input: { key: string; answer: KeptAnswer }): Promise<KeptAnswer>;
  /** Deletes at most `limit` keys older than `before`; returns how many. */
  prune(query: { before: Milliseconds; limit: number }): Promise<number>;
}

/** The stores of the orders room. */
export interface OrderStores {
  orders: OrderStore;
  timeline: TimelineStore;
  idempotency: IdempotencyStore;
}
