import { type Case, type DecisionKind, isLive, needsDecision } from '#cases/case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { toDecimal } from '#kernel/money.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import { isCoveringPayment, isMismatchedPayment, type Payment, payablePayment } from '../model/payment.ts';
import { isOpenRefund, type Refund } from '../model/refund.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** No order's history is shown longer than this; the newest entries are the ones shown. */
export const timelineShownMax = 100;

export const exceptionStatuses = ['open', 'resolved'] as const;

export type OrderView = ReturnType<typeof viewOrder>;

export interface OrderParts {
  /** All of them, oldest first. */
  payments: readonly Payment[];
  refunds: readonly Refund[];
  /** Live cases; those that only inform are not shown. */
  cases: readonly Case[];
}

/**
 * An order as the shop sees it: amounts are decimal strings, times RFC 3339 in UTC, and what does not apply is null. The
 * answer schemas of the store API say what each field means, and do not compile beside a view that differs.
 */
export function viewOrder(input: OrderParts & { order: Order; timeline: TimelineEntry[] }) {
  const { order, payments, refunds } = input;
  const refunded = refunds.filter(({ status }) => status === 'succeeded');
  const current = currentPayment(payments);
  const money = (amountMinor: number): string => toDecimal({ amountMinor, currency: order.currency });
  return {
    id: order.id,
    number: formatOrderNumber(order.number),
    status: order.status,
    amount: money(order.amountMinor),
    currency: order.currency,
    reference: order.reference,
    items: order.items.map((item) => ({
      sku: item.sku,
      name: item.name,
      quantity: item.quantity,
      unit_amount: money(item.unitAmountMinor),
    })),
    customer: { email: order.customerEmail, name: order.customerName },
    metadata: order.metadata,
    attention: order.attention,
    created_at: toTime(order.createdAt),
    updated_at: toTime(order.updatedAt),
    expires_at: toTime(order.expiresAt),
    paid_at: order.paidAt === null ? null : toTime(order.paidAt),
    fulfilled_at: order.fulfilledAt === null ? null : toTime(order.fulfilledAt),
    payment: current === undefined ? null : viewPayment(current),
    payments: payments.map(viewPayment),
    refunded_amount: money(sumOf(refunded)),
    refunding_amount: money(sumOf(refunds.filter(isOpenRefund))),
    refunds: refunds.map(viewRefund),
    exceptions: input.cases.filter(needsDecision).map(viewException),
    timeline: input.timeline.map(viewEntry),
  };
}

/** Loads everything that the view of one order shows, but for what the same transaction has read already. */
export async function loadOrderView(
  stores: PaymentStores,
  order: Order,
  known: Partial<OrderParts> = {},
): Promise<OrderView> {
  const payments = known.payments ?? (await stores.payments.listPaymentsForOrder(order.id));
  const refunds = known.refunds ?? (await stores.refunds.listRefundsForOrder(order.id));
  const timeline = await stores.timeline.listForOrder({ orderId: order.id, limit: timelineShownMax });
  const cases = known.cases ?? (await stores.cases.listLiveCasesForOrder(order.id));
  return viewOrder({ order, payments, refunds, cases, timeline });
}

/** The same of several orders, with one statement for each of the parts. */
export async function loadOrderViews(stores: PaymentStores, orders: readonly Order[]): Promise<OrderView[]> {
  const orderIds = orders.map(({ id }) => id);
  const payments = await stores.payments.listPaymentsOfOrders(orderIds);
  const paymentsOf = byOrder(payments);
  const refundsOf = byOrder(await stores.refunds.listRefundsForPayments(payments.map(({ id }) => id)));
  const casesOf = byOrder(await stores.cases.listLiveCasesOfOrders(orderIds));
  const entriesMax = orders.length * timelineShownMax;
  const timeline = await stores.timeline.listForOrders({ orderIds, limit: entriesMax });
  // One of them has a longer history than is shown, so that lines of others may be missing.
  const isCut = timeline.length === entriesMax;
  const timelineOf = byOrder(timeline);
  const views: OrderView[] = [];
  for (const order of orders) {
    const { id } = order;
    const shown = isCut
      ? await stores.timeline.listForOrder({ orderId: id, limit: timelineShownMax })
      : timelineOf(id).slice(-timelineShownMax);
    views.push(
      viewOrder({ order, payments: paymentsOf(id), refunds: refundsOf(id), cases: casesOf(id), timeline: shown }),
    );
  }
  return views;
}

function byOrder<Part extends { orderId: string | null }>(parts: readonly Part[]): (id: string) => Part[] {
  const found = Map.groupBy(parts, ({ orderId }) => orderId);
  return (id) => found.get(id) ?? [];
}

export function currentPayment(payments: readonly Payment[]): Payment | undefined {
  return payments.find(isCoveringPayment) ?? payablePayment(payments) ?? payments.at(-1);
}

function viewPayment(payment: Payment) {
  const { receivedAmount, receivedAsset } = payment;
  return {
    id: payment.id,
    provider: payment.provider,
    status: payment.status,
    amount: toDecimal(payment),
    currency: payment.currency,
    checkout_url: isMismatchedPayment(payment) ? null : payment.checkoutUrl,
    expires_at: toTime(payment.expiresAt),
    provider_reference: payment.reference,
    provider_status: payment.providerStatus,
    trust: payment.trust,
    received:
      receivedAmount === null || receivedAsset === null ? null : { amount: receivedAmount, asset: receivedAsset },
    fee: payment.feeAmount,
    net: payment.netAmount,
    figures_asset: payment.figuresAsset,
    transaction_ids: payment.transactionIds,
  };
}

export function viewRefund(refund: Refund) {
  return {
    id: refund.id,
    payment_id: refund.paymentId,
    provider: refund.provider,
    status: refund.status,
    amount: toDecimal(refund),
    currency: refund.currency,
    reason: refund.reason,
    claim_url: refund.claimUrl,
    provider_reference: refund.reference,
    provider_status: refund.providerStatus,
    transaction_ids: refund.transactionIds,
    created_at: toTime(refund.createdAt),
    settled_at: refund.settledAt === null ? null : toTime(refund.settledAt),
  };
}

/** A case that waits for a decision. */
function viewException(one: Case & { kind: DecisionKind }) {
  const { id, kind, openedAt, facts } = one;
  const status: (typeof exceptionStatuses)[number] = isLive(one) ? 'open' : 'resolved';
  return { id, kind, status, opened_at: toTime(openedAt), summary: facts.headline };
}

function sumOf(refunds: readonly Refund[]): number {
  return refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

function viewEntry(entry: TimelineEntry) {
  return {
    at: toTime(entry.at),
    subject: entry.subject,
    from: entry.fromStatus,
    to: entry.toStatus,
    cause: { kind: entry.causeKind, id: entry.causeId },
    actor: { kind: entry.actorKind, id: entry.actorId },
    trust: entry.trust,
    text: entry.text,
    payment_id: entry.paymentId,
  };
}

function toTime(at: Milliseconds): string {
  return new Date(at).toISOString();
}
