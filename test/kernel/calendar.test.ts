import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, dayBounds, dayOf, nextTimeOfDay, readCalendarDay } from '#kernel/calendar.ts';
import { hour } from '#kernel/clock.ts';

function aDay(text: string) {
  const day = readCalendarDay(text);
  if (day === undefined) throw new Error(`${text} is no day`);
  return day;
}

describe('a day of the calendar', () => {
  test.each(['2026-02-28', '2028-02-29', '2026-12-31'])('%s exists', (text) => {
    expect(readCalendarDay(text)).toBe(text);
  });

  test.each(['', '2026-2-3', '2026-02-30', '2027-02-29', '2026-13-01', '26-01-01', '2026-01-01T00:00', '2026-01-0a'])(
    '"%s" does not',
    (text) => {
      expect(readCalendarDay(text)).toBeUndefined();
    },
  );

  test('has neighbours over months and years', () => {
    expect(addDays(aDay('2026-12-31'), 1)).toBe('2027-01-01');
    expect(addDays(aDay('2028-03-01'), -1)).toBe('2028-02-29');
  });

  test.each([
    ['2026-11-24', 'UTC', '2026-11-24T00:00:00.000Z', 24],
    ['2026-03-29', 'Europe/Lisbon', '2026-03-29T00:00:00.000Z', 23],
    ['2026-10-25', 'Europe/Lisbon', '2026-10-24T23:00:00.000Z', 25],
    // Clocks go forward at midnight: the day begins at one.
    ['2026-03-29', 'Atlantic/Azores', '2026-03-29T01:00:00.000Z', 23],
    // Clocks go back at midnight: the day before has the hour twice.
    ['2018-02-17', 'America/Sao_Paulo', '2018-02-17T02:00:00.000Z', 25],
    // Clocks go back to midnight: the day has its first hour twice.
    ['2026-10-25', 'Atlantic/Azores', '2026-10-25T00:00:00.000Z', 25],
    ['2026-11-24', 'Asia/Kathmandu', '2026-11-23T18:15:00.000Z', 24],
    // Samoa went over the date line: that day was left out.
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', 0],
  ])('%s begins in %s at %s and has %i hours', (text, timeZone, from, hours) => {
    const bounds = dayBounds(aDay(text), timeZone);
    expect(new Date(bounds.from).toISOString()).toBe(from);
    expect((bounds.to - bounds.from) / hour).toBe(hours);
  });

  test('begins where the one before ends, and every moment of it belongs to it, in every time zone', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const at = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(zones, at, (timeZone, moment) => {
        const day = dayOf(moment, timeZone);
        const { from, to } = dayBounds(day, timeZone);
        expect(moment >= from && moment < to).toBe(true);
        expect(dayOf(from, timeZone)).toBe(day);
        expect(dayOf(from - 1, timeZone) < day).toBe(true);
        expect(dayOf(to - 1, timeZone)).toBe(day);
        expect(dayBounds(addDays(day, 1), timeZone).from).toBe(to);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the next time of day', () => {
  /** Days on which it comes, and how often, in so many steps from a moment on. */
  function daysOf(from: string, input: { timeZone: string; time: `${number}:${number}`; steps: number }): string[] {
    let at = Date.parse(from);
    return Array.from({ length: input.steps }, () => {
      at = nextTimeOfDay(at, input);
      return dayOf(at, input.timeZone);
    });
  }
  const daysFrom = (first: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      new Date(Date.parse(first) + index * 86_400_000).toISOString().slice(0, 10),
    );
  const timesOfDay = ['00:00', '00:30', '01:30', '02:00', '02:30', '03:00', '03:20', '04:40'] as const;

  test.each(['UTC', 'Europe/Kyiv', 'America/New_York', 'Australia/Lord_Howe', 'Antarctica/Troll', 'America/Havana'])(
    'comes once on every day of a year in %s',
    (timeZone) => {
      for (const time of ['00:30', '03:20', '04:40'] as const) {
        const days = daysOf('2025-12-31T12:00:00Z', { timeZone, time, steps: 370 });
        expect(days).toEqual(daysFrom(days[0] ?? '', 370));
      }
    },
  );

  test('comes once on every day around each change of the clocks of every zone', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    let changes = 0;
    for (const timeZone of zones) {
      for (const change of changesOf(timeZone)) {
        changes += 1;
        for (const time of timesOfDay) {
          const days = daysOf(change, { timeZone, time, steps: 5 });
          expect({ timeZone, time, days }).toEqual({ timeZone, time, days: daysFrom(days[0] ?? '', 5) });
        }
      }
    }
    expect(zones.length).toBeGreaterThan(300);
    expect(changes).toBeGreaterThan(100);
  });

  test('of a day that a zone leaves out is that of the next day', () => {
    const days = daysOf('2011-12-28T22:00:00Z', { timeZone: 'Pacific/Apia', time: '03:20', steps: 3 });
    expect(days).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });

  /** Two days before each day of 2026 after which the zone's days begin at another hour. */
  function changesOf(timeZone: string): string[] {
    const hourAt = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    const noons = daysFrom('2026-01-01', 366).map((day) => `${day}T12:00:00Z`);
    return noons.flatMap((noon, index) => {
      const next = noons[index + 1] ?? noon;
      const isChange = hourAt.format(Date.parse(noon)) !== hourAt.format(Date.parse(next));
      return isChange ? [new Date(Date.parse(noon) - 2 * 86_400_000).toISOString()] : [];
    });
  }
});
