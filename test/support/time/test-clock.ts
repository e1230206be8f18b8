import type { Clock, Milliseconds } from '#kernel/clock.ts';

export interface TestClock extends Clock {
  /** Moves time on and ends the sleeps whose time has come, in the order of their ends. */
  advance(ms: Milliseconds): void;
  /** Sets the wall clock forward, or back by a negative value; no time passes. */
  set(byMs: Milliseconds): void;
}

/** Time that stands still until the test moves it, for deadlines too. */
export function createTestClock(startAt: Milliseconds = Date.UTC(2026, 10, 22, 3, 0, 0)): TestClock {
  let elapsed = 0;
  let wallAheadMs = startAt;
  let sleepers: { until: Milliseconds; wake: () => void }[] = [];
  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) {
        resolve();
        return;
      }
      const sleeper = { until: elapsed + ms, wake: resolve };
      sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  return {
    now: () => wallAheadMs + elapsed,
    elapsed: () => elapsed,
    sleep,
    pause: sleep,
    deadline(ms) {
      const ending = new AbortController();
      const wake = (): void => ending.abort(new DOMException('the time is over', 'TimeoutError'));
      sleepers.push({ until: elapsed + ms, wake });
      return ending.signal;
    },
    advance(ms) {
      elapsed += ms;
      const due = sleepers.filter((sleeper) => sleeper.until <= elapsed).sort((a, b) => a.until - b.until);
      sleepers = sleepers.filter((sleeper) => sleeper.until > elapsed);
      for (const sleeper of due) sleeper.wake();
    },
    set(byMs) {
      wallAheadMs += byMs;
    },
  };
}
