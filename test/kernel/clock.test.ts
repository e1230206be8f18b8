import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { day, hour, minute, momentOf, systemClock, withinTime } from '#kernel/clock.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

/** A timer of Node with a longer delay ends at once. */
const timerMaxMs = 2 ** 31 - 1;

test('a wait of more than 24.8 days does not end at once, and ends when its signal aborts', async () => {
  const ending = new AbortController();
  let isOver = false;
  const waits = [systemClock.sleep(60 * day, ending.signal), systemClock.pause(60 * day, ending.signal)];
  const over = Promise.all(waits).then(() => {
    isOver = true;
  });
  const deadline = systemClock.deadline(60 * day);
  await delay(20);
  expect({ isOver, isLate: deadline.aborted }).toEqual({ isOver: false, isLate: false });
  ending.abort();
  await over;
});

test('a wait of more than 24.8 days is as long as it was asked to be', async () => {
  vi.useFakeTimers();
  try {
    let isOver = false;
    void systemClock.sleep(2 * timerMaxMs + 5).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(2 * timerMaxMs + 4);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('work that ends within its time is not late, and work that does not is', async () => {
  const clock = createTestClock();
  const limit = { ms: 1_000, late: () => 'late' };
  expect(await withinTime(clock, Promise.resolve('done'), limit)).toBe('done');
  await expect(withinTime(clock, Promise.reject(new Error('broken')), limit)).rejects.toThrow('broken');
  const hanging = withinTime(clock, new Promise<string>(() => undefined), limit);
  clock.advance(999);
  clock.advance(1);
  expect(await hanging).toBe('late');
});

test('how long something takes does not depend on the wall clock, and since when it has is told by the clock as it is set', () => {
  const clock = createTestClock();
  const beganAt = clock.elapsed();
  clock.advance(minute);
  clock.set(-2 * hour);
  expect(clock.elapsed() - beganAt).toBe(minute);
  expect(momentOf(clock, beganAt)).toBe(clock.now() - minute);
  expect(systemClock.elapsed()).toBeGreaterThan(0);
  expect(Math.abs(momentOf(systemClock, systemClock.elapsed()) - Date.now())).toBeLessThan(minute);
});

test('long deadlines that begin together share a timer; short ones and those of another length do not', () => {
  expect(systemClock.deadline(10 * minute)).toBe(systemClock.deadline(10 * minute));
  expect(systemClock.deadline(10 * minute)).not.toBe(systemClock.deadline(11 * minute));
  expect(systemClock.deadline(20)).not.toBe(systemClock.deadline(20));
});
