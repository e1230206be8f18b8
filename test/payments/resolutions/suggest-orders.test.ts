import { describe, expect, test } from 'vitest';
import { day, hour } from '#kernel/clock.ts';
import { type Candidate, type StrayPayment, suggestOrders } from '#payments/resolutions/options/suggest-orders.ts';

const at = 1_000 * day;
const stray: StrayPayment = { money: { amount: '49', asset: 'USD' }, label: null, sameAssets: [], at };

function order(number: number, differences: Partial<Candidate['order']> = {}, missingMinor?: number): Candidate {
  return {
    order: {
      number,
      status: 'awaiting_payment',
      amountMinor: 4900,
      currency: 'USD',
      reference: null,
      customerEmail: null,
      createdAt: at,
      ...differences,
    },
    missingMinor: missingMinor ?? differences.amountMinor ?? 4900,
  };
}

const numbers = (payment: StrayPayment, candidates: Candidate[]): number[] =>
  suggestOrders(payment, candidates).map(({ candidate }) => candidate.order.number);

describe('orders for a payment made past us', () => {
  test('are those of the same amount, the nearest in time first, at most three', () => {
    const candidates = [
      order(1, { createdAt: at - 20 * day }),
      order(2, { createdAt: at - 3 * hour }),
      order(3, { createdAt: at + hour / 2 }),
      order(4, { createdAt: at - 5 * day }),
      order(5, { amountMinor: 4901 }, 4901),
    ];
    expect(numbers(stray, candidates)).toEqual([3, 2, 4]);
  });

  test('are found by what is written on it, whatever their amount: number before reference before customer', () => {
    const label = 'Workshop t-1042, ref WEB-77, ann@example.org';
    const other = { amountMinor: 100, createdAt: at - 300 * day };
    const candidates = [
      order(7, { ...other, customerEmail: 'ANN@example.org' }),
      order(8, { ...other, reference: 'web-77' }),
      order(1042, other),
    ];
    const found = suggestOrders({ ...stray, label }, candidates);
    expect(found.map(({ candidate, because }) => [candidate.order.number, because])).toEqual([
      [1042, ['its number is on it']],
      [8, ['its reference is on it']],
      [7, ['its customer is on it']],
    ]);
  });

  test('are not those whose number is only a part of another', () => {
    const far = { amountMinor: 1, createdAt: 0 };
    expect(numbers({ ...stray, label: 'for T-1042' }, [order(104, far), order(42, far)])).toEqual([]);
    expect(numbers({ ...stray, label: 'for XT-1042Y T-1042' }, [order(1042, far)])).toEqual([1042]);
    expect(numbers({ ...stray, label: 'ab' }, [order(1, { ...far, reference: 'ab' })])).toEqual([]);
  });

  test('whose rest is exactly this come before those that are paid', () => {
    const half = { ...stray, money: { amount: '24.50', asset: 'USD' } };
    const found = suggestOrders(half, [order(1, {}, 2450), order(2, { amountMinor: 2450, status: 'paid' }, 0)]);
    expect(found.map(({ candidate, because }) => [candidate.order.number, because[0]])).toEqual([
      [1, 'exactly what is missing'],
      [2, 'the same amount'],
    ]);
  });

  test('are of the same currency, or of the one that the coin stands for', () => {
    expect(numbers({ ...stray, money: { amount: '49', asset: 'EUR' } }, [order(1)])).toEqual([]);
    const coin = { ...stray, money: { amount: '49.00', asset: 'USDC' } };
    expect(numbers(coin, [order(1)])).toEqual([]);
    expect(numbers({ ...coin, sameAssets: ['USDC'] }, [order(1)])).toEqual([1]);
  });

  test('are none that were refunded, and none for being made at the same time alone', () => {
    expect(numbers(stray, [order(1, { status: 'refunded' }), order(2, { status: 'partially_refunded' })])).toEqual([]);
    expect(numbers(stray, [order(3, { amountMinor: 100 }, 100)])).toEqual([]);
  });

  test('are found without amount and time where something is written on it', () => {
    expect(numbers({ money: null, label: 'T-5', sameAssets: [], at: null }, [order(5), order(6)])).toEqual([5]);
  });

  test('of equal points are the younger first', () => {
    const candidates = [order(1, { createdAt: at - 2000 }), order(2, { createdAt: at - 1000 })];
    expect(numbers(stray, candidates)).toEqual([2, 1]);
  });
});
