import { type Clock, second, systemClock } from '#kernel/clock.ts';
import { type AwakeTime, createAwakeTime } from '#kernel/process.ts';
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

/**
 * While the clock is put forward to the present, an hour that it is moved by means an hour of work. Afterwards the machine may
 * sleep like any other. `jobClock`: what the product's jobs wait by.
 */
export function createDemoAwakeTime(clock: DemoClock, jobClock: Clock): AwakeTime {
  const awake = createAwakeTime(jobClock);
  const isBehind = (): boolean => systemClock.now() - clock.now() >= second;
  return {
    elapsed: awake.elapsed,
    momentAgo: (ms) => (isBehind() ? clock.now() - ms : awake.momentAgo(ms)),
  };
}
