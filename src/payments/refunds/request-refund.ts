// A refund is stored, with its audit row and its command to the provider, before the provider is called. That never
// more is refunded than was captured is decided here, in one transaction that raises the order's version.
import { recordAudit } from '#access/audit.ts';
import type { ReasonRefusal } from '#access/reason.ts';
import type { Actor } from '#kernel/actor.ts';
import { asRefundId, type PaymentId, type RefundId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney, type Money, toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from '#messaging/queues/enqueue-outbox-message.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { touchOrder } from '../lifecycle/change-order.ts';
import type { RefundDeps } from '../lifecycle/deps.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { sumRefunds } from '../model/refundable.ts';
import { type RefundCapabilityRefusal, refuseRefund } from '../ports/capability-refusal.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

const reasonUnitsMax = 300;

export interface RefundDraft {
  paymentId: PaymentId;
  /** In the order's currency; `all`: everything that can still be refunded. */
  amount: Money | 'all';
  reason: string;
  actor: Actor;
  /** A repeat of the same request finds the refund that the first one made. */
  request?: { key: string; hash: string };
  /** What else belongs to the request; runs in its transaction, and a throw rolls all of it back. */
  also?: (tx: PaymentTx, refund: Refund) => Promise<void>;
}

/** Why a refund is not requested. The words for it are the surface's. */
export type RefundRefusal =
  | ReasonRefusal
  | { code: 'unknown_payment' }
  | RefundCapabilityRefusal
  | { code: 'provider_cannot'; provider: ProviderName; why: 'not_configured' | 'payment_unknown' }
  | { code: 'nothing_captured'; provider: ProviderName; returnsOddPayments: boolean }
  | { code: 'wrong_currency'; expected: string; given: string }
  | { code: 'too_much'; refundable: Money };

export type RefundRequested =
  | { kind: 'requested' | 'awaiting_approval'; refund: Refund; isRepeat: boolean }
  | RefundRefused
  | { kind: 'key_reused' };

export type RefundRefused = { kind: 'refused' } & RefundRefusal;

export function requestRefund(deps: RefundDeps, draft: RefundDraft): Promise<RefundRequested> {
  const reason = draft.reason.trim();
  if (reason === '') return Promise.resolve(refuse({ code: 'reason_missing' }));
  if (reason.length > reasonUnitsMax) {
    return Promise.resolve(refuse({ code: 'reason_too_long', unitsMax: reasonUnitsMax }));
  }
  const { actor } = draft;
  const cause: Cause = { kind: actor.kind === 'admin' ? 'admin' : 'store', id: actor.id, actor };
  return inTransaction(deps, cause, async (tx): Promise<RefundRequested> => {
    const known = draft.request && (await tx.stores.refunds.findRefundByKey(draft.request.key));
    if (known !== undefined) {
      if (known.requestHash !== draft.request?.hash) return { kind: 'key_reused' };
      const kind = known.status === 'awaiting_approval' ? 'awaiting_approval' : 'requested';
      return { kind, refund: known, isRepeat: true };
    }
    const asked = await tx.stores.payments.findPayment(draft.paymentId);
    if (asked === undefined) return refuse({ code: 'unknown_payment' });
    const order = await tx.stores.orders.findOrder(asked.orderId);
    assert(order !== undefined, `order of payment ${asked.id} vanished`);
    // The order is loaded before the sums are read, and its version is raised after it: of two admins who refund one
    // order at the same time, one is repeated and sees what the other has requested.
    const payment = await tx.stores.payments.findPayment(asked.id);
    assert(payment !== undefined, `payment ${asked.id} vanished`);
    const checked = await check(deps, { tx, payment, amount: draft.amount });
    if ('refusal' in checked) return refuse(checked.refusal);
    const held = await touchOrder(tx, order);
    const needsApproval = deps.needsApproval?.({ money: checked.money, actor }) ?? false;
    const refund = newRefund(tx, { draft, reason, payment, money: checked.money, needsApproval });
    await tx.stores.refunds.insertRefund(refund);
    await note(tx, { order: held, payment, refund });
    await draft.also?.(tx, refund);
    if (!needsApproval) await enqueueSend(tx, refund);
    return { kind: needsApproval ? 'awaiting_approval' : 'requested', refund, isRepeat: false };
  });
}

async function check(
  deps: { providers: ProviderRegistry },
  input: { tx: PaymentTx; payment: Payment; amount: Money | 'all' },
): Promise<{ money: Money } | { refusal: RefundRefusal }> {
  const { payment } = input;
  const provider = deps.providers.find(payment.provider);
  const about = { provider: payment.provider };
  if (provider === undefined) return { refusal: { code: 'provider_cannot', ...about, why: 'not_configured' } };
  const cannot = refuseRefund(provider);
  if (cannot !== undefined) return { refusal: cannot };
  if (payment.reference === null) return { refusal: { code: 'provider_cannot', ...about, why: 'payment_unknown' } };
  const refunds = await input.tx.stores.refunds.listRefundsForPayment(payment.id);
  const { returnsOddPayments } = provider.capabilities;
  const { capturedMinor, refundableMinor } = sumRefunds(payment, { refunds, returnsOddPayments });
  const { currency } = payment;
  if (capturedMinor === 0) return { refusal: { code: 'nothing_captured', ...about, returnsOddPayments } };
  const money = input.amount === 'all' ? { amountMinor: refundableMinor, currency } : input.amount;
  if (money.currency !== currency) {
    return { refusal: { code: 'wrong_currency', expected: currency, given: money.currency } };
  }
  if (money.amountMinor <= 0 || money.amountMinor > refundableMinor) {
    return { refusal: { code: 'too_much', refundable: { amountMinor: refundableMinor, currency } } };
  }
  return { money };
}

function newRefund(
  tx: PaymentTx,
  input: { draft: RefundDraft; reason: string; payment: Payment; money: Money; needsApproval: boolean },
): Refund {
  const { draft, payment, money } = input;
  const now = tx.clock.now();
  return {
    id: asRefundId(tx.ids.newId()),
    orderId: payment.orderId,
    paymentId: payment.id,
    provider: payment.provider,
    status: input.needsApproval ? 'awaiting_approval' : 'requested',
    version: 1,
    currency: money.currency,
    amountMinor: money.amountMinor,
    requestedAmount: toDecimal(money),
    requestedAsset: payment.requestedAsset,
    reason: input.reason,
    requestedByKind: draft.actor.kind,
    requestedById: draft.actor.id,
    approvedById: null,
    reference: null,
    claimUrl: null,
    providerStatus: null,
    transactionIds: [],
    sentAt: null,
    sends: 0,
    nextPollAt: null,
    requestKey: draft.request?.key ?? null,
    requestHash: draft.request?.hash ?? null,
    createdAt: now,
    updatedAt: now,
    settledAt: null,
  };
}

async function note(tx: PaymentTx, input: { order: Order; payment: Payment; refund: Refund }): Promise<void> {
  const { order, payment, refund } = input;
  const amount = formatMoney(refund);
  await writeTimeline(tx, {
    order,
    paymentId: payment.id,
    subject: 'refund',
    from: null,
    to: refund.status,
    trust: null,
    text: `refund of ${amount} requested: ${refund.reason}`,
  });
  await recordAudit(tx, {
    action: 'refund.request',
    subject: `order:${order.id}`,
    reason: refund.reason,
    details: { refundId: refund.id, paymentId: payment.id, amount, order: formatOrderNumber(order.number) },
  });
  await redrawOrderCards(tx, order.id);
}

/** Enqueues the command to the provider, once for each time that a refund becomes `requested`. */
export async function enqueueSend(tx: PaymentTx, refund: { id: RefundId; version: number }): Promise<void> {
  await enqueueOutboxMessage(tx, {
    topic: 'refund.send',
    key: `refund.send:${refund.id}:${refund.version}`,
    payload: { refundId: refund.id },
  });
}

function refuse(refusal: RefundRefusal): RefundRefused {
  return { kind: 'refused', ...refusal };
}
