// Orders of a period as rows, read page by page, so that a long period does not fill the memory.
import type { Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { OrderId } from '#kernel/ids.ts';
import { toDecimal } from '#kernel/money.ts';
import { walkPages } from '#kernel/page.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import { isOpenRefund, type Refund } from '#payments/model/refund.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { ExportRow } from './export-rows.ts';

export const paymentColumns = [
  ...['order', 'order_id', 'made_at', 'order_status', 'amount', 'currency', 'reference', 'customer_email'],
  ...['customer_name', 'payment_id', 'provider', 'provider_reference', 'payment_status', 'asked', 'asset', 'received'],
  ...['received_asset', 'fee', 'net', 'figures_asset', 'paid_at', 'settled_at', 'refunded', 'refunding'],
];

export const refundColumns = [
  ...['order', 'order_id', 'payment_id', 'refund_id', 'provider', 'provider_reference', 'status', 'amount', 'currency'],
  ...['reason', 'asked_by', 'asked_at', 'ended_at'],
];

export interface OrdersPage {
  /** One row for each payment, and one for an order without payments. */
  payments: ExportRow[];
  refunds: ExportRow[];
}

/** Reading and writing them takes a few milliseconds, in which the process serves nobody else. */
const pageSize = 40;

/** Orders made in [from, to), oldest first, with their payments and refunds. */
export async function* exportOrders(
  deps: { database: Pick<Database<PaymentStores>, 'read'> },
  window: { from: Milliseconds; to: Milliseconds },
): AsyncGenerator<OrdersPage> {
  const limit = pageSize;
  const pages = walkPages({ limit }, (last: Order | undefined) => {
    const after = last === undefined ? null : { createdAt: last.createdAt, id: last.id };
    return deps.database.read((stores) => stores.orders.listOrdersMadeBetween({ ...window, after, limit }));
  });
  for await (const orders of pages) yield await toPage(deps, orders);
}

function toPage(
  deps: { database: Pick<Database<PaymentStores>, 'read'> },
  orders: readonly Order[],
): Promise<OrdersPage> {
  return deps.database.read(async (stores) => {
    const payments = await stores.payments.listPaymentsOfOrders(orders.map(({ id }) => id));
    const refunds = await stores.refunds.listRefundsForPayments(payments.map(({ id }) => id));
    const [paymentsOf, refundsOf] = [byOrder(payments), byOrder(refunds)];
    const page: OrdersPage = { payments: [], refunds: [] };
    for (const order of orders) {
      const own = paymentsOf.get(order.id) ?? [];
      const back = refundsOf.get(order.id) ?? [];
      if (own.length === 0) page.payments.push(orderCells(order));
      for (const payment of own) page.payments.push({ ...orderCells(order), ...paymentCells(payment, back) });
      page.refunds.push(...back.map((refund) => refundCells(order, refund)));
    }
    return page;
  });
}

function byOrder<Row extends { orderId: OrderId }>(rows: readonly Row[]): Map<OrderId, Row[]> {
  return Map.groupBy(rows, ({ orderId }) => orderId);
}

function orderCells(order: Order): ExportRow {
  return {
    order: formatOrderNumber(order.number),
    order_id: order.id,
    made_at: toTime(order.createdAt),
    order_status: order.status,
    amount: toDecimal(order),
    currency: order.currency,
    reference: order.reference ?? '',
    customer_email: order.customerEmail ?? '',
    customer_name: order.customerName ?? '',
  };
}

function paymentCells(payment: Payment, refunds: readonly Refund[]): ExportRow {
  const own = refunds.filter(({ paymentId }) => paymentId === payment.id);
  const sumOf = (some: readonly Refund[]): string =>
    toDecimal({ ...payment, amountMinor: some.reduce((sum, { amountMinor }) => sum + amountMinor, 0) });
  return {
    payment_id: payment.id,
    provider: payment.provider,
    provider_reference: payment.reference ?? '',
    payment_status: payment.acceptedAt === null ? payment.status : `${payment.status}, accepted`,
    asked: payment.requestedAmount,
    asset: payment.requestedAsset,
    received: payment.receivedAmount ?? '',
    received_asset: payment.receivedAsset ?? '',
    fee: payment.feeAmount ?? '',
    net: payment.netAmount ?? '',
    figures_asset: payment.figuresAsset ?? '',
    paid_at: toTime(payment.paidAt),
    settled_at: toTime(payment.settledAt),
    refunded: sumOf(own.filter(({ status }) => status === 'succeeded')),
    refunding: sumOf(own.filter(isOpenRefund)),
  };
}

function refundCells(order: Order, refund: Refund): ExportRow {
  return {
    order: formatOrderNumber(order.number),
    order_id: order.id,
    payment_id: refund.paymentId,
    refund_id: refund.id,
    provider: refund.provider,
    provider_reference: refund.reference ?? '',
    status: refund.status,
    amount: toDecimal(refund),
    currency: refund.currency,
    reason: refund.reason,
    asked_by: `${refund.requestedByKind}:${refund.requestedById}`,
    asked_at: toTime(refund.createdAt),
    ended_at: toTime(refund.settledAt),
  };
}

function toTime(at: Milliseconds | null): string {
  return at === null ? '' : new Date(at).toISOString();
}
