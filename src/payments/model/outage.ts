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

type Lasting = Pick<Outage, 'beganAt' | 'askedAt' | 'retiredAt' | 'answeredAt'>;

/** An unavailable provider is probed at least every minute; one that was not was probed by nobody, as the process was away. */
const unknownAfterMs: Milliseconds = 5 * minute;

/** How long the outage has lasted, as far as is known: time in which nobody probed at its end may have been none of it. */
export function outageMs(outage: Lasting, now: Milliseconds): Milliseconds {
  const until = wasProbed(outage, now) ? (outage.answeredAt ?? now) : outage.askedAt;
  return Math.max(0, until - outage.beganAt);
}

function wasProbed({ askedAt, retiredAt, answeredAt }: Lasting, now: Milliseconds): boolean {
  return retiredAt !== null || (answeredAt ?? now) - askedAt < unknownAfterMs;
}

/** `61 minutes`, one if it was less; `at least 61 minutes` where nobody probed for long. */
export function outageDuration(outage: Lasting, now: Milliseconds): string {
  const minutes = Math.max(1, Math.round(outageMs(outage, now) / minute));
  return `${wasProbed(outage, now) ? '' : 'at least '}${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** `unavailable for 61 minutes, 4 payments recovered, 0 lost` */
export function outageSentence(outage: Outage, now: Milliseconds): string {
  const { recoveredCount, lostCount } = outage;
  const recovered = `${recoveredCount} ${recoveredCount === 1 ? 'payment' : 'payments'} recovered`;
  return `unavailable for ${outageDuration(outage, now)}, ${recovered}, ${lostCount} lost`;
}
