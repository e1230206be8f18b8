import { describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { findIn } from '#payments/model/decide-payment.ts';
import { parseExactJson } from '#payments/providers/http/exact-json.ts';
import { type NowPayment, paymentSchema, paymentStatuses } from '#payments/providers/nowpayments/payment.ts';
import { paymentsSnapshot, priceOf } from '#payments/providers/nowpayments/snapshot.ts';
import { fixtureJson } from '../support/fixtures.ts';

const known = { requested: { amount: '25.00', asset: 'USD' }, expiresAt: hour };
const asked = { requestedAmount: '25.00', requestedAsset: 'USD' };

function aPayment(differences: Partial<NowPayment> = {}): NowPayment {
  return {
    payment_id: '1',
    payment_status: 'finished',
    parent_payment_id: null,
    invoice_id: '77',
    pay_currency: 'btc',
    price_amount: '25',
    price_currency: 'usd',
    pay_amount: '0.0005',
    actually_paid: '0.0005',
    order_id: '01900000-0000-7000-8000-000000000002',
    ...differences,
  };
}

const look = (payments: NowPayment[], observedAt = minute) =>
  paymentsSnapshot(payments, { invoiceId: '77', observedAt, known });

function findingOf(payments: NowPayment[], observedAt = minute): string {
  const snapshot = look(payments, observedAt);
  return snapshot === undefined ? 'nothing' : findIn(asked, snapshot);
}

describe('an invoice', () => {
  const findings: Record<(typeof paymentStatuses)[number], [withMoney: string, without: string]> = {
    waiting: ['partial', 'open'],
    confirming: ['processing', 'processing'],
    confirmed: ['processing', 'processing'],
    sending: ['processing', 'processing'],
    finished: ['settled', 'settled'],
    partially_paid: ['late', 'expired'],
    failed: ['failed', 'failed'],
    refunded: ['failed', 'failed'],
    expired: ['late', 'expired'],
    cancelled: ['expired_short', 'cancelled'],
  };
  test.each(paymentStatuses)('whose payment is %s has a finding of its own, with money and without', (status) => {
    const withMoney = findingOf([aPayment({ payment_status: status })]);
    const without = findingOf([aPayment({ payment_status: status, actually_paid: '0' })]);
    expect([withMoney, without]).toEqual(findings[status]);
  });

  test('that failed with money on it names the money, and one that was given back names none', () => {
    const seen = { expected: '0.0005', received: '0.0005', asset: 'BTC' };
    expect(look([aPayment({ payment_status: 'failed' })])).toMatchObject({ state: 'failed', settlement: seen });
    const returned = aPayment({ payment_status: 'refunded' });
    expect(look([returned])).toMatchObject({ state: 'failed', settlement: { ...seen, received: '0' } });
    const deposit = aPayment({ payment_id: '2', parent_payment_id: '1', actually_paid: '0.0001' });
    expect(look([returned, deposit])).toMatchObject({ settlement: { ...seen, received: '0.0001' } });
    const gone = aPayment({ payment_id: '2', parent_payment_id: '1', payment_status: 'refunded' });
    expect(look([aPayment({ payment_status: 'expired', actually_paid: '0' }), gone])).toMatchObject({
      state: 'expired',
      settlement: null,
    });
  });

  test('is settled short or over by what really came', () => {
    expect(findingOf([aPayment({ actually_paid: '0.00049999' })])).toBe('settled_short');
    expect(findingOf([aPayment({ actually_paid: '0.00050001' })])).toBe('settled_over');
    expect(findingOf([aPayment({ payment_status: 'partially_paid', actually_paid: '0.0002' })])).toBe('expired_short');
  });

  test('without any payment is open for its time and for as long as a chosen coin may take, then expired', () => {
    expect(findingOf([], hour + 29 * minute)).toBe('open');
    expect(findingOf([], hour + 31 * minute)).toBe('expired');
    expect(findingOf([aPayment({ payment_status: 'waiting', actually_paid: null })], hour + 31 * minute)).toBe(
      'expired',
    );
  });

  test('is what its furthest payment is: a coin that was chosen first and left does not count', () => {
    const left = aPayment({ payment_id: '0', payment_status: 'expired', actually_paid: '0' });
    expect(findingOf([left, aPayment()])).toBe('settled');
    expect(findingOf([aPayment(), left])).toBe('settled');
    expect(look([left, aPayment()])?.paymentId).toBe('01900000-0000-7000-8000-000000000002');
  });

  test('is never delivered on a deposit beside its payment, whatever that is worth', () => {
    const deposit = aPayment({ payment_id: '2', parent_payment_id: '1', pay_currency: 'trx', price_amount: '1' });
    const waiting = aPayment({ payment_status: 'waiting', actually_paid: '0' });
    expect(findingOf([waiting, deposit])).toBe('expired_short');
    expect(findingOf([deposit])).toBe('expired_short');
    expect(look([aPayment(), deposit])).toMatchObject({
      state: 'confirmed',
      providerStatus: 'finished / deposit 2 of 0.0005 TRX',
      settlement: { received: '0.0005', asset: 'BTC' },
    });
  });

  test('counts a deposit in the same coin by its amount: late when nothing came in time, over when it was paid', () => {
    const deposit = aPayment({ payment_id: '2', parent_payment_id: '1', pay_amount: '0.0001', price_amount: '5' });
    const expired = aPayment({ payment_status: 'expired', actually_paid: '0' });
    const short = aPayment({ payment_status: 'partially_paid', actually_paid: '0.0002' });
    expect(findingOf([expired, deposit])).toBe('late');
    expect(findingOf([expired, { ...deposit, actually_paid: '0.0001' }])).toBe('expired_short');
    expect(findingOf([short, { ...deposit, actually_paid: '0.0003' }])).toBe('late');
    expect(findingOf([short, { ...deposit, actually_paid: '0.0002' }])).toBe('expired_short');
    expect(look([aPayment(), deposit])).toMatchObject({ settlement: { expected: '0.0005', received: '0.001' } });
    expect(findingOf([aPayment(), deposit])).toBe('settled_over');
  });

  test('over another price than we asked for is a mismatch', () => {
    expect(findingOf([aPayment({ price_amount: '24.99' })])).toBe('mismatch');
    expect(findingOf([aPayment({ price_currency: 'eur' })])).toBe('mismatch');
  });

  test('of which nothing is known at all gives nothing', () => {
    expect(paymentsSnapshot([], { invoiceId: '77', observedAt: 0, known: undefined })).toBeUndefined();
  });
});

describe('a payment', () => {
  test('of the documentation is read to its last digit', () => {
    const text = JSON.stringify(fixtureJson('nowpayments/get-payment-response-overpaid.json'));
    const payment = paymentSchema.parse(parseExactJson(text));
    expect(payment).toMatchObject({ payment_id: '5524759814', actually_paid: '180', pay_amount: '165.652609' });
    const snapshot = paymentsSnapshot([payment], { invoiceId: '77', observedAt: 0, known: undefined });
    expect(snapshot).toMatchObject({
      state: 'confirmed',
      requested: { amount: '5.00', asset: 'USD' },
      settlement: { expected: '165.652609', received: '180', asset: 'TRX' },
    });
  });

  test.each([
    ['1e-7', 'btc', { amount: '0.0000001', asset: 'BTC' }],
    ['49.5', 'usd', { amount: '49.50', asset: 'USD' }],
    ['49.505', 'usd', { amount: '49.505', asset: 'USD' }],
    ['1200', 'jpy', { amount: '1200', asset: 'JPY' }],
  ])('priced at %s %s asks for %o', (price_amount, price_currency, price) => {
    expect(priceOf({ price_amount, price_currency })).toEqual(price);
  });
});
