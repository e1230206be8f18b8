import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asRefundId } from '#kernel/ids.ts';
import { paymentStatuses } from '#payments/model/payment.ts';
import { type Refund, type RefundStatus, refundStatuses } from '#payments/model/refund.ts';
import {
  capturedOf,
  coversRefund,
  hasUnconfirmedMoney,
  receivedMinor,
  receivedTogether,
  returnableOf,
  sumRefunds,
} from '#payments/model/refundable.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { aRefund } from '#test/support/builders/refund.ts';

const keeps = { returnsOddPayments: false };
const came = (received: string, expected = '49.00') => ({
  expectedAmount: expected,
  receivedAmount: received,
  receivedAsset: 'USD',
});

describe('what was captured', () => {
  test('is zero while no money is confirmed', () => {
    const withMoney = paymentStatuses.filter((status) => capturedOf(aPayment({ status, ...came('49.00') }), keeps) > 0);
    expect(withMoney.sort()).toEqual(['overpaid', 'paid', 'paid_late', 'underpaid']);
  });

  test('is the amount received, also when that is less or more than requested', () => {
    expect(capturedOf(aPayment({ status: 'underpaid', ...came('20.00') }), keeps)).toBe(2000);
    expect(capturedOf(aPayment({ status: 'overpaid', ...came('60.50') }), keeps)).toBe(6050);
    expect(capturedOf(aPayment({ status: 'paid' }), keeps)).toBe(4900);
  });

  test('is rounded down, never up, where the provider counts in coins', () => {
    const inCoins = { expectedAmount: '0.00300000', receivedAmount: '0.00199999', receivedAsset: 'BTC' };
    expect(capturedOf(aPayment({ status: 'underpaid', ...inCoins }), keeps)).toBe(3266);
    expect(capturedOf(aPayment({ status: 'underpaid', ...came('20.009') }), keeps)).toBe(2000);
  });

  test('is exactly the price where the provider returns underpayments and surpluses itself', () => {
    const returns = { returnsOddPayments: true };
    expect(capturedOf(aPayment({ status: 'underpaid', ...came('20.00') }), returns)).toBe(0);
    expect(capturedOf(aPayment({ status: 'paid_late', ...came('49.00') }), returns)).toBe(0);
    expect(capturedOf(aPayment({ status: 'overpaid', ...came('60.50') }), returns)).toBe(4900);
  });
});

describe('money that the provider has and does not confirm', () => {
  test('is there only where a failed payment received some', () => {
    expect(hasUnconfirmedMoney(aPayment({ status: 'failed', ...came('0.01') }))).toBe(true);
    expect(hasUnconfirmedMoney(aPayment({ status: 'failed', ...came('0.00') }))).toBe(false);
    expect(hasUnconfirmedMoney(aPayment({ status: 'failed' }))).toBe(false);
    expect(hasUnconfirmedMoney(aPayment({ status: 'paid', ...came('49.00') }))).toBe(false);
  });

  test('may be given back as far as its amount is known, also where the provider returns odd sums by itself', () => {
    const returns = { returnsOddPayments: true };
    expect(returnableOf(aPayment({ status: 'failed', ...came('24.00') }), returns)).toBe(2400);
    expect(returnableOf(aPayment({ status: 'failed', ...came('24.00'), expectedAmount: null }), keeps)).toBe(0);
  });
});

describe('what was received', () => {
  test('is unknown while the amount is, or the amount that it is a share of', () => {
    expect(receivedMinor(aPayment({ ...came('49.00'), receivedAmount: null }))).toBeNull();
    expect(receivedMinor(aPayment({ ...came('49.00'), expectedAmount: null }))).toBeNull();
  });

  test('is unknown where it is larger than any amount, and counts as the price of a paid order alone', () => {
    const beyond = came('99999999999999999.00');
    expect(receivedMinor(aPayment(beyond))).toBeNull();
    expect(capturedOf(aPayment({ status: 'paid', ...beyond }), keeps)).toBe(4900);
    expect(capturedOf(aPayment({ status: 'overpaid', ...beyond }), keeps)).toBe(0);
    expect(capturedOf(aPayment({ status: 'underpaid' }), keeps)).toBe(0);
  });

  test('over all payments of an order leaves out what was taken back, and counts those that brought something', () => {
    const part = came('24.50');
    const payments = [
      aPayment({ status: 'underpaid', ...part }),
      aPayment({ status: 'paid', ...part }),
      aPayment({ status: 'expired', ...came('0.00') }),
      ...(['reversed', 'failed', 'cancelled'] as const).map((status) => aPayment({ status, ...part })),
    ];
    expect(receivedTogether(payments)).toEqual({ amountMinor: 4900, count: 2 });
  });
});

describe('the money for a refund', () => {
  const paid = aPayment({ status: 'paid', ...came('49.00') });
  const refund = aRefund({ id: asRefundId('this'), amountMinor: 4000 });
  const covers = (other: Partial<Refund>): boolean =>
    coversRefund(paid, { refund, refunds: [refund, aRefund({ id: asRefundId('other'), ...other })], ...keeps });

  test('is not taken by the refund itself', () => {
    const sent = { ...refund, sentAt: 1 };
    expect(coversRefund(paid, { refund: sent, refunds: [sent], ...keeps })).toBe(true);
    expect(coversRefund(paid, { refund: { ...refund, amountMinor: 4901 }, refunds: [refund], ...keeps })).toBe(false);
  });

  test('is not taken by another that was not sent yet', () => {
    expect(covers({ status: 'requested', amountMinor: 1000 })).toBe(true);
    expect(covers({ status: 'awaiting_approval', amountMinor: 1000 })).toBe(true);
  });

  test('is taken by another that was sent, or may have moved', () => {
    expect(covers({ status: 'requested', amountMinor: 1000, sentAt: 1 })).toBe(false);
    for (const status of ['unknown', 'pending', 'succeeded'] as const)
      expect(covers({ status, amountMinor: 1000 })).toBe(false);
    expect(covers({ status: 'succeeded', amountMinor: 900 })).toBe(true);
    expect(covers({ status: 'failed', amountMinor: 4900 })).toBe(true);
  });
});

describe('the refundable amount', () => {
  const paid = aPayment({ status: 'paid', ...came('49.00') });
  const refund = (status: RefundStatus, amountMinor: number): Refund => aRefund({ status, amountMinor });

  test('is reduced by every refund that was or may still be made', () => {
    const refunds = [refund('succeeded', 1000), refund('unknown', 500), refund('pending', 300), refund('failed', 4900)];
    expect(sumRefunds(paid, { refunds, ...keeps })).toEqual({
      capturedMinor: 4900,
      refundedMinor: 1000,
      onItsWayMinor: 800,
      refundableMinor: 3100,
    });
  });

  test('and the refunds are together never more than was captured, and never below zero', () => {
    const anyRefund = fc.record({
      status: fc.constantFrom(...refundStatuses),
      amountMinor: fc.integer({ min: 1, max: 9_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyRefund, { maxLength: 8 }),
        fc.integer({ min: 0, max: 20_000 }),
        (parts, receivedMinor) => {
          const received = (receivedMinor / 100).toFixed(2);
          const refunds = parts.map((part, index) => aRefund({ ...part, id: asRefundId(`r-${index}`) }));
          const sums = sumRefunds(aPayment({ status: 'paid', ...came(received) }), { refunds, ...keeps });
          const counted = sums.refundedMinor + sums.onItsWayMinor;
          expect(sums.refundableMinor).toBe(Math.max(0, receivedMinor - counted));
        },
      ),
    );
  });
});
