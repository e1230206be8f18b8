import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, dayBounds, dayOf, readCalendarDay } from '#kernel/calendar.ts';
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
