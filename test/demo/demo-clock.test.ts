import { expect, test } from 'vitest';
import { day, hour, minute, systemClock } from '#kernel/clock.ts';
import { createDemoAwakeTime, createDemoClock } from '#sandbox/demo/demo-clock.ts';

test('while the past is told, time that passes by the clock is time of work', () => {
  const clock = createDemoClock(day);
  const awake = createDemoAwakeTime(clock, { ...systemClock, now: clock.now });
  clock.advance(2 * hour);
  expect(Math.abs(awake.momentAgo(hour) - (clock.now() - hour))).toBeLessThan(minute);
});

test('a machine that sleeps does not work, once the clock shows the present', () => {
  const clock = createDemoClock(day);
  let sleptMs = 0;
  const jobClock = { ...systemClock, now: clock.now, elapsed: () => systemClock.elapsed() + sleptMs };
  const awake = createDemoAwakeTime(clock, jobClock);
  clock.catchUp();
  const before = awake.elapsed();
  sleptMs = 8 * hour;
  expect(awake.elapsed() - before).toBeLessThan(minute);
  expect(awake.momentAgo(5 * minute)).toBe(Number.NEGATIVE_INFINITY);
});
