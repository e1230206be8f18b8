import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currenciesIn, readAmount } from '#payments/providers/payhip/export-amounts.ts';

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
        expect(readAmount(write(whole, cents))?.decimal).toBe(`${whole}.${cents}`);
      }),
    );
  });

  test('with a minus, or in the brackets of a bookkeeper, is money that went back', () => {
    for (const text of ['-9.00', '−9.00', '- $9.00', '$-9.00', '(9.00)', '($9.00)']) {
      expect(readAmount(text)?.decimal, text).toBe('-9.00');
    }
    expect(readAmount('-0.00')?.decimal).toBe('0.00');
  });

  test.each([
    ['1,234', '1234', '1.234'],
    ['1.234', '1234', '1.234'],
    ['9.000', '9000', '9.000'],
    ['12', '12', null],
    ['1,234,567', '1234567', null],
    ['900.00', '900.00', null],
    ['12.5', '12.5', null],
    ['1.2345', '1.2345', null],
    ['0.123', '0.123', null],
    ['1,234.500', '1234.500', null],
    ['007.50', '7.50', null],
  ])('%s is %s, whatever the places of its currency', (text, decimal, asDecimals) => {
    expect(readAmount(text)).toEqual({ decimal, asDecimals });
  });

  test('may stand behind the letters of a dollar', () => {
    for (const text of ['CA$24.00', 'HK$24.00', 'R$ 24.00', '-A$24.00', 'NT$24.00', '￥24.00', 'AUD$24.00']) {
      expect(readAmount(text)?.decimal.replace('-', ''), text).toBe('24.00');
    }
  });

  test.each([
    '',
    'free',
    '12.345.6',
    '1,23,456',
    '9.99x',
    '1e3',
    '(9.00',
    '12 months',
    '1,234.5.6',
    '--9.00',
    '(-9.00)',
  ])('%j is none', (text) => {
    expect(readAmount(text)).toBeUndefined();
  });

  test('of any text does not make the reader throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readAmount(text)).not.toThrow();
        expect(() => currenciesIn(text)).not.toThrow();
      }),
    );
  });
});

describe('a currency', () => {
  test.each([
    ['12,00 €', 'EUR'],
    ['CAD 12.00', 'CAD'],
    ['12.00 CAD', 'CAD'],
    ['CAD$12.00', 'CAD'],
    ['CA$12.00', 'CAD'],
    ['HK$12.00', 'HKD'],
    ['A$12.00', 'AUD'],
    ['NT$12', 'TWD'],
    ['R$ 12,00', 'BRL'],
    ['US$12.00', 'USD'],
    ['-CN¥12.00', 'CNY'],
  ])('is named by %s: %s', (text, currency) => {
    expect(currenciesIn(text)).toEqual([currency]);
  });

  test('is left open by a sign that several share', () => {
    expect(currenciesIn('$12.00')).toEqual(expect.arrayContaining(['USD', 'CAD', 'AUD', 'HKD', 'TWD']));
    expect(currenciesIn('¥1200')).toEqual(['JPY', 'CNY']);
    expect(currenciesIn('￥1200')).toEqual(['JPY', 'CNY']);
    expect(currenciesIn('12.00')).toEqual([]);
  });

  test.each(['Q$12.00', 'C$12.00', 'EUR $12.00', 'USD 12.00 CAD', 'QQQ 12.00', 'CA€12.00', 'constructor$1'])(
    'is none in %s: nothing is guessed',
    (text) => {
      expect(currenciesIn(text.toUpperCase())).toBeUndefined();
    },
  );
});
