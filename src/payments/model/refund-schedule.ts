import { day, hour, type Milliseconds, minute, second } from '#kernel/clock.ts';
import { isOpenRefund, type Refund } from './refund.ts';

// A refund that the provider sends is decided within minutes; one that the buyer has to accept or to claim may take
// weeks. It is polled as long as it is open, so that no refund is forgotten.
const tiers: readonly { untilAge: Milliseconds; every: Milliseconds }[] = [
  { untilAge: 2 * minute, every: 10 * second },
  { untilAge: 15 * minute, every: minute },
  { untilAge: 2 * hour, every: 5 * minute },
  { untilAge: day, every: 15 * minute },
  { untilAge: 30 * day, every: hour },
];
const afterwardsMs: Milliseconds = day;

/** When the refund is polled next; null for one that has not been sent, or has ended. */
export function nextRefundPollAt(
  refund: Pick<Refund, 'status' | 'createdAt' | 'sentAt'>,
  now: Milliseconds,
): Milliseconds | null {
  if (!isOpenRefund(refund) || refund.status === 'awaiting_approval') return null;
  // Until it is sent, the outbox repeats it.
  if (refund.status === 'requested' && refund.sentAt === null) return null;
  const age = now - (refund.sentAt ?? refund.createdAt);
  return now + (tiers.find((tier) => age < tier.untilAge)?.every ?? afterwardsMs);
}
