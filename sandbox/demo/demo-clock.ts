import { type Clock, createClock, systemClock } from '#kernel/clock.ts';

/** A clock that begins in the past and is put forward until it shows the present; it never goes back. */
export interface DemoClock extends Clock {
  advance(ms: number): void;
  catchUp(): void;
}

export function createDemoClock(behindMs: number): DemoClock {
  let behind = behindMs;
  return {
    ...createClock(() => systemClock.now() - behind),
    advance(ms) {
      behind = Math.max(0, behind - Math.round(ms));
    },
    catchUp() {
      behind = 0;
    },
  };
}
