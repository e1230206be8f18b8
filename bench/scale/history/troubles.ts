// What needs a human, and money that goes back.
import type { Case, CaseFacts, DecisionKind } from '#cases/case.ts';
import { hour } from '#kernel/clock.ts';
import { asRefundId } from '#kernel/ids.ts';
import { formatMoney, toDecimal } from '#kernel/money.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { Payment } from '#payments/model/payment.ts';
import { hexDigits } from './ids.ts';
import { pass, recordAction, type Telling } from './telling.ts';

/** `ended` null: it is still live. */
export function raise(
  telling: Telling,
  kind: DecisionKind,
  payment: Payment,
  ended: { outcome: string; by?: string } | null,
): void {
  const { story, now, newId, chance } = telling;
  const { order } = story;
  const key = `${kind}:${order.id}`;
  const resolvedAt = ended === null ? null : now + 1 + chance.int(3 * hour);
  const isTaken = ended === null && chance.chance(0.3);
  const taken = isTaken ? now + 1 : null;
  const one: Case = {
    id: newId(now),
    key,
    kind,
    severity: kind === 'payment_overpaid' ? 'warning' : 'critical',
    status: ended === null ? liveStatus(isTaken) : 'resolved',
    version: 2,
    rings: true,
    groupId: null,
    orderId: order.id,
    paymentId: payment.id,
    refundId: null,
    provider: payment.provider,
    reference: payment.reference,
    subjectAt: payment.createdAt,
    facts: factsOf(telling, payment),
    actions: ['new_payment_link', 'resolve'],
    occurrences: 1,
    openedAt: now,
    lastRaisedAt: now,
    assigneeId: isTaken ? 42 : null,
    assigneeName: isTaken ? 'Ada' : null,
    assignedAt: taken,
    acknowledgedAt: taken,
    acknowledgedBy: isTaken ? 'Ada' : null,
    snoozedUntil: null,
    resolvedAt,
    resolution: decisionOf(ended),
    resolvedBy: ended?.by ?? null,
    reason: null,
    outcome: ended?.outcome ?? null,
    undo: null,
  };
  story.cases.push(one);
}

function liveStatus(isTaken: boolean): Case['status'] {
  return isTaken ? 'acknowledged' : 'open';
}

function decisionOf(ended: { by?: string } | null): string | null {
  if (ended === null) return null;
  return ended.by === undefined ? 'by_itself' : 'accept';
}

function factsOf({ story: { order } }: Telling, payment: Payment): CaseFacts {
  const received = payment.receivedAmount ?? '0.00';
  return {
    headline: `Payment ${payment.status.replace('_', ' ')}`,
    orderNumber: formatOrderNumber(order.number),
    amount: formatMoney(order),
    detail: `${received} of ${formatMoney(payment)} received`,
    why: payment.providerStatus ?? '',
    trust: payment.trust,
    differenceFiat: null,
    differenceCoin: null,
    money: null,
    label: null,
    here: null,
    there: null,
  };
}

/** So much of the first payment that covers the order is sent back by an admin. */
export function refund(telling: Telling, share: number): void {
  const { story, newId, chance } = telling;
  const payment = story.payments.find(({ status }) => status === 'paid');
  if (payment === undefined) throw new Error('an order that was not paid has nothing to refund');
  const amountMinor = Math.max(1, Math.round(payment.amountMinor * share));
  const createdAt = telling.now;
  recordAction(telling, 'refund.request', 'the customer changed their mind');
  pass(telling, hour);
  story.refunds.push({
    id: asRefundId(newId(createdAt)),
    orderId: story.order.id,
    paymentId: payment.id,
    provider: payment.provider,
    status: 'succeeded',
    version: 3,
    currency: payment.currency,
    amountMinor,
    requestedAmount: toDecimal({ amountMinor, currency: payment.currency }),
    requestedAsset: payment.requestedAsset,
    reason: 'the customer changed their mind',
    requestedByKind: 'admin',
    requestedById: '42',
    approvedById: null,
    reference: hexDigits(chance, 12),
    claimUrl: null,
    providerStatus: 'Completed',
    transactionIds: [],
    sentAt: createdAt + 1,
    sends: 1,
    nextPollAt: null,
    requestKey: null,
    requestHash: null,
    createdAt,
    updatedAt: telling.now,
    settledAt: telling.now,
  });
}
