import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { OrderId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#orders/timeline.ts';
import { refreshOrderCards } from './change-order.ts';
import { chooseProvider } from './choose-provider.ts';
import type { PaymentDeps } from './deps.ts';
import { insertNewPayment, reopenOrder } from './new-payment.ts';
import { loadOrderView, type OrderView } from './order-view.ts';
import { type Payment, payablePayment } from './payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { requestInTurn } from './request-in-turn.ts';
import { endOrderTroubles } from './trouble.ts';
import type { Work } from './work.ts';

export type PaymentLink =
  | { kind: 'created'; order: OrderView; payment: Payment }
  | { kind: 'refused'; reason: string }
  | { kind: 'no_provider'; reason: string }
  | { kind: 'provider_failed'; provider: ProviderName; isRejected: boolean; message: string };

type Opened =
  /** `others` are asked when the payment's own provider fails. */
  | { kind: 'opened'; payment: Payment; others: readonly PaymentProvider[] }
  | Exclude<PaymentLink, { kind: 'created' | 'provider_failed' }>;

/**
 * Gives an order a new payment link. A link that is still open stays the answer: two live links would let a customer
 * pay twice. The troubles that a new link helps against are over with it.
 */
export async function createPaymentLink(
  deps: PaymentDeps,
  input: { orderId: OrderId; provider: 'auto' | ProviderName; actor: Actor },
): Promise<PaymentLink> {
  const cause: Cause = {
    kind: input.actor.kind === 'admin' ? 'admin' : 'store',
    id: input.actor.id,
    actor: input.actor,
  };
  const opened = await openPayment(deps, { ...input, cause });
  if (opened.kind !== 'opened') return opened;
  const { payment, others } = opened;
  const turns = { orderId: input.orderId, begun: [payment], candidates: others, cause };
  const requested = await requestInTurn(deps, turns);
  assert(requested !== undefined, `payment ${payment.id} was not asked for`);
  if (requested.kind === 'busy')
    return { kind: 'refused', reason: 'The link is being made by somebody else right now.' };
  if (requested.kind === 'failed') return { ...requested, kind: 'provider_failed' };
  return finish(deps, { paymentId: requested.paymentId, orderId: input.orderId, cause });
}

function openPayment(
  deps: PaymentDeps,
  input: { orderId: OrderId; provider: 'auto' | ProviderName; actor: Actor; cause: Cause },
): Promise<Opened> {
  return deps.database.transaction(async (stores): Promise<Opened> => {
    const work: Work = { stores, clock: deps.clock, ids: deps.ids, cause: input.cause };
    const order = await stores.orders.findOrder(input.orderId);
    if (order === undefined) return { kind: 'refused', reason: 'There is no such order.' };
    const payments = await stores.payments.listPaymentsForOrder(order.id);
    // What is paid at a provider that was switched off, or for a payment that is polled no more, may not be heard of.
    const heardOf = payments.filter(
      ({ provider, nextPollAt }) => nextPollAt !== null && deps.providers.find(provider) !== undefined,
    );
    const open = payablePayment(heardOf);
    // The customer knows this provider; where the payment itself failed, another one is the better try.
    const prefer = payments.findLast((payment) => payment.status !== 'failed')?.provider;
    const wanted = { provider: input.provider, money: order, prefer };
    const isReady = open !== undefined && open.creation === 'confirmed';
    const choice = isReady ? undefined : chooseProvider(deps.providers, wanted);
    if (open === undefined && choice?.kind === 'none') return { kind: 'no_provider', reason: choice.reason };
    const candidates = choice?.kind === 'candidates' ? choice.candidates : [];
    const reopened = await reopenOrder(work, order);
    if (!reopened.isAllowed)
      return { kind: 'refused', reason: `The order is ${order.status}; it takes no new payment.` };
    const payment = open ?? (await insertNewPayment(work, { order: reopened.order, provider: firstOf(candidates) }));
    await recordAudit(work, {
      actor: input.actor,
      action: 'order.new_link',
      subject: `order:${order.id}`,
      details: { paymentId: payment.id, isExisting: open !== undefined },
    });
    return { kind: 'opened', payment, others: candidates };
  });
}

function finish(
  deps: PaymentDeps,
  input: { paymentId: Payment['id']; orderId: OrderId; cause: Cause },
): Promise<PaymentLink> {
  return deps.database.transaction(async (stores): Promise<PaymentLink> => {
    const work: Work = { stores, clock: deps.clock, ids: deps.ids, cause: input.cause };
    const order = await stores.orders.findOrder(input.orderId);
    const payment = await stores.payments.findPayment(input.paymentId);
    assert(order !== undefined && payment !== undefined, `payment ${input.paymentId} vanished`);
    await endOrderTroubles(work, {
      orderId: order.id,
      kinds: ['payment_failed', 'payment_expired', 'payment_not_created', 'payment_stuck'],
      by: 'A new payment link was made.',
    });
    await refreshOrderCards(work, order);
    return { kind: 'created', order: await loadOrderView(stores, order), payment };
  });
}

function firstOf(candidates: readonly PaymentProvider[]): PaymentProvider {
  const first = candidates[0];
  assert(first !== undefined, 'without an open payment a provider is chosen');
  return first;
}
