/** Milliseconds since the epoch. Every time in the domain, the database and the logs has this unit. */
export type Milliseconds = number;

/**
 * The only source of time and of waiting, so that tests replace it and never sleep, and a simulation can replay it.
 * No method rejects.
 */
export interface Clock {
  /** The wall clock, which may be set forward and back: for moments that are shown, stored, signed or compared with others'. */
  now(): Milliseconds;
  /** Time since a moment in this process, whatever is done to the wall clock: for how long something takes. Never stored. */
  elapsed(): Milliseconds;
  /** Waits while there is nothing to do, until `ms` have passed or the signal aborts: a worker between two sweeps. */
  sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
  /** Waits in the middle of work that a caller waits for: between two attempts or two files. */
  pause(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
  /** Aborts after `ms`, and later by a sixty-fourth at most. Keeps no process alive by itself; others may have the same one. */
  deadline(ms: Milliseconds): AbortSignal;
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The longest that a timer of Node takes; anything above would end at once. */
const timerMaxMs = 2 ** 31 - 1;

/** A clock that takes the time from `now` and `elapsed`, and waits in real time. */
export function createClock(read: Pick<Clock, 'now' | 'elapsed'>): Clock {
  return { ...read, sleep, pause: sleep, deadline: createDeadlines() };
}

/** A deadline may come so much later than it has to. */
const graceShare = 1 / 64;
/** Lengths of deadlines of which the last one is kept. */
const lengthsMax = 16;

/** Each call to another program has one and hardly any is ever reached: those that begin at about the same time share a signal and its timer. */
function createDeadlines(): Clock['deadline'] {
  const last = new Map<Milliseconds, { signal: AbortSignal; sharedUntil: number }>();
  return (ms) => {
    const graceMs = Math.floor(ms * graceShare);
    const now = performance.now();
    const kept = last.get(ms);
    if (kept !== undefined && now < kept.sharedUntil) return kept.signal;
    if (last.size >= lengthsMax) last.clear();
    const signal = AbortSignal.timeout(Math.min(ms + graceMs, timerMaxMs));
    last.set(ms, { signal, sharedUntil: now + graceMs });
    return signal;
  };
}

export const systemClock: Clock = createClock({
  now: () => Date.now(),
  elapsed: () => Math.floor(performance.now()),
});

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

/** The moment at which `elapsed()` had that value, by the wall clock as it is set now: for showing and comparing. */
export function momentOf(clock: Pick<Clock, 'now' | 'elapsed'>, elapsedAt: Milliseconds): Milliseconds {
  return clock.now() - (clock.elapsed() - elapsedAt);
}

/** The result of the work, or of `late` when the work takes longer than `ms`. The work itself is not stopped. */
export async function withinTime<Result>(
  clock: Pick<Clock, 'deadline'>,
  work: Promise<Result>,
  limit: { ms: Milliseconds; late: () => Result | Promise<Result> },
): Promise<Result> {
  const deadline = clock.deadline(limit.ms);
  const late = Promise.withResolvers<Result>();
  const giveUp = (): void => late.resolve((async () => limit.late())());
  deadline.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    deadline.removeEventListener('abort', giveUp);
  }
}

/** The longest answer that `clockDifference` uses; its result may be wrong by half of this. */
const answerMaxMs = 2 * second;

/**
 * How far a server's clock is ahead of ours, by the Date header of its answer. HTTP dates are cut to whole seconds, so half
 * a second is added; the answer was made at some moment between request and response, so a slow one gives undefined.
 */
export function clockDifference(answer: {
  serverTime: Milliseconds;
  startedAt: Milliseconds;
  endedAt: Milliseconds;
}): Milliseconds | undefined {
  if (answer.endedAt - answer.startedAt > answerMaxMs) return undefined;
  return Math.round(answer.serverTime + second / 2 - (answer.startedAt + answer.endedAt) / 2);
}

/** No wait that a server asks for is longer to us. */
const retryAfterMaxMs: Milliseconds = hour;

/** Reads `Retry-After`, seconds or an HTTP date; null when there is none or it makes no sense. An hour at most. */
export function readRetryAfter(value: unknown, now: Milliseconds): Milliseconds | null {
  const text = typeof value === 'string' ? value.trim() : '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * second, retryAfterMaxMs);
  // Date.parse takes almost anything; an HTTP date always begins with the name of a day.
  const date = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.min(Math.max(date - now, 0), retryAfterMaxMs);
}
