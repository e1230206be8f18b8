import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ceilShare,
  compareDecimals,
  currencyDigits,
  floorShare,
  formatMoney,
  isCurrency,
  MoneyInvalid,
  parseMinorCeil,
  parseMoney,
  plainDecimal,
  sumDecimals,
  toDecimal,
  withPlaces,
} from '#kernel/money.ts';

describe('the decimal places of a currency', () => {
  const places: readonly [digits: number, currencies: string][] = [
    [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
    [2, 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SLE SOS SYP YER'],
    [2, 'CHF CRC EUR GBP INR MRU RSD TWD TZS USD UZS VED XCD'],
    [3, 'BHD IQD JOD KWD LYD OMR TND'],
    [4, 'CLF UYW'],
  ];
  test.each(places)('are the %i of ISO 4217, whatever the runtime shows: %s', (digits, currencies) => {
    for (const currency of currencies.split(' ')) {
      expect(isCurrency(currency), currency).toBe(true);
      expect(currencyDigits(currency), currency).toBe(digits);
    }
  });

  test('are known of withdrawn codes, too, so that an amount that was stored stays readable', () => {
    const withdrawn = ['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'XDR', 'XSU', 'ZWL'];
    expect(withdrawn.map(currencyDigits)).toEqual(withdrawn.map(() => 2));
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', '', 'usd', 'XXX', 'XAU'])(
    'are refused of %j, which is none',
    (name) => {
      expect(isCurrency(name)).toBe(false);
      expect(() => currencyDigits(name)).toThrow(MoneyInvalid);
    },
  );
});

describe('a sum that counts as refunded', () => {
  test('is rounded up to a whole unit, and not beyond it', () => {
    expect(parseMinorCeil('10.001', 'USD')).toBe(1001);
    expect(parseMinorCeil('10.00', 'USD')).toBe(1000);
    expect(parseMinorCeil('10.1', 'JPY')).toBe(11);
    expect(parseMinorCeil('1.2341', 'KWD')).toBe(1235);
    expect(ceilShare(4900, { of: '1', in: '3' })).toBe(1634);
    expect(ceilShare(4900, { of: '1', in: '2' })).toBe(2450);
    expect(ceilShare(4900, { of: '0', in: '3' })).toBe(0);
  });
});

describe('fiat money', () => {
  test('has as many places as its currency', () => {
    expect(parseMoney('49.00', 'USD')).toEqual({ amountMinor: 4900, currency: 'USD' });
    expect(parseMoney('500', 'JPY')).toEqual({ amountMinor: 500, currency: 'JPY' });
    expect(parseMoney('1.234', 'BHD')).toEqual({ amountMinor: 1234, currency: 'BHD' });
    expect(currencyDigits('USDC')).toBe(2);
  });

  test.each(['', '-1', '+1', '1e3', ' 1', '1,5', '.5', '5.', '01', '0x10', 'NaN', '1.999', '9999999999999999'])(
    'refuses "%s" as an amount of US dollars',
    (text) => {
      expect(() => parseMoney(text, 'USD')).toThrow(MoneyInvalid);
    },
  );

  test('may have fewer places than its currency', () => {
    expect(parseMoney('12.5', 'USD')).toEqual({ amountMinor: 1_250, currency: 'USD' });
    expect(parseMoney('0', 'KWD')).toEqual({ amountMinor: 0, currency: 'KWD' });
  });

  test('refuses a currency that does not exist', () => {
    expect(() => parseMoney('1.00', 'XXQ')).toThrow(MoneyInvalid);
    expect(() => parseMoney('1.00', 'usd')).toThrow(MoneyInvalid);
  });

  test('survives being written and read again', () => {
    const currencies = fc.constantFrom('USD', 'EUR', 'JPY', 'BHD', 'USDC');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), currencies, (amountMinor, currency) => {
        expect(parseMoney(toDecimal({ amountMinor, currency }), currency)).toEqual({ amountMinor, currency });
      }),
    );
  });

  test('is shown with its currency', () => {
    expect(formatMoney({ amountMinor: 4905, currency: 'EUR' })).toBe('49.05 EUR');
    expect(formatMoney({ amountMinor: 49, currency: 'JPY' })).toBe('49 JPY');
  });
});

describe('decimals', () => {
  test('compare exactly beyond what a float can hold', () => {
    expect(compareDecimals('10000000000000000001', '10000000000000000000')).toBe(1);
    expect(compareDecimals('0.1', '0.10')).toBe(0);
    expect(compareDecimals('0.000000000000000001', '0.000000000000000002')).toBe(-1);
  });

  test('are written out in full from their exponent form', () => {
    expect(plainDecimal('1.699895497e+21')).toBe('1699895497000000000000');
  });

  test('with a hostile exponent are refused', () => {
    expect(() => plainDecimal('1e999999')).toThrow(MoneyInvalid);
  });
});

describe('a share', () => {
  test('is rounded down, also where the quotient would round up to a whole number', () => {
    const nearly = `0.${'9'.repeat(40)}`;
    expect(floorShare(1, { of: nearly, in: '1' })).toBe(0);
    expect(floorShare(3, { of: nearly, in: '1' })).toBe(2);
    expect(ceilShare(1, { of: nearly, in: '1' })).toBe(1);
    expect(floorShare(4_900, { of: '0.5', in: '2' })).toBe(1_225);
    expect(floorShare(4_900, { of: '0.5', in: '0' })).toBe(0);
  });
});

test('amounts that are shown beside each other have as many places as the longest', () => {
  const coins = { asset: 'BTC', beside: ['0.000767', '0.00038350'] };
  expect(withPlaces('0.00038350', coins)).toBe('0.0003835');
  expect(withPlaces('0.000767', coins)).toBe('0.0007670');
  expect(withPlaces('20', { asset: 'USD', beside: ['49', '20'] })).toBe('20.00');
});

test.each([
  ['500', 'JPY', '500'],
  ['500.00', 'JPY', '500'],
  ['5', 'KWD', '5.000'],
  ['499', 'HUF', '499.00'],
  ['1', 'CLF', '1.0000'],
  ['1', 'BTC', '1.00'],
  ['49.000000', 'USDC', '49.00'],
])('%s %s is shown as %s', (amount, asset, shown) => {
  expect(withPlaces(amount, { asset, beside: [amount] })).toBe(shown);
});

describe('a sum of decimals', () => {
  test.each([
    [[], '0'],
    [['49.00'], '49.00'],
    [['49.00', '0.5', '-1'], '48.50'],
    [['0.1', '0.2'], '0.3'],
    [['0.00000001', '20999999.9769'], '20999999.97690001'],
    [['1e-3', '1'], '1.001'],
    [['-0.00', '0'], '0.00'],
    [['-0.30', '0.1'], '-0.20'],
    [['-1.5', '0.25', '1e0'], '-0.25'],
    [['007', '-00.10'], '6.90'],
  ])('of %j is %s', (parts, sum) => {
    expect(sumDecimals(parts)).toBe(sum);
  });

  test.each(['', '.5', '1.', '--1', '1 ', '0x10', '1_0', 'NaN', '1'.repeat(61)])('refuses %j', (text) => {
    expect(() => sumDecimals(['1', text])).toThrow(MoneyInvalid);
  });

  test('is the same in whatever order, and exact where numbers are not', () => {
    const decimal = fc.tuple(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(fc.array(decimal, { maxLength: 12 }), (parts) => {
        const texts = parts.map(([units, places]) => written(units, places));
        const exact = parts.reduce((sum, [units, places]) => sum + units * 10n ** BigInt(12 - places), 0n);
        const sum = sumDecimals(texts);
        expect(compareDecimals(sum, written(exact, 12))).toBe(0);
        expect(sumDecimals(texts.toReversed())).toBe(sum);
      }),
    );
  });

  function written(units: bigint, places: number): string {
    const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
    const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    return units < 0n ? `-${text}` : text;
  }
});
