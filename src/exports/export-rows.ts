// One row of each file that a provider is handed out as. Times are written out, amounts are decimals with their currency
// beside them, and whatever would open a door stays here: claim links, signatures, idempotency keys.

import { type Case, isLive } from '#cases/case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { toDecimal } from '#kernel/money.ts';
import type { InboxEvent } from '#messaging/messaging-store.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import type { Outage } from '#payments/model/outage.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ReconciliationFinding, ReconciliationRun } from '#payments/model/reconciliation.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { ChannelOrderMark, StoredSubscription } from '#payments/ports/channel-order-store.ts';

export type ExportRow = Record<string, JsonValue>;

export function orderRow(order: Order): ExportRow {
  return {
    id: order.id,
    number: formatOrderNumber(order.number),
    status: order.status,
    amount: toDecimal(order),
    currency: order.currency,
    reference: order.reference,
    customer_email: order.customerEmail,
    customer_name: order.customerName,
    items: order.items.map(({ sku, name, quantity, unitAmountMinor }) => ({
      sku,
      name,
      quantity,
      unit_amount: toDecimal({ amountMinor: unitAmountMinor, currency: order.currency }),
    })),
    metadata: order.metadata,
    origin: order.origin,
    note: order.note,
    attention: order.attention,
    created_at: time(order.createdAt),
    updated_at: time(order.updatedAt),
    expires_at: time(order.expiresAt),
    paid_at: time(order.paidAt),
    fulfilled_at: time(order.fulfilledAt),
  };
}

export function paymentRow(payment: Payment): ExportRow {
  return {
    id: payment.id,
    order_id: payment.orderId,
    provider: payment.provider,
    reference: payment.reference,
    status: payment.status,
    creation: payment.creation,
    provider_status: payment.providerStatus,
    amount: toDecimal(payment),
    currency: payment.currency,
    requested_amount: payment.requestedAmount,
    requested_asset: payment.requestedAsset,
    expected_amount: payment.expectedAmount,
    received_amount: payment.receivedAmount,
    received_asset: payment.receivedAsset,
    fee_amount: payment.feeAmount,
    net_amount: payment.netAmount,
    figures_asset: payment.figuresAsset,
    transaction_ids: payment.transactionIds,
    trust: payment.trust,
    checkout_url: payment.checkoutUrl,
    evidence_at: time(payment.evidenceAt),
    mismatched_at: time(payment.mismatchedAt),
    held_at: time(payment.heldAt),
    accepted_at: time(payment.acceptedAt),
    paid_at: time(payment.paidAt),
    expires_at: time(payment.expiresAt),
    created_at: time(payment.createdAt),
    updated_at: time(payment.updatedAt),
  };
}

export function timelineRow(entry: TimelineEntry): ExportRow {
  return {
    id: entry.id,
    order_id: entry.orderId,
    payment_id: entry.paymentId,
    at: time(entry.at),
    subject: entry.subject,
    from_status: entry.fromStatus,
    to_status: entry.toStatus,
    cause: `${entry.causeKind}:${entry.causeId}`,
    actor: `${entry.actorKind}:${entry.actorId}`,
    trust: entry.trust,
    text: entry.text,
  };
}

export function saleRow(mark: ChannelOrderMark): ExportRow {
  return {
    reference: mark.reference,
    sold_at: time(mark.soldAt),
    // Its currency is the payment's; of a sale that has not come nobody knows it.
    returned_minor: mark.returnedMinor,
    returned_at: time(mark.returnedAt),
    updated_at: time(mark.updatedAt),
  };
}

export function subscriptionRow(subscription: StoredSubscription): ExportRow {
  return {
    reference: subscription.reference,
    status: subscription.status,
    customer_email: subscription.customerEmail,
    customer_name: subscription.customerName,
    plan: subscription.planName,
    product: subscription.productName,
    started_at: time(subscription.startedAt),
    ended_at: time(subscription.endedAt),
    updated_at: time(subscription.updatedAt),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The body as it came: as text where it is text, else in base64. */
export function eventRow(event: InboxEvent, redact: (text: string) => string): ExportRow {
  return {
    id: event.id,
    received_at: time(event.receivedAt),
    event_key: event.eventKey,
    event_type: event.eventType,
    reference: event.reference,
    detail: event.detail,
    trust: event.trust,
    outcome: event.outcome,
    processed_at: time(event.processedAt),
    given_up_at: time(event.abandonedAt),
    ...readBody(event.body, redact),
  };
}

function readBody(body: Uint8Array, redact: (text: string) => string): ExportRow {
  try {
    return { body_encoding: 'text', body: redact(utf8.decode(body)) };
  } catch {
    return { body_encoding: 'base64', body: Buffer.from(body).toString('base64') };
  }
}

export function runRow(run: ReconciliationRun): ExportRow {
  return {
    id: run.id,
    status: run.status,
    window_from: time(run.windowFrom),
    window_to: time(run.windowTo),
    started_at: time(run.startedAt),
    finished_at: time(run.finishedAt),
    started_by: run.startedBy,
    compared: run.comparedCount,
    matched: run.matchedCount,
    healed: run.healedCount,
    open: run.openCount,
    error: run.error,
  };
}

export function findingRow(finding: ReconciliationFinding): ExportRow {
  const { id, runId, kind, reference, paymentId, here, there, isHealed, createdAt } = finding;
  return {
    id,
    run_id: runId,
    kind,
    reference,
    payment_id: paymentId,
    here,
    there,
    is_healed: isHealed,
    created_at: time(createdAt),
  };
}

export function refundRow(refund: Refund): ExportRow {
  return {
    id: refund.id,
    order_id: refund.orderId,
    payment_id: refund.paymentId,
    status: refund.status,
    amount: toDecimal(refund),
    currency: refund.currency,
    requested_amount: refund.requestedAmount,
    requested_asset: refund.requestedAsset,
    reason: refund.reason,
    requested_by: `${refund.requestedByKind}:${refund.requestedById}`,
    approved_by: refund.approvedById,
    reference: refund.reference,
    provider_status: refund.providerStatus,
    transaction_ids: refund.transactionIds,
    created_at: time(refund.createdAt),
    sent_at: time(refund.sentAt),
    settled_at: time(refund.settledAt),
  };
}

export function caseRow(one: Case): ExportRow {
  const { kind, reference, facts } = one;
  return {
    id: one.id,
    kind,
    status: isLive(one) ? 'open' : 'resolved',
    reference,
    order_id: one.orderId,
    payment_id: one.paymentId,
    refund_id: one.refundId,
    summary: facts.headline,
    why: facts.why,
    here: facts.here,
    there: facts.there,
    gap_fiat: facts.differenceFiat,
    gap_coin: facts.differenceCoin,
    owner: one.assigneeName,
    opened_at: time(one.openedAt),
    resolved_at: time(one.resolvedAt),
    resolution: one.resolution,
    resolved_by: one.resolvedBy ?? one.outcome,
    reason: one.reason,
  };
}

export function outageRow(outage: Outage): ExportRow {
  return {
    id: outage.id,
    status: outage.status,
    reason: outage.reason,
    began_at: time(outage.beganAt),
    retired_at: time(outage.retiredAt),
    answered_at: time(outage.answeredAt),
    ended_at: time(outage.endedAt),
    looked: outage.lookedCount,
    recovered: outage.recoveredCount,
    lost: outage.lostCount,
  };
}

function time(at: Milliseconds | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
