import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

/**
 * `blind`: nothing can be heard of its payments. `retired`: it looks gone for good, and is asked once a day only.
 * `catching_up`: it answers again, and what happened meanwhile is being looked at. `over`: all of that is known.
 */
export const outageStatuses = ['blind', 'retired', 'catching_up', 'over'] as const;
export type OutageStatus = (typeof outageStatuses)[number];

/** One time of blindness at one provider. A provider has at most one that is not over. */
export interface Outage {
  id: string;
  provider: ProviderName;
  status: OutageStatus;
  version: number;
  /** When the first call began that was not served. */
  beganAt: Milliseconds;
  /** The last failure, in the provider's words or the network's. */
  reason: string;
  /** When it was asked last whether it is back; what moved after this moved because it is. */
  askedAt: Milliseconds;
  /** Since when every question got an answer as of a provider that is gone, and how many did; null and 0 otherwise. */
  goneSince: Milliseconds | null;
  goneCount: number;
  retiredAt: Milliseconds | null;
  /** When it answered again; null while it does not. */
  answeredAt: Milliseconds | null;
  /** When the catching up was finished. */
  endedAt: Milliseconds | null;
  /** What the catching up came to: open payments asked about, payments whose status moved, payments that were not found. */
  lookedCount: number;
  recoveredCount: number;
  lostCount: number;
}

/** The minutes of blindness, at least one: an outage of seconds was one all the same. */
function outageMinutes(outage: Pick<Outage, 'beganAt' | 'answeredAt'>, now: Milliseconds): number {
  return Math.max(1, Math.round(((outage.answeredAt ?? now) - outage.beganAt) / minute));
}

/** `61 minutes` */
export function outageDuration(outage: Pick<Outage, 'beganAt' | 'answeredAt'>, now: Milliseconds): string {
  const minutes = outageMinutes(outage, now);
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** `blind for 61 minutes, 4 payments recovered, 0 lost` */
export function outageSentence(outage: Outage, now: Milliseconds): string {
  const { recoveredCount, lostCount } = outage;
  const recovered = `${recoveredCount} ${recoveredCount === 1 ? 'payment' : 'payments'} recovered`;
  return `blind for ${outageDuration(outage, now)}, ${recovered}, ${lostCount} lost`;
}
