import type { Clock, Milliseconds } from '#kernel/clock.ts';

/** The pause of a lane whose receiver asked to wait: no message is claimed until it is over. */
export interface Pause {
  /** Begins a pause now; a longer one that is in progress stays. */
  begin(forMs: Milliseconds): void;
  isOn(): boolean;
}

export function createPause(clock: Pick<Clock, 'now'>): Pause {
  let begunAt = 0;
  let until = 0;
  return {
    begin(forMs) {
      const now = clock.now();
      until = now < begunAt ? now + forMs : Math.max(until, now + forMs);
      begunAt = now;
    },
    isOn() {
      const now = clock.now();
      // The clock was set back to before the pause began: how much of it is left is not known, so it ends.
      return now >= begunAt && now < until;
    },
  };
}
