/** Milliseconds since the epoch. Every time in the domain, the database and the logs has this unit. */
export type Milliseconds = number;

/** The only source of time: a test replaces it and never sleeps. */
export interface Clock {
  now(): Milliseconds;
  /** Resolves after `ms`, or at once when the signal aborts; it never rejects. */
  sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

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
