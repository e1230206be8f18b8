import { day, hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { isOpenPayment, type Payment } from './payment.ts';

// A young payment is polled every few seconds, because that is when a lost webhook hurts; an old one every hour. After
// a week polling ends with an alert, and only reconciliation finds changes.
const tiers: readonly { untilAge: Milliseconds; every: Milliseconds }[] = [
  { untilAge: 2 * minute, every: 5 * second },
  { untilAge: 15 * minute, every: 20 * second },
  { untilAge: 2 * hour, every: 2 * minute },
  { untilAge: day, every: 15 * minute },
  { untilAge: 7 * day, every: hour },
];

/** The provider closes a payment shortly after its expiry; a poll right then is the first to see it. */
const afterExpiryMs = 3 * second;

/** When the payment is polled next; null when nothing more is expected without a webhook. */
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
