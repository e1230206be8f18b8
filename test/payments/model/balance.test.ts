import { describe, expect, test } from 'vitest';
import { asPaymentId } from '#kernel/ids.ts';
import { balanceOf, orderEventOf } from '#payments/model/balance.ts';
import { type Payment, type PaymentStatus, paymentStatuses } from '#payments/model/payment.ts';
import { aPayment } from '#test/support/builders/payment.ts';

const order = { amountMinor: 4900 };
const one = (differences: Partial<Payment>): Payment => aPayment({ id: asPaymentId('one'), ...differences });
const two = (differences: Partial<Payment>): Payment => aPayment({ id: asPaymentId('two'), ...differences });
const short = one({ status: 'underpaid', capturedMinor: 2450 });
const rest = two({ status: 'paid', amountMinor: 2450, capturedMinor: 2450 });
const refund = (paymentId: string, amountMinor: number, status: 'succeeded' | 'failed' = 'succeeded') => ({
  paymentId: asPaymentId(paymentId),
  amountMinor,
  status,
});

describe('an order is covered', () => {
  const covering: readonly PaymentStatus[] = ['paid', 'overpaid'];
  test.each(paymentStatuses)('by one payment that is %s only if all of it is there in time', (status) => {
    expect(balanceOf(order, [one({ status })], []).isCovered).toBe(covering.includes(status));
  });

  test.each(paymentStatuses)('by an admin’s acceptance, also while the payment is %s', (status) => {
    const isCovered = status !== 'reversed';
    expect(balanceOf(order, [one({ status, acceptedAt: 1 })], []).isCovered).toBe(isCovered);
  });

  test('by an underpaid payment and the shortfall together, and by neither of them alone', () => {
    expect(balanceOf(order, [short, rest], [])).toEqual({ isCovered: true, moneyMinor: 4900, missingMinor: 0 });
    expect(balanceOf(order, [short], [])).toEqual({ isCovered: false, moneyMinor: 2450, missingMinor: 2450 });
    expect(balanceOf(order, [rest], [])).toEqual({ isCovered: false, moneyMinor: 2450, missingMinor: 2450 });
  });

  test('by two underpaid payments that add up to the amount', () => {
    expect(balanceOf(order, [short, two({ status: 'underpaid', capturedMinor: 2450 })], []).isCovered).toBe(true);
  });

  test('by no single payment that is underpaid, whatever its amount', () => {
    const odd = one({ status: 'underpaid', capturedMinor: 5500 });
    expect(balanceOf(order, [odd], [])).toEqual({ isCovered: false, moneyMinor: 5500, missingMinor: 0 });
  });

  test('by no sum that lacks a cent', () => {
    const almost = two({ status: 'underpaid', capturedMinor: 2449 });
    expect(balanceOf(order, [short, almost], [])).toMatchObject({ isCovered: false, missingMinor: 1 });
  });

  test('by no late or held payment; late money is captured all the same', () => {
    const late = two({ status: 'paid_late', amountMinor: 2450, capturedMinor: 2450 });
    expect(balanceOf(order, [short, late], [])).toEqual({ isCovered: false, moneyMinor: 4900, missingMinor: 0 });
    const held = two({ ...rest, heldAt: 1 });
    expect(balanceOf(order, [short, held], [])).toEqual({ isCovered: false, moneyMinor: 2450, missingMinor: 2450 });
  });

  test('by no money that is or may be refunded; a failed refund counts as not refunded', () => {
    expect(balanceOf(order, [short, rest], [refund('one', 2450)])).toMatchObject({ missingMinor: 2450 });
    expect(balanceOf(order, [short, rest], [refund('one', 2450, 'failed')]).isCovered).toBe(true);
  });

  test('by a full payment still, when a part of it was refunded later', () => {
    expect(balanceOf(order, [one({ status: 'paid' })], [refund('one', 1000)]).isCovered).toBe(true);
  });
});

describe('the order event of a payment', () => {
  const not = { isCovered: false, moneyMinor: 0 };
  const covered = { isCovered: true, moneyMinor: 4900 };
  const heard = (status: PaymentStatus, standings: Partial<Record<'before' | 'after' | 'others', typeof not>> = {}) =>
    orderEventOf({ payment: one({ status }), before: not, after: not, others: not, ...standings });

  test('is its status while it is the only one', () => {
    expect(heard('paid', { after: covered })).toBe('payment_paid');
    expect(heard('underpaid')).toBe('payment_short');
    expect(heard('paid_late')).toBe('payment_late');
    expect(heard('created')).toBeUndefined();
  });

  test('is short for a full payment of a part, and paid for an underpaid one that completes the amount', () => {
    expect(heard('paid')).toBe('payment_short');
    expect(heard('underpaid', { after: covered })).toBe('payment_paid');
  });

  test('is unexpected money when the other payments cover the order already', () => {
    expect(heard('underpaid', { before: covered, after: covered, others: covered })).toBe('payment_short');
    expect(heard('paid', { before: covered, after: covered, others: covered })).toBe('payment_paid');
  });

  test.each(paymentStatuses)('is a reversal when the order is no longer covered with it %s', (status) => {
    expect(heard(status, { before: covered })).toBe('payment_reversed');
  });

  test('is a review where it failed and money that is not confirmed is there', () => {
    const event = { payment: one({ status: 'failed' }), before: not, after: not, others: not };
    expect(orderEventOf({ ...event, isUnconfirmed: true })).toBe('payment_unconfirmed');
    expect(orderEventOf(event)).toBe('payment_failed');
  });

  test('is no reversal when an underpaid payment was completed late', () => {
    expect(heard('paid_late', { before: covered, after: { isCovered: false, moneyMinor: 7800 } })).toBe('payment_late');
  });

  test('is its status while it is held, which says nothing of the sum', () => {
    const held = one({ status: 'paid', heldAt: 1 });
    expect(orderEventOf({ payment: held, before: not, after: not, others: not })).toBe('payment_paid');
  });
});
