import { recordAudit } from '#access/audit.ts';
import type { CaseKind } from '#cases/case.ts';
import { resolveOrderCases } from '#cases/resolve-case.ts';
import { postponeCase } from '#cases/snooze-case.ts';
import type { Actor } from '#kernel/actor.ts';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { OrderId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import { decideOrderEvent } from '../lifecycle/change-order.ts';
import type { ProviderDeps, SnapshotDeps } from '../lifecycle/deps.ts';
import { loadOrderView, type OrderView } from '../lifecycle/order-view.ts';
import { settleAttention } from '../lifecycle/settle-attention.ts';
import { balanceOf } from '../model/balance.ts';
import { isCoveringPayment, type Payment, payablePayment } from '../model/payment.ts';
import type { PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import { closeOpenLinks } from './cancel-order.ts';
import { chooseProvider, type NoProvider } from './choose-provider.ts';
import { insertNewPayment, reopenOrder } from './new-payment.ts';
import { requestWithFailover } from './request-with-failover.ts';

/** Why an order gets no new link. The words for it are the surface's. */
export type LinkRefusal =
  | { code: 'unknown_order' }
  | { code: 'takes_no_payment'; status: OrderStatus }
  | { code: 'nothing_missing' }
  | { code: 'link_open'; provider: ProviderName }
  | { code: 'link_in_progress' };

export type PaymentLink =
  | { kind: 'created'; order: OrderView; payment: Payment }
  | ({ kind: 'refused' } & LinkRefusal)
  | ({ kind: 'no_provider'; isTemporary: boolean } & NoProvider)
  | { kind: 'provider_failed'; provider: ProviderName; isRejected: boolean; message: string };

type Opened =
  /** `others` are tried when the payment's own provider fails. */
  | { kind: 'opened'; payment: Payment; others: readonly PaymentProvider[] }
  | Exclude<PaymentLink, { kind: 'created' | 'provider_failed' }>;

interface LinkDraft {
  orderId: OrderId;
  provider: 'auto' | ProviderName;
  actor: Actor;
  /** The name of the requester, to be shown. */
  by?: string;
  /** What else belongs to the creation of the link; runs in its transaction. */
  also?: (tx: PaymentTx, payment: Payment) => Promise<void>;
}

/** An order that only waits for its customer: a new link is all that it needs. */
export const helpedByLink: readonly CaseKind[] = [
  'payment_failed',
  'payment_double_spent',
  'payment_expired',
  'payment_not_created',
  'payment_stuck',
];

/** A provider closes a link shortly after its expiry, and cases postponed for the link wait as long. */
const afterExpiryMs: Milliseconds = minute;

/**
 * Gives an order a new payment link over what is missing: money that was received is not requested again. A link that
 * is still open is returned instead: two live links would let a customer pay twice. The cases that a new link solves
 * are resolved with it, or postponed until it is paid.
 */
export async function createPaymentLink(deps: SnapshotDeps, draft: LinkDraft): Promise<PaymentLink> {
  const { actor } = draft;
  const cause: Cause = { kind: actor.kind === 'admin' ? 'admin' : 'store', id: actor.id, actor };
  const opened = await openPayment(deps, { draft, cause });
  if (opened.kind !== 'opened') return opened;
  const { payment, others } = opened;
  const turns = { orderId: draft.orderId, begun: [payment], candidates: others, cause };
  const requested = await requestWithFailover(deps, turns);
  assert(requested !== undefined, `payment ${payment.id} was not asked for`);
  if (requested.kind === 'busy') return { kind: 'refused', code: 'link_in_progress' };
  if (requested.kind === 'failed') return { ...requested, kind: 'provider_failed' };
  return finish(deps, { paymentId: requested.paymentId, draft, cause });
}

function openPayment(deps: ProviderDeps, { draft, cause }: { draft: LinkDraft; cause: Cause }): Promise<Opened> {
  return inTransaction(deps, cause, async (tx): Promise<Opened> => {
    const order = await tx.stores.orders.findOrder(draft.orderId);
    if (order === undefined) return { kind: 'refused', code: 'unknown_order' };
    const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
    const { missingMinor, moneyMinor } = balanceOf(
      order,
      payments,
      await tx.stores.refunds.listRefundsForOrder(order.id),
    );
    const event = moneyMinor > 0 ? 'rest_asked' : 'reopen';
    const decision = await decideOrderEvent(tx, { order, payments, event, paymentId: null });
    if (decision.kind === 'refused') return { kind: 'refused', code: 'takes_no_payment', status: order.status };
    if (missingMinor === 0) return { kind: 'refused', code: 'nothing_missing' };
    const open = openLink(deps, payments);
    const isKept = open?.amountMinor === missingMinor;
    if (isKept && draft.provider !== 'auto' && draft.provider !== open.provider) {
      return { kind: 'refused', code: 'link_open', provider: open.provider };
    }
    const money = { amountMinor: missingMinor, currency: order.currency };
    // The customer knows this provider; where the payment itself failed, another one is more likely to work.
    const prefer = payments.findLast((payment) => payment.status !== 'failed')?.provider;
    const wanted = { provider: draft.provider, money, prefer };
    const isReady = isKept && open.creation === 'confirmed';
    const choice = isReady ? undefined : chooseProvider(deps.providers, wanted);
    if (!isKept && choice?.kind === 'none') return { ...choice, kind: 'no_provider' };
    const candidates = choice?.kind === 'candidates' ? choice.candidates : [];
    const reopened = await reopenOrder(tx, { order, event });
    if (open !== undefined && !isKept) await closeOpenLinks(tx, { order, payments: [open] });
    const made = { order: reopened.order, amountMinor: missingMinor };
    const payment = isKept ? open : await insertNewPayment(tx, { ...made, provider: firstOf(candidates) });
    await recordAudit(tx, {
      action: 'order.new_link',
      subject: `order:${order.id}`,
      details: { paymentId: payment.id, isExisting: isKept },
    });
    return { kind: 'opened', payment, others: candidates };
  });
}

/**
 * A link at a provider that is not configured any more, or of a payment that is no longer polled, may be paid
 * unnoticed.
 */
function openLink(deps: { providers: ProviderRegistry }, payments: readonly Payment[]): Payment | undefined {
  return payablePayment(
    payments.filter(({ provider, nextPollAt }) => nextPollAt !== null && deps.providers.find(provider) !== undefined),
  );
}

function finish(
  deps: TransactionDeps<PaymentStores>,
  input: { paymentId: Payment['id']; draft: LinkDraft; cause: Cause },
): Promise<PaymentLink> {
  const { draft } = input;
  return inTransaction(deps, input.cause, async (tx): Promise<PaymentLink> => {
    const order = await tx.stores.orders.findOrder(draft.orderId);
    const payment = await tx.stores.payments.findPayment(input.paymentId);
    assert(order !== undefined && payment !== undefined, `payment ${input.paymentId} vanished`);
    await draft.also?.(tx, payment);
    await resolveOrderCases(tx, {
      orderId: order.id,
      kinds: helpedByLink,
      by: 'A new payment link was made.',
    });
    await waitForIt(tx, { order, payment, by: draft.by ?? null });
    await settleAttention(tx, order.id);
    await redrawOrderCards(tx, order.id);
    const after = await tx.stores.orders.findOrder(order.id);
    return { kind: 'created', order: await loadOrderView(tx.stores, after ?? order), payment };
  });
}

/** Cases that are resolved when the new link is paid, and due again when it is not. */
const waitingKinds: readonly CaseKind[] = ['payment_underpaid', 'payment_reversed', 'payment_mismatch'];

async function waitForIt(tx: PaymentTx, input: { order: Order; payment: Payment; by: string | null }): Promise<void> {
  const { order, payment, by } = input;
  if (isCoveringPayment(payment)) return;
  const until = Math.max(payment.expiresAt, tx.clock.now()) + afterExpiryMs;
  for (const one of await tx.stores.cases.listLiveCasesForOrder(order.id)) {
    if (waitingKinds.includes(one.kind)) await postponeCase(tx, { one, until, by });
  }
}

function firstOf(candidates: readonly PaymentProvider[]): PaymentProvider {
  const first = candidates[0];
  assert(first !== undefined, 'without an open payment a provider is chosen');
  return first;
}
