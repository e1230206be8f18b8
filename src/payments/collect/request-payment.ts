// Creating a payment is a command that the provider may carry out although its answer is lost. The row is written
// before the call, the provider gets our payment id, and a create without an answer is searched for, never sent again
// under another id.

import { hour } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { assert } from '#kernel/invariant.ts';
import { toDecimal } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { clip } from '#kernel/text.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import { formatOrderNumber, type Order } from '#orders/order.ts';
import { applySnapshot } from '../lifecycle/apply-snapshot.ts';
import { applyOrderEvent } from '../lifecycle/change-order.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { type PaymentLease, type Refresh, withPayment } from '../lifecycle/payment-lease.ts';
import { keepUnread, postponePoll } from '../lifecycle/unread-payment.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import { findIn } from '../model/decide-payment.ts';
import { hasLink, isMismatchedPayment, type Payment } from '../model/payment.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { CreatePaymentRequest, PaymentProvider, ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError, ProviderNotUnderstood, ProviderRejected } from '../ports/provider-errors.ts';
import { raiseNotCreated, tellUnlinked } from './unlinked-case.ts';

/** A create that the provider does not know so long after its expiry was never carried out. */
const lostCreateAfterMs = hour;

export type PaymentRequested =
  | { kind: 'created' }
  | { kind: 'busy' }
  | { kind: 'failed'; provider: ProviderName; isRejected: boolean; message: string };

interface Held {
  payment: Payment;
  lease: PaymentLease;
  cause: Cause;
  signal?: AbortSignal;
}

/** Creates the payment at its provider, once however often it is called. A refusal closes the payment as `failed`. */
export async function requestPayment(
  deps: SnapshotDeps,
  input: {
    payment: Payment;
    cause: Cause;
    /** How many providers are tried for the order after this one; only the last rejection raises an alert. */
    alternatives: number;
    /** Aborts the outgoing calls. */
    signal?: AbortSignal;
  },
): Promise<PaymentRequested> {
  const { alternatives } = input;
  const leased = await withPayment(deps, {
    paymentId: input.payment.id,
    work: async ({ payment, lease }): Promise<PaymentRequested> => {
      if (payment.creation === 'confirmed')
        return isMismatchedPayment(payment) ? wrongAmount(payment) : { kind: 'created' };
      if (deps.providers.find(payment.provider) === undefined) {
        const message = `${providerTitle(payment.provider)} is not configured any more`;
        return { kind: 'failed', provider: payment.provider, isRejected: false, message };
      }
      const held: Held = { payment, lease, cause: input.cause };
      try {
        const { provider, request } = await prepare(deps, payment);
        const snapshot = await provider.createPayment(request, input.signal);
        await applySnapshot(deps, { ...held, paymentId: payment.id, snapshot });
        return findIn(payment, snapshot) === 'mismatch' ? wrongAmount(payment) : { kind: 'created' };
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        const isRejected = error instanceof ProviderRejected;
        const isUnread = error instanceof ProviderNotUnderstood;
        if (isRejected) await refuse(deps, { ...held, alternatives, why: failureWords(error) });
        else if (isUnread) await keepUnread(deps, { ...held, error });
        else await postponePoll(deps, held);
        if (!isRejected && !isUnread && alternatives === 0) await tellUnlinked(deps, { ...held, because: error });
        return { kind: 'failed', provider: payment.provider, isRejected, message: failureWords(error) };
      }
    },
  });
  if (leased.kind === 'done') return leased.result;
  return { kind: 'busy' };
}

/** The payment was made, and no customer may be sent there. Its alert was raised where the mismatch was found. */
function wrongAmount({ provider }: Payment): PaymentRequested {
  return { kind: 'failed', provider, isRejected: true, message: 'It collects another amount than we asked for.' };
}

