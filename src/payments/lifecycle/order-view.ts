import { type Case, type DecisionKind, isLive, needsDecision } from '#cases/case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import { toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Trust } from '#kernel/trust.ts';
import { formatOrderNumber, type Order, type OrderStatus } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import {
  isCoveringPayment,
  isMismatchedPayment,
  type Payment,
  type PaymentStatus,
  payablePayment,
} from '../model/payment.ts';
import { isOpenRefund, type Refund, type RefundStatus } from '../model/refund.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** No order's history is shown longer than this; the newest entries are the ones shown. */
export const timelineShownMax = 100;

export const exceptionStatuses = ['open', 'resolved'] as const;

/** An order as the shop sees it: amounts are decimal strings, times RFC 3339 in UTC, and what does not apply is null. */
export type OrderView = {
  id: string;
  number: string;
  status: OrderStatus;
  amount: string;
  currency: string;
  reference: string | null;
  items: { sku: string | null; name: string; quantity: number; unit_amount: string }[];
  customer: { email: string | null; name: string | null };
  metadata: Record<string, string>;
  attention: string | null;
  created_at: string;
  updated_at: string;
  expires_at: string;
  paid_at: string | null;
  fulfilled_at: string | null;
  /** The payment that counts: the one that covers the order, else the newest that may still be paid, else the newest. */
  payment: PaymentView | null;
  payments: PaymentView[];
  /** What has gone back to the buyer, and what may still: asked for, on its way, or not known. */
  refunded_amount: string;
  refunding_amount: string;
  refunds: RefundView[];
  /** What somebody has to decide about the order or one of its payments, oldest first. */
  exceptions: ExceptionView[];
  timeline: TimelineView[];
};

export type PaymentView = {
  id: string;
  provider: ProviderName;
  status: PaymentStatus;
  amount: string;
  currency: string;
  /** Null while there is none, and while the provider asks for another amount there than we do. */
  checkout_url: string | null;
  expires_at: string;
  provider_reference: string | null;
  provider_status: string | null;
  trust: Trust | null;
  received: { amount: string; asset: string } | null;
  /** What the provider kept and what it passed on, both in `figures_asset`; null until it told. */
  fee: string | null;
  net: string | null;
  figures_asset: string | null;
  transaction_ids: string[];
};

export type RefundView = {
  id: string;
  payment_id: string;
  provider: ProviderName;
  status: RefundStatus;
  amount: string;
  currency: string;
  reason: string;
  /** Where the buyer claims the money, at providers that pay out that way. */
  claim_url: string | null;
  provider_reference: string | null;
  provider_status: string | null;
  transaction_ids: string[];
  created_at: string;
  settled_at: string | null;
};

/** A case that waits for a decision. */
export type ExceptionView = {
  id: string;
  kind: DecisionKind;
  status: (typeof exceptionStatuses)[number];
  opened_at: string;
  summary: string;
};

export type TimelineView = {
  at: string;
  subject: string;
  from: string | null;
  to: string | null;
  cause: { kind: string; id: string };
  actor: { kind: string; id: string };
  trust: Trust | null;
  text: string;
  payment_id: string | null;
};

export function viewOrder(input: {
  order: Order;
  payments: Payment[];
  refunds: readonly Refund[];
  /** Those that are live; what only informs is left out. */
  cases: readonly Case[];
  timeline: TimelineEntry[];
}): OrderView {
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

/** Loads everything that the view of one order shows. */
export async function loadOrderView(stores: PaymentStores, order: Order): Promise<OrderView> {
  const payments = await stores.payments.listPaymentsForOrder(order.id);
  const refunds = await stores.refunds.listRefundsForOrder(order.id);
  const timeline = await stores.timeline.listForOrder({ orderId: order.id, limit: timelineShownMax });
  const cases = await stores.cases.listLiveCasesForOrder(order.id);
  return viewOrder({ order, payments, refunds, cases, timeline });
}

export function currentPayment(payments: readonly Payment[]): Payment | undefined {
  return payments.find(isCoveringPayment) ?? payablePayment(payments) ?? payments.at(-1);
}

function viewPayment(payment: Payment): PaymentView {
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

export function viewRefund(refund: Refund): RefundView {
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

function viewException(one: Case & { kind: DecisionKind }): ExceptionView {
  const { id, kind, openedAt, facts } = one;
  const status = isLive(one) ? 'open' : 'resolved';
  return { id, kind, status, opened_at: toTime(openedAt), summary: facts.headline };
}

function sumOf(refunds: readonly Refund[]): number {
  return refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

function viewEntry(entry: TimelineEntry): TimelineView {
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
