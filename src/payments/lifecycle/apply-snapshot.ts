// The one place where a snapshot changes a payment. Webhooks may arrive twice, late and out of order, and polls end
// here too: only the decision over the newest snapshot counts, and one transaction has all of its consequences.
import { resolveOrderCases } from '#cases/resolve-case.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { MoneyInvalid } from '#kernel/money.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import type { OrderEvent } from '#orders/decide-order.ts';
import type { Order } from '#orders/order.ts';
import { moneySentence } from '../model/amount-detail.ts';
import { moneyMove } from '../model/amount-difference.ts';
import { balanceOf, orderEventOf } from '../model/balance.ts';
import { decidePayment, type PaymentDecision } from '../model/decide-payment.ts';
import { hasLink, isShownAnew, type Payment, type PaymentStatus } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { hasUnconfirmedMoney } from '../model/refundable.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { ProviderNotUnderstood } from '../ports/provider-errors.ts';
import { announcePayment } from './announce.ts';
import { applyGivenRefunds } from './apply-refunds.ts';
import { applyOrderEvent } from './change-order.ts';
import type { SnapshotDeps } from './deps.ts';
import { endMismatch, raiseIfStuck, raiseMismatch, resolveEarlierCases } from './payment-cases.ts';
import type { PaymentLease } from './payment-lease.ts';
import { type HeldPayment, raiseForSnapshot } from './raise-for-snapshot.ts';
import { settleAttentionOf } from './settle-attention.ts';
import { storeEvidence } from './store-evidence.ts';
import { endUnread } from './unread-payment.ts';
import { writeTimeline } from './write-timeline.ts';

export type Application =
  | { kind: 'changed'; from: PaymentStatus; to: PaymentStatus }
  | { kind: 'unchanged'; status: PaymentStatus };

/**
 * Applies one snapshot; throws ProviderNotUnderstood for amounts that nothing can be computed with. `lease` is the caller's on the payment, and is
 * given back here. It is null for a rehearsal, which is rolled back.
 */
export async function applySnapshot(
  deps: SnapshotDeps,
  input: {
    paymentId: PaymentId;
    lease: PaymentLease | null;
    snapshot: PaymentSnapshot;
    /** Ids below the reference that the snapshot was fetched with. */
    details?: readonly string[];
    cause: Cause;
  },
): Promise<Application> {
  const { snapshot, lease } = input;
  const application = await inTransaction(deps, input.cause, async (tx) => {
    const payments = await tx.stores.payments.listPaymentsBeside(input.paymentId);
    const payment = payments.find(({ id }) => id === input.paymentId);
    assert(payment !== undefined, `payment ${input.paymentId} vanished`);
    const isLeased = lease === null || payment.lockedBy === lease.id;
    if (!isLeased) throw new ConcurrentChange(`the lease on ${payment.id} was lost`);
    const order = await tx.stores.orders.findOrder(payment.orderId);
    assert(order !== undefined, `order of payment ${payment.id} vanished`);
    const { returnsOddPayments = false } = deps.providers.find(payment.provider)?.capabilities ?? {};
    const about = { order, payment, payments, snapshot, details: input.details };
    const applied = await applySnapshotInto(tx, { ...about, returnsOddPayments });
    await endUnread(tx, { payment, reference: snapshot.reference });
    return applied;
  }).catch((error: unknown) => {
    throw error instanceof MoneyInvalid ? beyondComputing(snapshot, error) : error;
  });
  if (lease !== null) lease.isGivenBack = true;
  if (application.kind === 'changed') deps.onTransition?.({ from: application.from, to: application.to });
  deps.log.info('payment applied', {
    paymentId: input.paymentId,
    provider: snapshot.provider,
    cause: `${input.cause.kind}:${input.cause.id}`,
    outcome: application.kind,
    ...(application.kind === 'changed'
      ? { from: application.from, to: application.to }
      : { status: application.status }),
  });
  return application;
}

/** Amounts that are well written and out of all proportion concern their payment, as any other odd answer does. */
function beyondComputing(snapshot: PaymentSnapshot, cause: MoneyInvalid): ProviderNotUnderstood {
  const { provider, paymentId, requested, settlement } = snapshot;
  const { received, expected, asset } = settlement ?? { ...requested, received: '0', expected: requested.amount };
  return new ProviderNotUnderstood({
    provider,
    operation: 'apply_snapshot',
    code: null,
    httpStatus: null,
    message: 'its amounts cannot be computed with',
    what: `${received} ${asset} of ${expected} ${asset} received`,
    paymentId,
    cause,
  });
}

/**
 * The same inside the caller's transaction, for a payment that nobody else can change meanwhile: by its lease, or
 * because it was just inserted.
 */
export async function applySnapshotInto(
  tx: PaymentTx,
  input: {
    order: Order;
    payment: Payment;
    /** All of the order; read where they are left out. */
    payments?: readonly Payment[];
    snapshot: PaymentSnapshot;
    details?: readonly string[] | undefined;
    returnsOddPayments: boolean;
    held?: HeldPayment;
  },
): Promise<Application> {
  const { order, payment, payments, snapshot, details, returnsOddPayments, held } = input;
  // Snapshots are fetched under the lease, so each is newer than the last, even if the clocks of two processes differ
  // or one was set back.
  const decision = decidePayment({ ...payment, evidenceAt: null }, snapshot);
  const after = await storeEvidence(tx, { payment, snapshot, details, decision, returnsOddPayments });
  const left = await applyDecision(tx, { order, before: payment, payment: after, payments, decision, snapshot, held });
  if (!hasLink(payment) && hasLink(after)) {
    await resolveOrderCases(tx, {
      orderId: order.id,
      kinds: ['payment_not_created'],
      by: 'Its payment link is there.',
    });
  }
  await raiseIfStuck(tx, { order, before: payment, payment: after });
  await settleAttentionOf(tx, left);
  if (isShownAnew(payment, after)) await redrawOrderCards(tx, order.id);
  return decision.kind === 'changed'
    ? { kind: 'changed', from: decision.from, to: decision.to }
    : { kind: 'unchanged', status: payment.status };
}

