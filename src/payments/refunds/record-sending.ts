// What is stored around the sending of a refund: before the call, and after an answer that was lost.
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { assert } from '#kernel/invariant.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { Refund } from '../model/refund.ts';
import { nextRefundPollAt } from '../model/refund-schedule.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { applyRefundEvent, raiseRefundCase } from './change-refund.ts';

type Applied = Parameters<typeof applyRefundEvent>[1];

/** Applies one event in a transaction of its own; returns the refund as it is afterwards. */
export function recordRefundEvent(deps: ProviderDeps, input: Applied & { cause: Cause }): Promise<Refund> {
  const { cause, ...applied } = input;
  return inTransaction(deps, cause, async (tx) => {
    const result = await applyRefundEvent({ tx, providers: deps.providers }, applied);
    assert(result.kind !== 'refused', `refund ${applied.refund.id} does not take ${applied.event}`);
    return result.refund;
  });
}

/** Stored before the call: after a crash during the call it shows that the command may have been sent. */
export function recordSent(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { refund: Refund; quietMs: Milliseconds },
): Promise<Refund> {
  const { refund } = input;
  const now = deps.clock.now();
  return change(deps, { refund, to: { sentAt: now, sends: refund.sends + 1, nextPollAt: now + input.quietMs } });
}

/** The provider answered that it did not process the command at all. */
export function recordNotSent(
  deps: { database: Database<PaymentStores>; clock: Clock },
  refund: Refund,
): Promise<Refund> {
  const sends = refund.sends - 1;
  // After an earlier attempt the time of this one stays: a later time than the true one only delays a repeat.
  const sentAt = sends === 0 ? null : refund.sentAt;
  // A refund that was never sent is repeated by the outbox; afterwards only by the schedule.
  const nextPollAt = sends === 0 ? null : nextRefundPollAt({ ...refund, sentAt }, deps.clock.now());
  return change(deps, { refund, to: { sentAt, sends, nextPollAt } });
}

export function recordUnknown(deps: ProviderDeps, input: { refund: Refund; cause: Cause }): Promise<Refund> {
  const text = 'was sent and not answered: its result is being checked';
  return recordRefundEvent(deps, { ...input, event: 'unanswered', text });
}

/** The provider still does not show it: one case is raised, which is resolved when the result is known. */
export async function recordMissing(
  deps: TransactionDeps<PaymentStores>,
  input: { refund: Refund; cause: Cause },
): Promise<void> {
  const { refund, cause } = input;
  await inTransaction(deps, cause, async (tx) => {
    const order = await tx.stores.orders.findOrder(refund.orderId);
    assert(order !== undefined, `order of refund ${refund.id} vanished`);
    const live = await tx.stores.cases.findLiveCase(`refund_unknown:${refund.id}`);
    if (live === undefined) await raiseRefundCase(tx, { order, refund, kind: 'refund_unknown' });
  });
}

/** It stays on its schedule, whatever the snapshot showed. */
export async function postponeRefund(
  deps: { database: Database<PaymentStores>; clock: Clock },
  refund: Refund,
): Promise<void> {
  await change(deps, { refund, to: { nextPollAt: nextRefundPollAt(refund, deps.clock.now()) } });
}

function change(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { refund: Refund; to: Partial<Pick<Refund, 'sentAt' | 'sends' | 'nextPollAt'>> },
): Promise<Refund> {
  const { refund } = input;
  const to = { ...input.to, status: refund.status, updatedAt: deps.clock.now() };
  return deps.database.transaction((stores) => stores.refunds.changeRefund(refund, to));
}
