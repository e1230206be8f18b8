import type { Clock, Milliseconds } from '#kernel/clock.ts';

/** Wakes one sleeper; a ring while nobody sleeps is remembered, so that none is lost between a look and a sleep. */
export interface Waker {
  wake(): void;
  /** Resolves at the next ring, after `ms`, or when the signal aborts. */
  wait(ms: Milliseconds, signal: AbortSignal): Promise<void>;
}

export function createWaker(clock: Clock): Waker {
  let hasRung = false;
  let wake: (() => void) | undefined;
  return {
    wake() {
      hasRung = true;
      wake?.();
    },
    async wait(ms, signal) {
      if (!hasRung) {
        const ringing = new AbortController();
        wake = () => ringing.abort();
        await clock.sleep(ms, AbortSignal.any([signal, ringing.signal]));
        wake = undefined;
      }
      hasRung = false;
    },
  };
}
