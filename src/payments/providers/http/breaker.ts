import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, isBrokenCircuitError } from 'cockatiel';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
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
 * Opens after so many bad attempts without a good one between them; after `openMs` one attempt is let through and
 * decides. A refusal by the provider is good: it answered. (The library takes the time from Date, not from the clock.)
 */
export function createBreaker(clock: Clock, options: BreakerOptions): Breaker {
  let openedAt: Milliseconds | null = null;
  const policy = circuitBreaker(
    handleWhenResult((result) => {
      const { verdict } = result as { verdict: Verdict };
      // An abandoned probe must not close a breaker that nothing good has been heard through.
      return verdict !== 'good';
    }),
    { halfOpenAfter: options.openMs, breaker: new ConsecutiveBreaker(options.failuresMax) },
  );
  policy.onBreak(() => {
    if (openedAt !== null) return;
    openedAt = clock.now();
    options.onOpen();
  });
  policy.onReset(() => {
    openedAt = null;
    options.onClose();
  });
  return {
    get state() {
      return stateNames[policy.state];
    },
    get openedAt() {
      return openedAt;
    },
    async run<T extends { verdict: Verdict }>(attempt: () => Promise<T>): Promise<T | undefined> {
      let neutral: T | undefined;
      try {
        return await policy.execute(async () => {
          const result = await attempt();
          if (result.verdict !== 'neutral' || policy.state !== CircuitState.Closed) return result;
          // An error that is not handled is the one thing that the library counts neither way while it is closed.
          neutral = result;
          throw new NotCounted();
        });
      } catch (error) {
        if (isBrokenCircuitError(error)) return undefined;
        if (error instanceof NotCounted) return neutral;
        throw error;
      }
    },
  };
}

class NotCounted extends Error {}

const stateNames: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
};
