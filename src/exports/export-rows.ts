// One row of each file of a provider's export. Times are written out, amounts are decimals with their currency beside
// them, and what would give somebody access is left out: claim links, signatures, idempotency keys.
import { type Case, isLive } from '#cases/case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonValue } from '#kernel/json.ts';
import { toDecimal } from '#kernel/money.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import type { Outage } from '#payments/model/outage.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { ReconciliationFinding, ReconciliationRun } from '#payments/model/reconciliation.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { ChannelOrderMark, StoredSubscription } from '#payments/ports/channel-order-store.ts';

export type ExportRow = Record<string, JsonValue>;

export function orderRow(order: Order): ExportRow {
  const { items, currency } = order;
  return {
    id: order.id,
    number: formatOrderNumber(order.number),
    status: order.status,
    amount: toDecimal(order),
    ...columns(order, ['currency', 'reference', 'customerEmail', 'customerName']),
    items: items.map((item) => ({
      ...columns(item, ['sku', 'name', 'quantity']),
      unit_amount: toDecimal({ amountMinor: item.unitAmountMinor, currency }),
    })),
    ...columns(order, ['metadata', 'origin', 'note', 'attention', 'createdAt', 'updatedAt', 'expiresAt', 'paidAt']),
    ...columns(order, ['fulfilledAt']),
  };
}

export function paymentRow(payment: Payment): ExportRow {
  return {
    ...columns(payment, ['id', 'orderId', 'provider', 'reference', 'status', 'creation', 'providerStatus']),
    amount: toDecimal(payment),
    ...columns(payment, ['currency', 'requestedAmount', 'requestedAsset', 'expectedAmount', 'receivedAmount']),
    ...columns(payment, ['receivedAsset', 'feeAmount', 'netAmount', 'figuresAsset', 'transactionIds', 'trust']),
    ...columns(payment, ['checkoutUrl', 'evidenceAt', 'mismatchedAt', 'heldAt', 'acceptedAt', 'paidAt', 'expiresAt']),
    ...columns(payment, ['createdAt', 'updatedAt']),
  };
}

export function timelineRow(entry: TimelineEntry): ExportRow {
  return {
    ...columns(entry, ['id', 'orderId', 'paymentId']),
    at: time(entry.at),
    ...columns(entry, ['subject', 'fromStatus', 'toStatus']),
    cause: `${entry.causeKind}:${entry.causeId}`,
    actor: `${entry.actorKind}:${entry.actorId}`,
    ...columns(entry, ['trust', 'text']),
  };
}

export function channelOrderRow(mark: ChannelOrderMark): ExportRow {
  const largest = mark.refunds.toSorted((left, right) => right.returnedMinor - left.returnedMinor)[0];
  const { returnedMinor = 0, returnedAt = null, of = null } = largest ?? {};
  const refund = { returnedMinor, returnedAt, returnedCurrency: of?.currency ?? null };
  const { reference, soldAt, updatedAt } = mark;
  const row = { reference, soldAt, ...refund, updatedAt };
  return columns(row, ['reference', 'soldAt', 'returnedMinor', 'returnedCurrency', 'returnedAt', 'updatedAt']);
}

export function subscriptionRow(subscription: StoredSubscription): ExportRow {
  return {
    ...columns(subscription, ['reference', 'status', 'customerEmail', 'customerName']),
    plan: subscription.planName,
    product: subscription.productName,
    ...columns(subscription, ['startedAt', 'endedAt', 'updatedAt']),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The event with its body as received: as text where it is text, else in base64. */
export function eventRow(event: InboxEvent, redact: (text: string) => string): ExportRow {
  return {
    ...columns(event, ['id', 'receivedAt', 'eventKey', 'eventType', 'reference', 'detail', 'trust', 'outcome']),
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
    ...columns(run, ['id', 'status']),
    window_from: time(run.windowFrom),
    window_to: time(run.windowTo),
    ...columns(run, ['startedAt', 'finishedAt', 'startedBy']),
    compared: run.comparedCount,
    matched: run.matchedCount,
    healed: run.healedCount,
    open: run.openCount,
    error: run.error,
  };
}

export function findingRow(finding: ReconciliationFinding): ExportRow {
  return columns(finding, ['id', 'runId', 'kind', 'reference', 'paymentId', 'here', 'there', 'isHealed', 'createdAt']);
}

export function refundRow(refund: Refund): ExportRow {
  return {
    ...columns(refund, ['id', 'orderId', 'paymentId', 'status']),
    amount: toDecimal(refund),
    ...columns(refund, ['currency', 'requestedAmount', 'requestedAsset', 'reason']),
    requested_by: `${refund.requestedByKind}:${refund.requestedById}`,
    approved_by: refund.approvedById,
    ...columns(refund, ['reference', 'providerStatus', 'transactionIds', 'createdAt', 'sentAt', 'settledAt']),
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
    ...columns(outage, ['id', 'status', 'reason', 'beganAt', 'retiredAt', 'answeredAt', 'endedAt']),
    looked: outage.lookedCount,
    recovered: outage.recoveredCount,
    lost: outage.lostCount,
  };
}

/** The named fields under the names of their columns; only these are exported. */
function columns<Field extends string>(
  row: Readonly<Record<NoInfer<Field>, JsonValue>>,
  fields: readonly Field[],
): ExportRow {
  return Object.fromEntries(
    fields.map((field) => {
      const name = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const value = row[field];
      return [name, field.endsWith('At') && typeof value === 'number' ? time(value) : value];
    }),
  );
}

function time(at: Milliseconds | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
