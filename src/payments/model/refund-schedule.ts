import { day, hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { isOpenRefund, type Refund } from './refund.ts';

// What was sent is decided within minutes; what a buyer has to accept or to claim may take weeks. It is looked at as long
// as it is open: a refund that is forgotten is money that two people think is theirs.
const tiers: readonly { untilAge: Milliseconds; every: Milliseconds }[] = [
  { untilAge: 2 * minute, every: 10 * second },
  { untilAge: 15 * minute, every: minute },
  { untilAge: 2 * hour, every: 5 * minute },
  { untilAge: day, every: 15 * minute },
  { untilAge: 30 * day, every: hour },
];
const afterwardsMs: Milliseconds = day;

/** When the provider is asked about the refund next; null for one that has not been sent, or has come to its end. */
export function nextRefundPollAt(
  refund: Pick<Refund, 'status' | 'createdAt' | 'sentAt'>,
  now: Milliseconds,
): Milliseconds | null {
  if (!isOpenRefund(refund) || refund.status === 'awaiting_approval') return null;
  // Before it is sent, the outbox looks after it.
  if (refund.status === 'requested' && refund.sentAt === null) return null;
  const age = now - (refund.sentAt ?? refund.createdAt);
  return now + (tiers.find((tier) => age < tier.untilAge)?.every ?? afterwardsMs);
}
