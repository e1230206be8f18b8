import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, createClock, type Milliseconds, systemClock } from '#kernel/clock.ts';

export interface MovableClock extends Clock {
  /** Lets time pass for everybody who reads this clock, and wakes those whose sleep is over by it. */
  move(ms: Milliseconds): void;
  /** Sets the wall clock forward, or back by a negative value; no time passes. */
  set(byMs: Milliseconds): void;
}

interface Sleeper {
  until: Milliseconds;
  wake(): void;
}

/**
 * The system's clock, as far ahead as the test and the product's own pauses have moved it. A pause in the middle of work
 * takes no time: the clock jumps to its end. A sleep ends when its time has come, really or by a move. A deadline leaves the
 * work as long as it says, whatever the clock does meanwhile: a jump is no reason for a call in hand to fail.
 */
export function createMovableClock(options: { aheadMs?: Milliseconds } = {}): MovableClock {
  let ahead = options.aheadMs ?? 0;
  let setByMs = 0;
  const sleepers = new Set<Sleeper>();
  const clock = createClock({
    now: () => systemClock.now() + ahead + setByMs,
    elapsed: () => systemClock.elapsed() + ahead,
  });

  function move(ms: Milliseconds): void {
    ahead += ms;
    const elapsed = clock.elapsed();
    const due = [...sleepers].filter(({ until }) => until <= elapsed).sort((left, right) => left.until - right.until);
    for (const sleeper of due) sleeper.wake();
  }

  return {
    ...clock,
    move,
    set(byMs) {
      setByMs += byMs;
    },
    async sleep(ms, signal) {
      const woken = new AbortController();
      const sleeper = { until: clock.elapsed() + ms, wake: () => woken.abort() };
      sleepers.add(sleeper);
      await clock.sleep(ms, signal === undefined ? woken.signal : AbortSignal.any([signal, woken.signal]));
      sleepers.delete(sleeper);
    },
    async pause(ms, signal) {
      const until = clock.elapsed() + ms;
      // What goes on beside it has its turn first.
      await nextTurn();
      const leftMs = until - clock.elapsed();
      if (leftMs > 0 && signal?.aborted !== true) move(leftMs);
    },
  };
}
