import { expect, test } from 'vitest';
import { amountDetail } from '#payments/model/amount-detail.ts';
import { aPayment } from '#test/support/builders/payment.ts';

const underpaid = (received: string, expected: string, currency: string) =>
  amountDetail(
    aPayment({
      status: 'underpaid',
      currency,
      requestedAsset: currency,
      requestedAmount: expected,
      expectedAmount: expected,
      receivedAmount: received,
      receivedAsset: currency,
    }),
  );

test.each([
  ['500', '1200', 'JPY', '500 JPY of 1200 JPY received, 700 JPY is missing'],
  ['500.00', '1200.00', 'KRW', '500 KRW of 1200 KRW received, 700 KRW is missing'],
  ['20', '49', 'USD', '20.00 USD of 49.00 USD received, 29.00 USD is missing'],
  ['1.5', '12', 'KWD', '1.500 KWD of 12.000 KWD received, 10.500 KWD is missing'],
  ['4990', '4990.5', 'HUF', '4990.00 HUF of 4990.50 HUF received, 0.50 HUF is missing'],
])('%s of %s %s is said with the places of the currency', (received, expected, currency, words) => {
  expect(underpaid(received, expected, currency)).toBe(words);
});

test('an expected amount of nothing is said, and does not throw', () => {
  expect(underpaid('20', '0', 'USD')).toBe('20.00 USD of 0.00 USD received, 20.00 USD overpaid');
});
