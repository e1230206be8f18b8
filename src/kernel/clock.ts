/** Milliseconds since the epoch. Every time in the domain, the database and the logs has this unit. */
export type Milliseconds = number;

/**
 * The only source of time, and the only thing that waits: a test replaces it and never sleeps, and a simulation replays it.
 * Nothing here rejects.
 */
export interface Clock {
  now(): Milliseconds;
  /** There is nothing to do until `ms` have passed or the signal aborts: a worker between two sweeps, a bot without Telegram. */
  sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
  /** The same in the middle of work that somebody waits for, so that it is bounded: between two attempts or two files. */
  pause(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
  /** Aborts after `ms`. Keeps no process alive by itself. */
  deadline(ms: Milliseconds): AbortSignal;
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The longest that a timer of Node takes; anything above would end at once. */
const timerMaxMs = 2 ** 31 - 1;

/** A clock that tells this time, and waits as long as it really takes. */
export function createClock(now: () => Milliseconds): Clock {
  return { now, sleep, pause: sleep, deadline: (ms) => AbortSignal.timeout(Math.min(ms, timerMaxMs)) };
}

export const systemClock: Clock = createClock(() => Date.now());

async function sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void> {
  for (let leftMs = ms; signal?.aborted !== true; leftMs -= timerMaxMs) {
    await sleepOnce(Math.min(leftMs, timerMaxMs), signal);
    if (leftMs <= timerMaxMs) return;
  }
}

function sleepOnce(ms: Milliseconds, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** What comes of the work, or of its lateness when that takes longer. The work is not stopped by this. */
export async function withinTime<Result>(
  clock: Pick<Clock, 'sleep'>,
  work: Promise<Result>,
  limit: { ms: Milliseconds; late: () => Result | Promise<Result> },
): Promise<Result> {
  const done = new AbortController();
  const late = clock.sleep(limit.ms, done.signal).then(() => (done.signal.aborted ? work : limit.late()));
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

/** The guess of `clockDifference` may be wrong by half of this. */
const tellingMaxMs = 2 * second;

/**
 * How far another clock is ahead of ours, when it told its time in an answer to us. HTTP dates are whole seconds, cut off,
 * so half a second is added; the answer was made somewhere between our asking and its coming, and one that took long tells
 * nothing.
 */
export function clockDifference(answer: {
  told: Milliseconds;
  startedAt: Milliseconds;
  endedAt: Milliseconds;
}): Milliseconds | undefined {
  if (answer.endedAt - answer.startedAt > tellingMaxMs) return undefined;
  return Math.round(answer.told + second / 2 - (answer.startedAt + answer.endedAt) / 2);
}
