import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { Payment } from '../model/payment.ts';
import { nextPollAt } from '../model/poll-schedule.ts';
import type { PaymentDeps } from './deps.ts';
import { raiseIfStuck } from './payment-cases.ts';

/** After a provider failed: the payment keeps its place in the schedule, so that an outage is not hammered at. */
export async function postponePoll(deps: PaymentDeps, input: { payment: Payment; cause: Cause }): Promise<void> {
  const { payment, cause } = input;
  const now = deps.clock.now();
  const change = { nextPollAt: nextPollAt(payment, now), updatedAt: now };
  await inTransaction(deps, cause, async (tx) => {
    const expected = { status: payment.status, version: payment.version };
    const isChanged = await tx.stores.payments.changePayment({ id: payment.id, expected, change });
    const isLast = isChanged && change.nextPollAt === null;
    const order = isLast ? await tx.stores.orders.findOrder(payment.orderId) : undefined;
    if (order === undefined) return;
    await raiseIfStuck(tx, { order, before: payment, payment: { ...payment, ...change } });
  });
}
