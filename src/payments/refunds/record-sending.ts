// What is written down around the sending of a refund: before the call, and after an answer that never came.
import type { Milliseconds } from '#kernel/clock.ts';
import { assert } from '#kernel/invariant.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import { inTransaction } from '#kernel/transaction-context.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { Refund } from '../model/refund.ts';
import { nextRefundPollAt } from '../model/refund-schedule.ts';
import { applyRefundEvent, raiseRefundTrouble } from './change-refund.ts';

type Applied = Parameters<typeof applyRefundEvent>[1];

/** One event, in a transaction of its own; the refund as it is afterwards. */
export function recordRefundEvent(deps: PaymentDeps, input: Applied & { cause: Cause }): Promise<Refund> {
  const { cause, ...applied } = input;
  return inTransaction(deps, cause, async (tx) => {
    const result = await applyRefundEvent({ tx, providers: deps.providers }, applied);
    assert(result.kind !== 'refused', `refund ${applied.refund.id} does not take ${applied.event}`);
    return result.refund;
  });
}

/** Written before the call: a process that dies during the call finds here that the command may be out. */
export function recordSent(deps: PaymentDeps, input: { refund: Refund; quietMs: Milliseconds }): Promise<Refund> {
  const { refund } = input;
  const now = deps.clock.now();
  return change(deps, { refund, to: { sentAt: now, sends: refund.sends + 1, nextPollAt: now + input.quietMs } });
}

/** The provider said that it did not even snapshot at it. */
export function recordNotSent(deps: PaymentDeps, refund: Refund): Promise<Refund> {
  const sends = refund.sends - 1;
  // After an earlier send the time of this one stands: later than true, which is the safe side.
  const sentAt = sends === 0 ? null : refund.sentAt;
  // Before it was ever sent the outbox comes again; afterwards only the schedule does.
  const nextPollAt = sends === 0 ? null : nextRefundPollAt({ ...refund, sentAt }, deps.clock.now());
  return change(deps, { refund, to: { sentAt, sends, nextPollAt } });
}

export function recordUnknown(deps: PaymentDeps, input: { refund: Refund; cause: Cause }): Promise<Refund> {
  const text = 'was sent, and no answer came: it is being looked for';
  return recordRefundEvent(deps, { ...input, event: 'lost', text });
}

/** It still does not show: a person is applied, once; the trouble ends by itself when it is known. */
export async function recordMissing(deps: PaymentDeps, input: { refund: Refund; cause: Cause }): Promise<void> {
  const { refund, cause } = input;
  await inTransaction(deps, cause, async (tx) => {
    const order = await tx.stores.orders.findOrder(refund.orderId);
    assert(order !== undefined, `order of refund ${refund.id} vanished`);
    const live = await tx.stores.exceptions.findOpenException(`refund_unknown:${refund.id}`);
    if (live === undefined) await raiseRefundTrouble(tx, { order, refund, kind: 'refund_unknown' });
  });
}

/** It keeps its place in the schedule, whatever the snapshot gave. */
export async function postponeRefund(deps: PaymentDeps, refund: Refund): Promise<void> {
  await change(deps, { refund, to: { nextPollAt: nextRefundPollAt(refund, deps.clock.now()) } });
}

function change(
  deps: PaymentDeps,
  input: { refund: Refund; to: Partial<Pick<Refund, 'sentAt' | 'sends' | 'nextPollAt'>> },
): Promise<Refund> {
  const { refund } = input;
  const to = { ...input.to, status: refund.status, updatedAt: deps.clock.now() };
  return deps.database.transaction((stores) => stores.refunds.changeRefund(refund, to));
}
