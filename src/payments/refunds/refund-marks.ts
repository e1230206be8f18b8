// What is written down around the sending of a refund: before the call, and after an answer that never came.
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { assert } from '#kernel/invariant.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { Refund } from '../model/refund.ts';
import { nextRefundPollAt } from '../model/refund-schedule.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { raiseRefundTrouble, tellRefund } from './change-refund.ts';

type Told = Parameters<typeof tellRefund>[1];

/** One event, in a transaction of its own; the refund as it is afterwards. */
export function tellOfRefund(deps: ProviderDeps, input: Told & { cause: Cause }): Promise<Refund> {
  const { cause, ...told } = input;
  return inTransaction(deps, cause, async (tx) => {
    const result = await tellRefund({ tx, providers: deps.providers }, told);
    assert(result.kind !== 'refused', `refund ${told.refund.id} does not take ${told.event}`);
    return result.refund;
  });
}

/** Written before the call: a process that dies during the call finds here that the command may be out. */
export function noteSent(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { refund: Refund; quietMs: Milliseconds },
): Promise<Refund> {
  const { refund } = input;
  const now = deps.clock.now();
  return change(deps, { refund, to: { sentAt: now, sends: refund.sends + 1, nextPollAt: now + input.quietMs } });
}

/** The provider said that it did not even look at it. */
export function noteNotSent(
  deps: { database: Database<PaymentStores>; clock: Clock },
  refund: Refund,
): Promise<Refund> {
  const sends = refund.sends - 1;
  // After an earlier send the time of this one stands: later than true, which is the safe side.
  const sentAt = sends === 0 ? null : refund.sentAt;
  // Before it was ever sent the outbox comes again; afterwards only the schedule does.
  const nextPollAt = sends === 0 ? null : nextRefundPollAt({ ...refund, sentAt }, deps.clock.now());
  return change(deps, { refund, to: { sentAt, sends, nextPollAt } });
}

export function noteLost(deps: ProviderDeps, input: { refund: Refund; cause: Cause }): Promise<Refund> {
  const text = 'was sent, and no answer came: it is being looked for';
  return tellOfRefund(deps, { ...input, event: 'lost', text });
}

/** It still does not show: a person is told, once; the trouble ends by itself when it is known. */
export async function noteMissing(
  deps: TransactionDeps<PaymentStores>,
  input: { refund: Refund; cause: Cause },
): Promise<void> {
  const { refund, cause } = input;
  await inTransaction(deps, cause, async (tx) => {
    const order = await tx.stores.orders.findOrder(refund.orderId);
    assert(order !== undefined, `order of refund ${refund.id} vanished`);
    const live = await tx.stores.exceptions.findOpenException(`refund_unknown:${refund.id}`);
    if (live === undefined) await raiseRefundTrouble(tx, { order, refund, kind: 'refund_unknown' });
  });
}

/** It keeps its place in the schedule, whatever the look gave. */
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
