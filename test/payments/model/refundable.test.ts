import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asRefundId } from '#kernel/ids.ts';
import { paymentStatuses } from '#payments/model/payment.ts';
import { type Refund, type RefundStatus, refundStatuses } from '#payments/model/refund.ts';
import { capturedOf, coversRefund, receivedTogether, returnableOf, sumRefunds } from '#payments/model/refundable.ts';
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

  test('is nothing while the amount of a part or of late money is not known', () => {
    const unknown = { expectedAmount: null, receivedAmount: null };
    for (const status of ['underpaid', 'paid_late', 'overpaid'] as const) {
      expect(capturedOf(aPayment({ status, ...unknown }), keeps)).toBe(0);
    }
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

describe('what was received for an order', () => {
  test('is summed over the payments that brought some, and over no other', () => {
    const none = { expectedAmount: null, receivedAmount: null };
    const payments = [
      aPayment({ status: 'underpaid', ...came('20.00') }),
      aPayment({ status: 'pending', ...came('29.00') }),
      aPayment({ status: 'created', ...none }),
      aPayment({ status: 'expired', ...came('0') }),
    ];
    expect(receivedTogether(payments)).toEqual({ amountMinor: 4900, count: 2 });
  });

  test.each(['reversed', 'failed', 'cancelled'] as const)('leaves out what is on a payment that is %s', (status) => {
    expect(receivedTogether([aPayment({ status, ...came('49.00') })])).toEqual({ amountMinor: 0, count: 0 });
  });
});

describe('what the provider may give back', () => {
  test('is what was captured, or all that lies there unconfirmed', () => {
    expect(returnableOf(aPayment({ status: 'paid', ...came('49.00') }), keeps)).toBe(4900);
    expect(returnableOf(aPayment({ status: 'failed', ...came('20.00') }), keeps)).toBe(2000);
    expect(returnableOf(aPayment({ status: 'failed', ...came('0') }), keeps)).toBe(0);
    expect(returnableOf(aPayment({ status: 'reversed', ...came('49.00') }), keeps)).toBe(0);
  });
});

describe('a refund that is about to be sent', () => {
  const paid = aPayment({ status: 'paid', ...came('49.00') });
  const sending = aRefund({ id: asRefundId('sending'), status: 'requested', sentAt: null, amountMinor: 2000 });
  const beside = (amountMinor: number, differences: Partial<Refund>) => {
    const other = aRefund({ id: asRefundId('other'), sentAt: null, amountMinor, ...differences });
    return coversRefund(paid, { refund: sending, refunds: [sending, other], ...keeps });
  };

  test('is covered to the last cent, and not beyond it', () => {
    expect(beside(2900, { status: 'succeeded' })).toBe(true);
    expect(beside(2901, { status: 'succeeded' })).toBe(false);
  });

  test.each([
    ['succeeded', null, false],
    ['pending', null, false],
    ['unknown', null, false],
    ['requested', 1, false],
    ['requested', null, true],
    ['awaiting_approval', null, true],
    ['failed', 1, true],
    ['cancelled', 1, true],
  ] as const)('beside one of all the money that is %s, sent at %s, is covered: %s', (status, sentAt, isCovered) => {
    expect(beside(4900, { status, sentAt })).toBe(isCovered);
  });
});
