import { expect, test } from 'vitest';
import { hour, minute, second } from '#kernel/clock.ts';
import { type AwakeTime, createAwakeTime } from '#kernel/process.ts';
import { createTestClock, type TestClock } from '#test/support/time/test-clock.ts';

function open(): { clock: TestClock; awake: AwakeTime; work(ms: number): void } {
  const clock = createTestClock();
  const awake = createAwakeTime(clock);
  return {
    clock,
    awake,
    work(ms) {
      for (let passed = 0; passed < ms; passed += 2 * second) {
        clock.advance(2 * second);
        awake.elapsed();
      }
    },
  };
}

test('time in which the process works counts as it passes, and one in which it stands still hardly at all', () => {
  const { clock, awake, work } = open();
  work(10 * minute);
  expect(awake.elapsed()).toBe(10 * minute);
  clock.advance(8 * hour);
  expect(awake.elapsed()).toBe(10 * minute + 30 * second);
  work(minute);
  expect(awake.elapsed()).toBe(11 * minute + 30 * second);
});

test('a moment of work ago lies before the standstill, until the process has worked for so long', () => {
  const { clock, awake, work } = open();
  work(10 * minute);
  const stoppedAt = clock.now();
  expect(awake.momentAgo(2 * minute)).toBe(clock.now() - 2 * minute);
  clock.advance(8 * hour);
  const backAt = clock.now();
  expect(awake.momentAgo(2 * minute)).toBeLessThan(stoppedAt);
  work(minute);
  expect(awake.momentAgo(2 * minute)).toBeLessThan(stoppedAt);
  work(2 * minute);
  expect(awake.momentAgo(2 * minute)).toBeGreaterThan(backAt);
  expect(awake.momentAgo(2 * minute)).toBeLessThanOrEqual(clock.now() - 2 * minute);
});

test('a machine that slept shows it by the wall clock alone', () => {
  const { clock, awake, work } = open();
  work(10 * minute);
  const sleptAt = clock.now();
  clock.set(8 * hour);
  expect(awake.momentAgo(minute)).toBeLessThan(sleptAt);
  work(2 * minute);
  expect(awake.momentAgo(minute)).toBeGreaterThan(sleptAt + 8 * hour);
});

test('a wall clock that was set back makes no moment of the future', () => {
  const { clock, awake, work } = open();
  work(10 * minute);
  clock.set(-3 * hour);
  expect(awake.momentAgo(minute)).toBe(clock.now() - minute);
});

test('nothing is known of the time before the start, and much work is not all remembered', () => {
  const { clock, awake, work } = open();
  work(minute);
  expect(awake.momentAgo(2 * minute)).toBe(Number.NEGATIVE_INFINITY);
  work(3 * hour);
  expect(awake.momentAgo(2 * minute)).toBe(clock.now() - 2 * minute);
  expect(awake.momentAgo(hour)).toBeLessThanOrEqual(clock.now() - hour);
});
