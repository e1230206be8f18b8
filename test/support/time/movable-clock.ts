import { type Clock, type Milliseconds, systemClock } from '#kernel/clock.ts';

export interface MovableClock extends Clock {
  /** Lets time pass for everybody who reads this clock. Sleeps are real and do not notice. */
  move(ms: Milliseconds): void;
}

/** The system's clock, as many hours ahead as the test has moved it. */
export function createMovableClock(): MovableClock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    sleep: systemClock.sleep,
    move(ms) {
      ahead += ms;
    },
  };
}
