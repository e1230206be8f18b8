import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOrderOf, readDate } from '#payments/providers/payhip/export-dates.ts';

describe('a date', () => {
  const noon = Date.UTC(2026, 10, 2, 12, 30, 5);
  test.each([
    ['2026-11-02T12:30:05Z', noon],
    ['2026-11-02 12:30:05', noon],
    ['2026-11-02T14:30:05+02:00', noon],
    ['2026/11/02 12:30:05', noon],
    [String(noon / 1000), noon],
    [String(noon), noon],
    ['2 Nov 2026, 12:30:05', noon],
    ['Nov 2, 2026 12:30:05 PM', noon],
    ['November 2nd, 2026 at 12:30:05', noon],
    ['Mon, 2 November 2026 12:30:05 UTC', noon],
    ['02.11.2026 12:30:05', noon],
    ['25/12/2026', Date.UTC(2026, 11, 25)],
    ['12/25/2026', Date.UTC(2026, 11, 25)],
    ['Nov 2, 2026 12:05 am', Date.UTC(2026, 10, 2, 0, 5)],
  ])('%s is understood', (text, at) => {
    expect(readDate(text, undefined)).toBe(at);
  });

  test('that may be two is read as another date of the file says, and as neither when none does', () => {
    expect(readDate('02/11/2026', dayOrderOf(['02/11/2026', '25/11/2026']))).toBe(Date.UTC(2026, 10, 2));
    expect(readDate('02/11/2026', dayOrderOf(['02/11/2026', '11/25/2026']))).toBe(Date.UTC(2026, 1, 11));
    expect(dayOrderOf(['02/11/2026', '03/04/2026'])).toBeUndefined();
    expect(dayOrderOf(['25/11/2026', '11/25/2026'])).toBeUndefined();
    expect(readDate('02/11/2026', undefined)).toBeUndefined();
  });

  test.each(['', 'yesterday', '2026-02-30', '31/31/2026', '2026-11-02 25:00', '1/2/3', '02.11.26', '13:00 pm'])(
    '%j is none',
    (text) => {
      expect(readDate(text, 'day_first')).toBeUndefined();
    },
  );

  test('of any day and style comes back', () => {
    const days = fc.integer({ min: Date.UTC(2001, 0, 1) / 86_400_000, max: Date.UTC(2099, 11, 31) / 86_400_000 });
    const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
    fc.assert(
      fc.property(days, (count) => {
        const at = count * 86_400_000;
        const [year = '', month = '', day = ''] = new Date(at).toISOString().slice(0, 10).split('-');
        const name = names[Number(month) - 1] ?? '';
        for (const text of [`${year}-${month}-${day}`, `${Number(day)} ${name} ${year}`, `${name} ${day}, ${year}`]) {
          expect(readDate(text, undefined), text).toBe(at);
        }
        expect(readDate(`${day}/${month}/${year}`, 'day_first')).toBe(at);
        expect(readDate(`${month}/${day}/${year}`, 'month_first')).toBe(at);
      }),
    );
  });

  test('of any text does not make the reader throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readDate(text, 'day_first')).not.toThrow();
      }),
    );
  });
});
