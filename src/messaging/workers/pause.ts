import type { Clock, Milliseconds } from '#kernel/clock.ts';

/** The pause of a lane whose receiver asked to wait: no message is claimed until it is over. */
export interface Pause {
  /** Begins a pause now; a longer one that is in progress stays. */
  begin(forMs: Milliseconds): void;
  isOn(): boolean;
}

export function createPause(clock: Pick<Clock, 'elapsed'>): Pause {
  let until = Number.NEGATIVE_INFINITY;
  return {
    begin(forMs) {
      until = Math.max(until, clock.elapsed() + forMs);
    },
    isOn: () => clock.elapsed() < until,
  };
}
