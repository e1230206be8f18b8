import { day, hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import { raiseIfStuck } from '../lifecycle/payment-alerts.ts';
import { isOpenPayment, type Payment } from './payment.ts';

// A young payment is asked about every few seconds, because that is when a lost webhook hurts; an old one by the hour.
// After a week polling ends with an alert, and only reconciliation looks.
const tiers: readonly { untilAge: Milliseconds; every: Milliseconds }[] = [
  { untilAge: 2 * minute, every: 5 * second },
  { untilAge: 15 * minute, every: 20 * second },
  { untilAge: 2 * hour, every: 2 * minute },
  { untilAge: day, every: 15 * minute },
  { untilAge: 7 * day, every: hour },
];

/** The provider closes a payment a moment after its time; asking right then shows it first. */
const afterExpiryMs = 3 * second;

/** When the payment is asked about next; null when nothing more is expected without a webhook. */
export function nextPollAt(
  payment: Pick<Payment, 'status' | 'createdAt' | 'expiresAt'>,
  now: Milliseconds,
): Milliseconds | null {
  if (!isOpenPayment(payment)) return null;
  const age = now - payment.createdAt;
  const tier = tiers.find((candidate) => age < candidate.untilAge);
  if (tier === undefined) return null;
  const next = now + tier.every;
  const closing = payment.expiresAt + afterExpiryMs;
  return closing > now && closing < next ? closing : next;
}

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
