// When a job is due. Intervals are measured in elapsed time, which nobody can set; a time of day is read off the wall clock in
// the shop's zone, and is kept at the latest when the longest day has passed, wherever the wall clock was set to meanwhile.
import { nextTimeOfDay, type TimeOfDay } from '#kernel/calendar.ts';
import { type Clock, hour, type Milliseconds } from '#kernel/clock.ts';
import type { AwakeTime } from '#kernel/process.ts';

/** `everyMs`: so long after the last run began. `dailyAt`: once on every day, in the time zone of the configuration. */
export type Timing = { everyMs: Milliseconds } | { dailyAt: TimeOfDay };

export interface Plan {
  /** The job begins now: what is due is done. */
  begin(): void;
  /** Until the job is due; 0 or less when it is. */
  leftMs(): Milliseconds;
  /** For how long it has been due at least while the process was awake; 0 or less while that is not known. */
  overdueMs(): Milliseconds;
}

/** Clocks go back by two hours at most (Troll in Antarctica). */
const longestDayMs: Milliseconds = 26 * hour;

export function createPlan(timing: Timing, deps: { clock: Clock; awake: AwakeTime; timeZone: string }): Plan {
  const { clock, awake, timeZone } = deps;
  const longestMs = 'everyMs' in timing ? timing.everyMs : longestDayMs;
  let beganAt = clock.elapsed();
  let awakeAt = awake.elapsed();
  let nextAt = Number.POSITIVE_INFINITY;
  return {
    begin() {
      beganAt = clock.elapsed();
      awakeAt = awake.elapsed();
      if ('dailyAt' in timing) nextAt = nextTimeOfDay(clock.now(), { time: timing.dailyAt, timeZone });
    },
    leftMs: () => Math.min(nextAt - clock.now(), beganAt + longestMs - clock.elapsed()),
    overdueMs: () => awake.elapsed() - (awakeAt + longestMs),
  };
}
