import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currencyIn, dayOrderOf, readAmount, readDate } from '#payments/providers/payhip/export-values.ts';

/** How spreadsheets of the world write whole units and cents. */
const styles: readonly ((whole: string, cents: string) => string)[] = [
  (whole, cents) => `${whole}.${cents}`,
  (whole, cents) => `${whole},${cents}`,
  (whole, cents) => `${grouped(whole, ',')}.${cents}`,
  (whole, cents) => `${grouped(whole, '.')},${cents}`,
  (whole, cents) => `${grouped(whole, ' ')},${cents}`,
  (whole, cents) => `${grouped(whole, '’')}.${cents}`,
  (whole, cents) => `$${grouped(whole, ',')}.${cents}`,
  (whole, cents) => `${grouped(whole, '\u00a0')},${cents} €`,
  (whole, cents) => `USD ${whole}.${cents}`,
  (whole, cents) => `${whole}.${cents} USD`,
  (whole, cents) => ` £ ${whole}.${cents} `,
];

function grouped(whole: string, mark: string): string {
  return whole.replaceAll(/\B(?=(?:\d{3})+$)/g, mark);
}

describe('an amount', () => {
  test('comes back from every way of writing it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999_99 }), fc.constantFrom(...styles), (minor, write) => {
        const whole = String(Math.floor(minor / 100));
        const cents = String(minor % 100).padStart(2, '0');
        expect(readAmount(write(whole, cents), 2)).toBe(minor);
      }),
    );
  });

  test('with a minus, or in the brackets of a bookkeeper, is money that went back', () => {
    for (const text of ['-9.00', '−9.00', '- $9.00', '$-9.00', '(9.00)', '($9.00)']) {
      expect(readAmount(text, 2), text).toBe(-900);
    }
    expect(readAmount('-0.00', 2)).toBe(0);
  });

  test.each([
    ['1,234', 2, 123_400],
    ['1.234', 2, 123_400],
    ['12', 2, 1_200],
    ['1,234,567', 2, 123_456_700],
    ['900', 0, 900],
    ['900.00', 0, 900],
    ['1,234', 0, 1_234],
    ['12.5', 2, 1_250],
    ['9.000', 2, 900_000],
  ])('%s with %i decimals is %i', (text, digits, minor) => {
    expect(readAmount(text, digits)).toBe(minor);
  });

  test.each(['', 'free', '12.345.6', '1,23,456', '0.123', '1.2345', '9.99x', '1e3', '(9.00', '12 months', '1,234.5.6'])(
    '%j is none',
    (text) => {
      expect(readAmount(text, 2)).toBeUndefined();
    },
  );

  test('that may part thousands or decimals of a currency with three of them is none', () => {
    expect(readAmount('1.234', 3)).toBeUndefined();
    expect(readAmount('1.2345', 3)).toBeUndefined();
    expect(readAmount('1,234.500', 3)).toBe(1_234_500);
  });

  test.each([
    ['$12.00', 'USD'],
    ['12,00 €', 'EUR'],
    ['CAD 12.00', 'CAD'],
    ['12.00', undefined],
  ])('%s names %s', (text, currency) => {
    expect(currencyIn(text)).toBe(currency);
  });

  test('no text makes the reader throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readAmount(text, 2)).not.toThrow();
        expect(() => readDate(text, 'day_first')).not.toThrow();
      }),
    );
  });
});

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
});
