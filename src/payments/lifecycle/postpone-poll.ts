import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Payment } from '../model/payment.ts';
import { nextPollAt } from '../model/poll-schedule.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { raiseIfStuck } from './payment-cases.ts';

/** After a provider failed: the next poll stays on the schedule, so that a provider in an outage is not flooded. */
export async function postponePoll(
  deps: TransactionDeps<PaymentStores>,
  input: { payment: Payment; cause: Cause },
): Promise<void> {
  const { payment, cause } = input;
  const now = deps.clock.now();
  const change = { nextPollAt: nextPollAt(payment, now), updatedAt: now };
  await inTransaction(deps, cause, async (tx) => {
    const changed = await tx.stores.payments.tryChangePayment(payment, change);
    if (changed === undefined || changed.nextPollAt !== null) return;
    const order = await tx.stores.orders.findOrder(payment.orderId);
    if (order !== undefined) await raiseIfStuck(tx, { order, before: payment, payment: changed });
  });
}