/** Returns the order as it is afterwards. */
async function applyDecision(
  tx: PaymentTx,
  input: {
    order: Order;
    before: Payment;
    payment: Payment;
    payments: readonly Payment[] | undefined;
    decision: PaymentDecision;
    snapshot: PaymentSnapshot;
    held: HeldPayment | undefined;
  },
): Promise<Order> {
  const { order, payment, decision, snapshot } = input;
  const wasMismatched = input.before.mismatchedAt !== null;
  if (wasMismatched && decision.kind !== 'mismatch') await endMismatch(tx, payment);
  const isSame = decision.kind !== 'changed' && moneyMove(input.before, payment) === 'same';
  if (isSame && decision.kind !== 'mismatch') return order;
  const loaded = input.payments ?? (await tx.stores.payments.listPaymentsForOrder(order.id));
  const payments = loaded.map((sibling) => (sibling.id === payment.id ? payment : sibling));
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  const common = { order, payments, refunds, paymentId: payment.id, trust: snapshot.trust };
  if (decision.kind === 'mismatch') {
    // The same mismatch must not raise its alert again; one with a new provider status must.
    const isKnown = wasMismatched && payment.providerStatus === input.before.providerStatus;
    if (isKnown) return order;
    await raiseMismatch(tx, { order, payment, there: snapshot.requested });
    const text = 'The provider collects another amount.';
    return (await applyOrderEvent(tx, { ...common, event: 'payment_mismatched', text })).order;
  }
  const isUnconfirmed = hasUnconfirmedMoney(payment) || (payment.status === 'failed' && snapshot.state === 'invalid');
  const from = decision.kind === 'changed' ? decision.from : null;
  const text = from === null ? moneySentence(payment) : sentenceFor(payment, { snapshot, isUnconfirmed });
  await writeTimeline(tx, {
    order,
    paymentId: payment.id,
    subject: from === null ? 'note' : 'payment',
    from,
    to: from === null ? null : payment.status,
    trust: snapshot.trust,
    text,
  });
  const event = eventFor({ order, before: input.before, payment, payments, refunds, isUnconfirmed });
  const isHeld = event === 'payment_paid' && payment.heldAt !== null;
  const held = input.held ?? { why: 'It waits for an admin to accept it.', rings: true };
  const news = isHeld ? ({ event: 'payment_held', text: `held for review: ${held.why}` } as const) : { event, text };
  const applied =
    news.event === undefined ? undefined : await applyOrderEvent(tx, { ...common, ...news, event: news.event });
  const isPaidNow = applied?.decision.kind === 'changed' && news.event === 'payment_paid';
  const after = isPaidNow ? await keepRefunds(tx, { ...common, order: applied.order }) : (applied?.order ?? order);
  await resolveEarlierCases(tx, { payment, isUnconfirmed });
  await raiseForSnapshot(tx, {
    order: after,
    before: input.before,
    payment,
    payments,
    refunds,
    event,
    isUnconfirmed,
    decision: applied?.decision,
    held: isHeld ? held : null,
  });
  const to = from === null ? null : payment.status;
  const told = { order: after, payment, known: { payments, refunds } };
  if (to === 'failed') await announcePayment(tx, { ...told, type: 'payment.failed' });
  if (to === 'reversed') await announcePayment(tx, { ...told, type: 'payment.reversed' });
  const isRestored = from === 'reversed' && news.event === 'payment_paid';
  if (isRestored) await announcePayment(tx, { ...told, type: 'payment.restored' });
  return after;
}

/** Money that was refunded before the order was paid, or was paid again, is still refunded. */
async function keepRefunds(
  tx: PaymentTx,
  about: {
    order: Order;
    payments: readonly Payment[];
    refunds: readonly Refund[];
    trust: PaymentSnapshot['trust'];
  },
): Promise<Order> {
  const text = 'a part of the money was refunded before';
  return (await applyGivenRefunds(tx, { ...about, text })) ?? about.order;
}

function eventFor(input: {
  order: Order;
  before: Payment;
  payment: Payment;
  payments: readonly Payment[];
  refunds: readonly Refund[];
  isUnconfirmed: boolean;
}): OrderEvent | undefined {
  const { order, before, payment, payments, refunds, isUnconfirmed } = input;
  const others = payments.filter(({ id }) => id !== payment.id);
  return orderEventOf({
    payment,
    isUnconfirmed,
    before: balanceOf(order, [...others, before], refunds),
    after: balanceOf(order, payments, refunds),
    others: balanceOf(order, others, refunds),
  });
}

function sentenceFor(
  payment: Payment,
  { snapshot, isUnconfirmed }: { snapshot: PaymentSnapshot; isUnconfirmed: boolean },
): string {
  const what = isUnconfirmed ? 'failed with money on it' : payment.status.replaceAll('_', ' ');
  return `${what}: ${providerTitle(payment.provider)} says ${snapshot.providerStatus}`;
}
