import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

/**
 * `blind`: the provider does not answer. `retired`: it is decommissioned and is probed only once a day. `catching_up`:
 * it answers again, and its payments are being fetched. `over`: all of them are known.
 */
export const outageStatuses = ['blind', 'retired', 'catching_up', 'over'] as const;
export type OutageStatus = (typeof outageStatuses)[number];

/** One outage of one provider. A provider has at most one that is not over. */
export interface Outage {
  id: string;
  provider: ProviderName;
  status: OutageStatus;
  version: number;
  /** When the first call began that failed. */
  beganAt: Milliseconds;
  /** The last failure, in the words of the provider or of the network. */
  reason: string;
  /** When the provider was last probed; a payment that changed after this changed because the provider is back. */
  askedAt: Milliseconds;
  /** Since when every probe was answered as by a decommissioned provider, and how many were; null and 0 otherwise. */
  goneSince: Milliseconds | null;
  goneCount: number;
  retiredAt: Milliseconds | null;
  /** When it answered again; null while it does not. */
  answeredAt: Milliseconds | null;
  /** When the catch-up was finished. */
  endedAt: Milliseconds | null;
  /**
   * Result of the catch-up: open payments that were fetched, payments whose status changed, payments that were not
   * found.
   */
  lookedCount: number;
  recoveredCount: number;
  lostCount: number;
}

/** The length of the outage in minutes, at least one. */
function outageMinutes(outage: Pick<Outage, 'beganAt' | 'answeredAt'>, now: Milliseconds): number {
  return Math.max(1, Math.round(((outage.answeredAt ?? now) - outage.beganAt) / minute));
}

/** `61 minutes` */
export function outageDuration(outage: Pick<Outage, 'beganAt' | 'answeredAt'>, now: Milliseconds): string {
  const minutes = outageMinutes(outage, now);
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** `unavailable for 61 minutes, 4 payments recovered, 0 lost` */
export function outageSentence(outage: Outage, now: Milliseconds): string {
  const { recoveredCount, lostCount } = outage;
  const recovered = `${recoveredCount} ${recoveredCount === 1 ? 'payment' : 'payments'} recovered`;
  return `unavailable for ${outageDuration(outage, now)}, ${recovered}, ${lostCount} lost`;
}
