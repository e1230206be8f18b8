import type { Clock, Milliseconds } from '#kernel/clock.ts';

/** Wakes one sleeper; a ring while nobody sleeps is remembered, so that none is lost between a look and a sleep. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, after `ms`, or when the signal aborts. */
  wait(ms: Milliseconds, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let hasRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
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
