import { type Case, needsDecision } from '#cases/case.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import { listUntoldOrders } from '#messaging/queues/untold-orders.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import type { PageCursor } from '#orders/order-store.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { loadOrderViews, type OrderView, timelineShownMax } from './order-view.ts';

interface ReadDeps {
  database: Database<PaymentStores>;
  clock: Pick<Clock, 'now'>;
}

export interface OrderDetails {
  order: Order;
  payments: Payment[];
  refunds: Refund[];
  /** Cases that wait for a decision, oldest first. */
  cases: Case[];
  timeline: TimelineEntry[];
  /** The shop has not taken all that it was told of the order. */
  isShopUntold: boolean;
}

/** An order with its payments and history, by its id, its number, or one of its payments. */
export function getOrderDetails(
  deps: ReadDeps,
  wanted: { id: OrderId } | { number: number } | { paymentId: PaymentId },
): Promise<OrderDetails | undefined> {
  return deps.database.read(async (stores) => {
    const order = await findWanted(stores, wanted);
    if (order === undefined) return undefined;
    return {
      order,
      payments: await stores.payments.listPaymentsForOrder(order.id),
      refunds: await stores.refunds.listRefundsForOrder(order.id),
      cases: (await stores.cases.listLiveCasesForOrder(order.id)).filter(needsDecision),
      timeline: await stores.timeline.listForOrder({ orderId: order.id, limit: timelineShownMax }),
      isShopUntold: (await listUntoldOrders(stores, { clock: deps.clock, orderId: order.id })).length > 0,
    };
  });
}

async function findWanted(
  stores: Pick<PaymentStores, 'orders' | 'payments'>,
  wanted: Parameters<typeof getOrderDetails>[1],
): Promise<Order | undefined> {
  if ('id' in wanted) return stores.orders.findOrder(wanted.id);
  if ('number' in wanted) return stores.orders.findOrderByNumber(wanted.number);
  const payment = await stores.payments.findPayment(wanted.paymentId);
  return payment && stores.orders.findOrder(payment.orderId);
}

export type OrderPage = { kind: 'page'; orders: OrderView[]; nextCursor: string | null } | { kind: 'bad_cursor' };

/** A page of orders, newest first, as the shop sees them. */
export function listOrderViews(
  deps: ReadDeps,
  query: { statuses: readonly OrderStatus[] | null; cursor: string | null; limit: number },
): Promise<OrderPage> {
  const before = query.cursor === null ? null : readCursor(query.cursor);
  if (before === undefined) return Promise.resolve({ kind: 'bad_cursor' });
  return deps.database.read(async (stores): Promise<OrderPage> => {
    const found = await stores.orders.listOrders({ statuses: query.statuses, before, limit: query.limit + 1 });
    const shown = found.slice(0, query.limit);
    const last = shown.at(-1);
    const orders = await loadOrderViews(stores, shown);
    return { kind: 'page', orders, nextCursor: found.length > query.limit && last ? writeCursor(last) : null };
  });
}

function writeCursor(place: PageCursor): string {
  return Buffer.from(`${place.createdAt}.${place.id}`).toString('base64url');
}

function readCursor(text: string): PageCursor | undefined {
  const match = /^(\d{1,15})\.([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { createdAt: Number(match[1]), id: match[2] };
}
