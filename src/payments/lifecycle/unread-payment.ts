// A payment that was asked for and not learnt about. The provider failed: it is asked again on schedule. Or the provider
// answers what this version does not understand: the payment keeps its state, one case names it, and it is asked for until
// it is understood again.
import { isLive, unreadKey, wasDecided } from '#cases/case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import { formatMoney } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { formatOrderNumber } from '#orders/order.ts';
import { isOpenPayment, type Payment } from '../model/payment.ts';
import { nextPollAt } from '../model/poll-schedule.ts';
import { unreadWords } from '../model/snapshot.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import type { ProviderNotUnderstood } from '../ports/provider-errors.ts';
import { raiseIfStuck } from './payment-cases.ts';
import type { PaymentLease } from './payment-lease.ts';
import { settleAttention } from './settle-attention.ts';

/** After a provider failed: the next poll stays on the schedule, so that a provider in an outage is not flooded. */
export async function postponePoll(
  deps: TransactionDeps<PaymentStores>,
  input: { payment: Payment; lease?: PaymentLease; cause: Cause },
): Promise<void> {
  const { payment, lease, cause } = input;
  const now = deps.clock.now();
  // One that has ended is asked for only because it was not understood, and still is not.
  const isUnread = payment.nextPollAt !== null && !isOpenPayment(payment);
  const change = {
    nextPollAt: nextPollAt(payment, now) ?? (isUnread ? laterPollAt(payment, now) : null),
    updatedAt: now,
  };
  await inTransaction(deps, cause, async (tx) => {
    await giveBack(tx, { payment, lease });
    const changed = await tx.stores.payments.tryChangePayment(payment, change);
    if (changed === undefined || changed.nextPollAt !== null) return;
    const order = await tx.stores.orders.findOrder(payment.orderId);
    if (order !== undefined) await raiseIfStuck(tx, { order, before: payment, payment: changed });
  });
  if (lease !== undefined) lease.isGivenBack = true;
}

/** With the last change that is made under it, a lease is given back without a transaction of its own. */
async function giveBack(tx: PaymentTx, { payment, lease }: { payment: Payment; lease: PaymentLease | undefined }) {
  if (lease?.isGivenBack === false) await tx.stores.payments.releasePayment({ id: payment.id, by: lease.id });
}

/** A payment that nothing more was expected of is asked for so often, because money may hang on what is not understood. */
const unreadEveryMs: Milliseconds = hour;
/** An older one is left to its case. */
const unreadMaxMs: Milliseconds = 30 * day;

function laterPollAt({ createdAt }: Payment, now: Milliseconds): Milliseconds | null {
  return now - createdAt < unreadMaxMs ? now + unreadEveryMs : null;
}

/** After an answer that is not understood. `details`: those that it was asked with, for the next time. */
export async function keepUnread(
  deps: TransactionDeps<PaymentStores>,
  input: {
    payment: Payment;
    lease?: PaymentLease;
    cause: Cause;
    error: ProviderNotUnderstood;
    details?: readonly string[];
  },
): Promise<void> {
  const { payment, lease, cause, error, details = payment.details } = input;
  const now = deps.clock.now();
  const nextAt = nextPollAt(payment, now) ?? laterPollAt(payment, now);
  const change = { nextPollAt: nextAt, updatedAt: now, details: [...details] };
  await inTransaction(deps, cause, async (tx) => {
    await giveBack(tx, { payment, lease });
    await tx.stores.payments.tryChangePayment(payment, change);
    const { provider, reference, createdAt } = payment;
    await raiseUnread(tx, { provider, reference, payment, what: error.what, madeAt: createdAt });
  });
  if (lease !== undefined) lease.isGivenBack = true;
}

export interface Unread {
  provider: ProviderName;
  reference: ProviderReference | null;
  /** Ours; null where the provider has one that we do not know. */
  payment: Payment | null;
  /** What is not understood of its refunds, and not of the payment itself. */
  part?: 'refunds';
  what: string;
  madeAt: Milliseconds | null;
  /** False for a case without a card of its own. */
  rings?: boolean;
}

/** One case for one payment. The same every few seconds is no news, and what an admin has decided about it stands. */
export async function raiseUnread(tx: PaymentTx, unread: Unread): Promise<void> {
  const { provider, reference, payment, part, what, madeAt, rings = true } = unread;
  const key = keyOf(unread);
  const there = unreadWords(what);
  const [last] = await tx.stores.cases.listCasesByKeys([key]);
  if (last?.facts.there === there && (isLive(last) || wasDecided(last))) return;
  const order = payment === null ? undefined : await tx.stores.orders.findOrder(payment.orderId);
  const title = providerTitle(provider);
  await raiseCase(tx, {
    key,
    kind: 'payment_unread',
    severity: 'warning',
    rings,
    provider,
    reference,
    orderId: payment?.orderId ?? null,
    paymentId: payment?.id ?? null,
    subjectAt: madeAt,
    actions: payment === null ? ['resolve'] : ['check_again', 'resolve'],
    facts: {
      headline: `What ${title} says of ${part === undefined ? 'a payment' : 'the refunds of a payment'} is not understood`,
      orderNumber: order === undefined ? null : formatOrderNumber(order.number),
      amount: order === undefined ? null : formatMoney(order),
      detail: `It keeps its state and is asked for again: look into ${title}, and for a newer version of this program.`,
      why: `${title} says ${what}.`,
      here: payment?.status ?? 'unknown',
      there,
    },
  });
}

/** Ends the case once the payment is understood again, in the transaction that stores what its provider says. */
export async function endUnread(
  tx: PaymentTx,
  { payment, reference }: { payment: Payment; reference: ProviderReference },
): Promise<void> {
  const { provider } = payment;
  // It may have been found before anybody knew whose it is.
  const keys = [keyOf({ provider, reference, payment }), unreadKey(provider, reference)];
  const found = await tx.stores.cases.listCasesByKeys(keys);
  if (found.some(isLive)) await endByKeys(tx, { payment, keys });
}

/** The same of its refunds. */
export async function endUnreadRefunds(
  deps: TransactionDeps<PaymentStores>,
  input: { payment: Payment; cause: Cause },
): Promise<void> {
  const { payment, cause } = input;
  const keys = [keyOf({ ...payment, payment, part: 'refunds' })];
  const found = await deps.database.read((stores) => stores.cases.listCasesByKeys(keys));
  if (found.some(isLive)) await inTransaction(deps, cause, (tx) => endByKeys(tx, { payment, keys }));
}

async function endByKeys(tx: PaymentTx, { payment, keys }: { payment: Payment; keys: string[] }): Promise<void> {
  for (const key of keys) await resolveCase(tx, { key, by: 'What the provider says is understood again.' });
  await settleAttention(tx, payment.orderId);
}

function keyOf({
  provider,
  reference,
  payment,
  part,
}: Pick<Unread, 'provider' | 'reference' | 'payment' | 'part'>): string {
  const subject = payment?.id ?? reference ?? 'unknown';
  return unreadKey(provider, part === undefined ? subject : `${subject}:${part}`);
}
