import { type Clock, type Milliseconds, minute, second } from './clock.ts';
import type { JsonObject } from './json.ts';

/**
 * One event per outcome, for logs and metrics: a fixed lower-case phrase and facts as fields (ids and money yes;
 * tokens, raw bodies and license keys never). The domain reports through this port and knows no logger.
 */
export interface EventLog {
  info(message: string, facts?: JsonObject): void;
  warn(message: string, facts?: JsonObject): void;
  error(message: string, facts?: JsonObject & { error?: never }, cause?: unknown): void;
}

/** A part that runs until it is stopped. Nothing starts on import. `stop` resolves once work in progress has ended; it may be called twice. */
export interface Lifecycle {
  start(): Promise<void> | void;
  stop(): Promise<void>;
}

/**
 * Time in which this process could do something. Where its machine sleeps or is paused, where it is stopped, or its event loop
 * is blocked, all that it does is late at once, and none of it hangs: whoever finds something late asks here.
 */
export interface AwakeTime {
  /** As the clock's, but of a time in which the process stood still next to nothing is counted. */
  elapsed(): Milliseconds;
  /** By the wall clock, the moment since which the process has been awake for `ms`; before all times when it has not been so since its start. */
  momentAgo(ms: Milliseconds): Milliseconds;
}

/** So much is counted between two looks: jobs look every two seconds, on a machine that saves power a few times a minute. */
const stepMaxMs: Milliseconds = 30 * second;
const markEveryMs: Milliseconds = 5 * second;
/** Nobody asks for longer. */
const marksKeptMs: Milliseconds = 10 * minute;

/** To be asked every few seconds, by whatever runs all the time. */
export function createAwakeTime(clock: Pick<Clock, 'now' | 'elapsed'>): AwakeTime {
  let awakeMs = 0;
  let lookedAt = clock.elapsed();
  let marks = [{ awakeMs, at: clock.now() }];

  function look(): Milliseconds {
    const elapsed = clock.elapsed();
    awakeMs += Math.min(elapsed - lookedAt, stepMaxMs);
    lookedAt = elapsed;
    if (awakeMs - (marks.at(-1)?.awakeMs ?? 0) >= markEveryMs) {
      const keptAt = awakeMs - marksKeptMs;
      marks = [...marks.filter((mark) => mark.awakeMs >= keptAt), { awakeMs, at: clock.now() }];
    }
    return awakeMs;
  }

  return {
    elapsed: look,
    momentAgo(ms) {
      const then = look() - ms;
      if (then < 0) return Number.NEGATIVE_INFINITY;
      const mark = marks.findLast((one) => one.awakeMs <= then) ?? marks[0];
      // The wall clock may have been set back since.
      return Math.min(mark?.at ?? Number.POSITIVE_INFINITY, clock.now() - ms);
    },
  };
}

/** For a clock that is moved by hand: whoever moves it by an hour means an hour of work. */
export function alwaysAwake(clock: Pick<Clock, 'now' | 'elapsed'>): AwakeTime {
  return { elapsed: clock.elapsed, momentAgo: (ms) => clock.now() - ms };
}
