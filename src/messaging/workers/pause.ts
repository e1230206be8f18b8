import type { Clock, Milliseconds } from '#kernel/clock.ts';

/** A lane that was told to wait: nothing is taken from it until the wait is over. */
export interface Pause {
  /** Waits from here on; a longer wait that is under way stays. */
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
      // Before the pause began the clock was set back: nobody knows any more how much of it is left.
      return now >= begunAt && now < until;
    },
  };
}
