import { describe, expect, test } from 'vitest';
import { createPlan } from '#jobs/plan.ts';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { alwaysAwake } from '#kernel/process.ts';
import { createTestClock, type TestClock } from '#test/support/time/test-clock.ts';

function open(startsAt: string, timeZone = 'Europe/Berlin') {
  const clock = createTestClock(Date.parse(startsAt));
  const deps = { clock, awake: alwaysAwake(clock), timeZone };
  return { clock, plan: (timing: Parameters<typeof createPlan>[0]) => createPlan(timing, deps) };
}

/** The moments at which a daily job runs in so many days, looked at every minute as the scheduler does. */
function runs(clock: TestClock, input: { plan: ReturnType<typeof createPlan>; days: number }): string[] {
  const ran: string[] = [];
  input.plan.begin();
  for (let passed = 0; passed < input.days * day; passed += minute) {
    clock.advance(minute);
    if (input.plan.leftMs() > 0) continue;
    input.plan.begin();
    ran.push(new Date(clock.now()).toISOString().slice(0, 16));
  }
  return ran;
}

describe('an interval', () => {
  test('is due when it has passed, while the clocks go back an hour as at any other time', () => {
    for (const startsAt of ['2026-10-25T00:59:59Z', '2026-10-25T00:00:00Z', '2026-07-01T12:00:00Z']) {
      const { clock, plan } = open(startsAt);
      const every = plan({ everyMs: 2 * second });
      for (let run = 0; run < 3; run += 1) {
        every.begin();
        expect(every.leftMs()).toBe(2 * second);
        clock.advance(2 * second);
        expect(every.leftMs()).toBe(0);
      }
    }
  });

  test('is as long as ever when the wall clock is set back or forward', () => {
    const { clock, plan } = open('2026-11-22T03:00:00Z');
    const every = plan({ everyMs: minute });
    for (const byMs of [-2 * hour, -10 * minute, -90 * second, -400 * day, 90 * second, 3 * day]) {
      every.begin();
      clock.advance(30 * second);
      clock.set(byMs);
      expect(every.leftMs()).toBe(30 * second);
      clock.advance(30 * second);
      expect(every.leftMs()).toBe(0);
    }
  });

  test('that is over by a minute is overdue by a minute', () => {
    const { clock, plan } = open('2026-11-22T03:00:00Z');
    const every = plan({ everyMs: minute });
    every.begin();
    clock.advance(minute);
    expect(every.overdueMs()).toBe(0);
    clock.advance(minute);
    clock.set(-hour);
    expect(every.overdueMs()).toBe(minute);
  });
});

describe('a time of day', () => {
  test('comes once on the day in spring that does not have it, and once on the day in autumn that has it twice', () => {
    const kyiv = open('2026-03-28T12:00:00Z', 'Europe/Kyiv');
    const spring = runs(kyiv.clock, { plan: kyiv.plan({ dailyAt: '03:20' }), days: 2 });
    expect(spring).toEqual(['2026-03-29T01:20', '2026-03-30T00:20']);
    const berlin = open('2026-10-24T12:00:00Z');
    const autumn = runs(berlin.clock, { plan: berlin.plan({ dailyAt: '02:30' }), days: 3 });
    expect(autumn).toEqual(['2026-10-25T00:30', '2026-10-26T01:30', '2026-10-27T01:30']);
  });

  test('that the wall clock shows a second time, because it was set back, is not kept a second time', () => {
    const { clock, plan } = open('2026-11-22T02:00:00Z', 'UTC');
    const daily = plan({ dailyAt: '03:20' });
    expect(runs(clock, { plan: daily, days: 1 / 12 })).toEqual(['2026-11-22T03:20']);
    clock.set(-90 * minute);
    expect(daily.leftMs()).toBe(day + hour - 10 * minute);
  });

  test('is kept after 26 hours at the latest, however far back the wall clock was set', () => {
    const { clock, plan } = open('2026-11-22T03:19:00Z', 'UTC');
    const daily = plan({ dailyAt: '03:20' });
    daily.begin();
    clock.advance(minute);
    daily.begin();
    clock.set(-400 * day);
    expect(daily.leftMs()).toBe(26 * hour);
    clock.advance(26 * hour);
    daily.begin();
    expect(daily.leftMs()).toBeLessThanOrEqual(day);
    expect(daily.leftMs()).toBeGreaterThan(0);
  });

  test('that the wall clock was set forward over is made up for once', () => {
    const { clock, plan } = open('2026-11-22T10:00:00Z', 'UTC');
    const daily = plan({ dailyAt: '03:20' });
    daily.begin();
    clock.set(3 * day);
    expect(daily.leftMs()).toBeLessThan(0);
    expect(daily.overdueMs()).toBeLessThan(0);
    expect(runs(clock, { plan: daily, days: 1 })).toHaveLength(1);
  });
});
