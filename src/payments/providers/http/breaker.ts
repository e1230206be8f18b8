import { type Clock, type Milliseconds, momentOf } from '#kernel/clock.ts';
import type { BreakerState } from '../../ports/payment-provider.ts';

/** What an attempt means for the breaker. `neutral`: it was abandoned by us and says nothing about the provider. */
export type Verdict = 'good' | 'bad' | 'neutral';

export interface BreakerOptions {
  failuresMax: number;
  openMs: Milliseconds;
  onOpen: () => void;
  onClose: () => void;
}

export interface Breaker {
  readonly state: BreakerState;
  /** When it opened; a failed half-open probe does not move it. Null while closed. */
  readonly openedAt: Milliseconds | null;
  /** Runs the attempt, or gives undefined at once when the breaker is open. */
  run<T extends { verdict: Verdict }>(attempt: () => Promise<T>): Promise<T | undefined>;
}

/**
 * Opens after so many bad attempts without a good one between them; after `openMs` one attempt, the probe, is let through
 * and decides. A refusal by the provider is good: it answered.
 */
export function createBreaker(clock: Pick<Clock, 'now' | 'elapsed'>, options: BreakerOptions): Breaker {
  let failures = 0;
  let openedAt: Milliseconds | null = null;
  /** When it opened, or its last probe failed. */
  let refusesSince: Milliseconds = 0;
  let probe: Promise<unknown> | undefined;

  function refuse(): void {
    refusesSince = clock.elapsed();
    if (openedAt !== null) return;
    openedAt = refusesSince;
    options.onOpen();
  }

  function count(verdict: Verdict): void {
    if (verdict === 'good') failures = 0;
    if (verdict === 'bad') failures += 1;
    if (failures >= options.failuresMax) refuse();
  }

  async function runProbe<T extends { verdict: Verdict }>(attempt: () => Promise<T>): Promise<T> {
    // An abandoned probe must not close a breaker that nothing good has been heard through, nor leave it to the next call.
    refusesSince = clock.elapsed();
    const result = await attempt();
    refusesSince = clock.elapsed();
    if (result.verdict === 'good') {
      failures = 0;
      openedAt = null;
      options.onClose();
    }
    return result;
  }

  return {
    get state() {
      if (openedAt === null) return 'closed';
      return probe === undefined ? 'open' : 'half_open';
    },
    get openedAt() {
      return openedAt === null ? null : momentOf(clock, openedAt);
    },
    async run(attempt) {
      // Whoever comes during the probe goes by what comes of it.
      while (probe !== undefined) await probe.catch(() => undefined);
      if (openedAt === null) {
        const result = await attempt();
        count(result.verdict);
        return result;
      }
      if (clock.elapsed() - refusesSince < options.openMs) return undefined;
      const running = runProbe(attempt).finally(() => {
        probe = undefined;
      });
      probe = running;
      return running;
    },
  };
}
