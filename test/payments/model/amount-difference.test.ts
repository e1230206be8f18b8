import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountDifferenceOf } from '#payments/model/amount-difference.ts';
import { aPayment } from '#test/support/builders/payment.ts';

const came = (received: string, expected = '49.00') =>
  aPayment({ expectedAmount: expected, receivedAmount: received, receivedAsset: 'USD' });
const inCoin = (received: string, expected = '0.00053000') =>
  aPayment({
    expectedAmount: expected,
    receivedAmount: received,
    receivedAsset: 'BTC',
    coinExpected: expected,
    coinReceived: received,
    coinAsset: 'BTC',
  });

describe('the amount difference of a payment', () => {
  test('is none while nothing is known, and where exactly as much came', () => {
    expect(amountDifferenceOf(aPayment())).toBeNull();
    expect(amountDifferenceOf(came('49'))).toBeNull();
    expect(amountDifferenceOf(inCoin('0.000530'))).toBeNull();
  });

  test.each([came('1.00', '0'), came('0', '0'), inCoin('0.00010000', '0'), inCoin('0', '0.00')])(
    'is not known while the provider expects nothing, and does not throw',
    (payment) => {
      expect(amountDifferenceOf(payment)).toBeNull();
    },
  );

  test('is exact in fiat where the provider settles in the currency of the order', () => {
    expect(amountDifferenceOf(came('24.50'))).toEqual({ kind: 'missing', fiat: usd(2450), coin: null });
    expect(amountDifferenceOf(came('50.01'))).toEqual({ kind: 'surplus', fiat: usd(101), coin: null });
  });

  test('has the amount in coin beside it where the provider reports it', () => {
    const payment = { ...came('24.50'), coinExpected: '0.00076563', coinReceived: '0.00038281', coinAsset: 'BTC' };
    expect(amountDifferenceOf(payment)).toEqual({
      kind: 'missing',
      fiat: usd(2450),
      coin: { amount: '0.00038282', asset: 'BTC' },
    });
  });

  test('is exact in the coin that is settled in, and its share of the fiat rounds what came down', () => {
    expect(amountDifferenceOf(inCoin('0.00026500'))).toEqual({
      kind: 'missing',
      fiat: usd(2450),
      coin: { amount: '0.000265', asset: 'BTC' },
    });
    expect(amountDifferenceOf(inCoin('0.00052999'))).toEqual({
      kind: 'missing',
      fiat: usd(1),
      coin: { amount: '0.00000001', asset: 'BTC' },
    });
    expect(amountDifferenceOf(inCoin('0.00053001'))).toEqual({
      kind: 'surplus',
      fiat: usd(0),
      coin: { amount: '0.00000001', asset: 'BTC' },
    });
  });

  test('of a sum too large for the ledger is given in coin only', () => {
    expect(amountDifferenceOf(inCoin('90000000000000000.5', '0.5'))).toMatchObject({ kind: 'surplus', fiat: null });
  });

  test('and what came are together what was asked for, to the last unit of the coin', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 18n), fc.bigInt(1n, 10n ** 18n), (expected, received) => {
        const text = (units: bigint) => `${units / 10n ** 8n}.${String(units % 10n ** 8n).padStart(8, '0')}`;
        const gap = amountDifferenceOf(inCoin(text(received), text(expected)));
        const [whole = '0', part = ''] = (gap?.coin?.amount ?? '0').split('.');
        const units = BigInt(whole) * 10n ** 8n + BigInt(part.padEnd(8, '0'));
        expect(gap?.kind === 'surplus' ? expected + units : expected - units).toBe(received);
      }),
    );
  });
});

function usd(amountMinor: number): { amountMinor: number; currency: string } {
  return { amountMinor, currency: 'USD' };
}