/** Finds out the result of a create without an answer. It creates nothing: no customer waits for that link any more. */
export async function recoverCreation(deps: SnapshotDeps, held: Held): Promise<Refresh> {
  const { payment } = held;
  const { provider, request } = await prepare(deps, payment);
  const snapshot = await findCreated(deps, {
    ...held,
    search: () => provider.findCreatedPayment(request, held.signal),
  });
  if (snapshot !== undefined) {
    const applied = await applySnapshot(deps, { ...held, paymentId: payment.id, snapshot });
    return applied;
  }
  if (deps.clock.now() < payment.expiresAt + lostCreateAfterMs) {
    await postponePoll(deps, held);
    await tellUnlinked(deps, { ...held, because: `${providerTitle(payment.provider)} does not know of one yet` });
    return { kind: 'unchanged', status: payment.status };
  }
  await refuse(deps, { ...held, alternatives: 0, why: 'the provider does not know it' });
  return { kind: 'changed', from: payment.status, to: 'failed' };
}

async function findCreated(
  deps: SnapshotDeps,
  held: Held & { search: () => Promise<PaymentSnapshot | undefined> },
): Promise<PaymentSnapshot | undefined> {
  try {
    return await held.search();
  } catch (error) {
    const isTold = !(error instanceof ProviderError) || error instanceof ProviderNotUnderstood;
    if (!isTold) await tellUnlinked(deps, { ...held, because: error });
    throw error;
  }
}

async function prepare(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  payment: Payment,
): Promise<{ provider: PaymentProvider; request: CreatePaymentRequest }> {
  const provider = deps.providers.find(payment.provider);
  assert(provider !== undefined, `provider ${payment.provider} is not configured`);
  const order = await deps.database.read((stores) => stores.orders.findOrder(payment.orderId));
  assert(order !== undefined, `order of payment ${payment.id} vanished`);
  return { provider, request: requestFor(order, payment) };
}

/**
 * Built from stored facts alone, so that a repeat after a crash sends the same bytes and the idempotency key is
 * accepted.
 */
function requestFor(order: Order, payment: Payment): CreatePaymentRequest {
  const orderNumber = formatOrderNumber(order.number);
  const names = order.items.map((item) => (item.quantity === 1 ? item.name : `${item.quantity} × ${item.name}`));
  return {
    paymentId: payment.id,
    orderNumber,
    description: clip(`${orderNumber}: ${names.join(', ')}`, 200),
    money: { amountMinor: payment.amountMinor, currency: payment.currency },
    customer: { email: order.customerEmail, name: order.customerName },
    redirectUrl: order.redirectUrl,
    expiresAt: payment.expiresAt,
  };
}

async function refuse(
  deps: TransactionDeps<PaymentStores>,
  held: Held & { alternatives: number; why: string },
): Promise<void> {
  const { payment, why } = held;
  await inTransaction(deps, held.cause, async (tx) => {
    const now = deps.clock.now();
    const refused = await tx.stores.payments.tryChangePayment(payment, {
      status: 'failed',
      creation: 'refused',
      providerStatus: why,
      nextPollAt: null,
      updatedAt: now,
    });
    assert(refused !== undefined, `payment ${payment.id} changed under its lease`);
    const order = await tx.stores.orders.findOrder(payment.orderId);
    assert(order !== undefined, `order of payment ${payment.id} vanished`);
    const text = `no payment of ${toDecimal(payment)} ${payment.currency} at ${providerTitle(payment.provider)}: ${why}`;
    const to = { paymentId: payment.id, trust: null, text };
    await writeTimeline(tx, { order, subject: 'payment', from: payment.status, to: 'failed', ...to });
    const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
    await applyOrderEvent(tx, { order, payments, event: 'payment_failed', ...to });
    const isNeeded = order.status === 'awaiting_payment' && !payments.some(hasLink);
    if (isNeeded && held.alternatives === 0) await raiseNotCreated(tx, { order, payment, why });
    await redrawOrderCards(tx, order.id);
  });
}
