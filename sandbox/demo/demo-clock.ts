import { type Clock, systemClock } from '#kernel/clock.ts';
import { createMovableClock } from './movable-clock.ts';

/** A clock that begins in the past and is put forward until it shows the present; it never goes back. */
export interface DemoClock extends Clock {
  advance(ms: number): void;
  catchUp(): void;
}

export function createDemoClock(behindMs: number): DemoClock {
  const clock = createMovableClock({ aheadMs: -behindMs });
  const advance = (ms: number): void => {
    const behind = systemClock.now() - clock.now();
    if (ms > 0 && behind > 0) clock.move(Math.min(Math.round(ms), behind));
  };
  return { ...clock, pause: clock.sleep, advance, catchUp: () => advance(Number.MAX_SAFE_INTEGER) };
}
