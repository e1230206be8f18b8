import type { Clock, Milliseconds } from '#kernel/clock.ts';

export interface TestClock extends Clock {
  /** Moves time on and ends the sleeps whose time has come, in the order of their ends. */
  advance(ms: Milliseconds): void;
}

/** Time that stands still until the test moves it, for deadlines too. */
export function createTestClock(startAt: Milliseconds = Date.UTC(2026, 10, 22, 3, 0, 0)): TestClock {
  let now = startAt;
  let sleepers: { until: Milliseconds; wake: () => void }[] = [];
  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) {
        resolve();
        return;
      }
      const sleeper = { until: now + ms, wake: resolve };
      sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  return {
    now: () => now,
    sleep,
    pause: sleep,
    deadline(ms) {
      const ending = new AbortController();
      const wake = (): void => ending.abort(new DOMException('the time is over', 'TimeoutError'));
      sleepers.push({ until: now + ms, wake });
      return ending.signal;
    },
    advance(ms) {
      now += ms;
      const due = sleepers.filter((sleeper) => sleeper.until <= now).sort((a, b) => a.until - b.until);
      sleepers = sleepers.filter((sleeper) => sleeper.until > now);
      for (const sleeper of due) sleeper.wake();
    },
  };
}
