import { describe, expect, test } from 'vitest';
import { asPaymentId } from '#kernel/ids.ts';
import { findIn } from '#payments/model/decide-payment.ts';
import {
  type Invoice,
  invoiceAnswerSchema,
  invoiceListSchema,
  invoiceStatuses,
  toSnapshot,
} from '#payments/providers/bitpay/invoice.ts';
import { understood } from '#payments/providers/kit/list-entries.ts';
import { exactFixture } from '../support/fixtures.ts';

const created = exactFixture('bitpay/createInvoiceResponse.json', invoiceAnswerSchema).data;
const cancelled = exactFixture('bitpay/cancelInvoiceSuccessResponse.json', invoiceAnswerSchema).data;
const paid = exactFixture('bitpay/payInvoiceResponse.json', invoiceAnswerSchema).data;
const seen = (differences: Partial<Invoice>): Invoice => ({
  ...created,
  transactionCurrency: 'BTC',
  displayAmountPaid: '0.000100',
  ...differences,
});

describe('an invoice', () => {
  test('that waits is open, asks for its price in the places of the currency, and has no settlement', () => {
    expect(toSnapshot(created, 5)).toMatchObject({
      coin: null,
      fees: null,
      provider: 'bitpay',
      reference: 'G3viJEJgE8Jk2oekSdgT2A',
      paymentId: null,
      state: 'open',
      providerStatus: 'new',
      requested: { amount: '20.00', asset: 'USD' },
      settlement: null,
      checkoutUrl: 'https://bitpay.com/invoice?id=G3viJEJgE8Jk2oekSdgT2A',
      createdAt: 1620733980748,
      expiresAt: 1620734880748,
    });
  });

  test('that is complete settles in the coin that was sent, and names each transaction once', () => {
    expect(toSnapshot(paid, 5)).toMatchObject({
      state: 'confirmed',
      settlement: { expected: '0.000679', received: '0.000679', asset: 'BTC' },
      transactionIds: ['5569bcd139d333a54b75edb84b76156c6c0ee5ae96be085e7bc9124a0c8e2a56'],
    });
  });

  test('of the recorded list is read with all its large numbers', () => {
    const { data } = exactFixture('bitpay/getInvoicesResponse.json', invoiceListSchema);
    expect(understood(data).map((invoice) => toSnapshot(invoice, 5).settlement)).toEqual([
      { expected: '0.007391', received: '0.007445', asset: 'BCH' },
      { expected: '0.007391', received: '0.007445', asset: 'BCH' },
    ]);
  });

  test.each(['constructor', 'toString', '__proto__', 'valueOf'])(
    'in a currency or a coin that is named %s is read, and not computed with',
    (name) => {
      const odd = seen({ currency: name, transactionCurrency: name, paymentDisplayTotals: { BTC: '0.000100' } });
      expect(toSnapshot(odd, 5)).toMatchObject({ requested: { amount: odd.price, asset: name }, settlement: null });
    },
  );

  test('that was cancelled reads cancelled, although its status says expired', () => {
    expect(toSnapshot(cancelled, 5)).toMatchObject({ state: 'cancelled', providerStatus: 'expired / isCancelled' });
  });

  test('that expired underpaid is expired and shows the amount received', () => {
    expect(toSnapshot(seen({ status: 'expired', exceptionStatus: 'paidPartial' }), 5)).toMatchObject({
      state: 'expired',
      providerStatus: 'expired / paidPartial',
      settlement: { expected: '0.000296', received: '0.000100', asset: 'BTC' },
    });
  });

  test('that expired with a part of unknown size is not taken for unpaid', () => {
    const bare = { ...created, status: 'expired', exceptionStatus: 'paidPartial', displayAmountPaid: null } as const;
    const snapshot = toSnapshot(bare, 5);
    expect(snapshot).toMatchObject({ state: 'expired', settlement: null });
    expect(findIn({ requestedAmount: '20.00', requestedAsset: 'USD' }, snapshot)).toBe('expired_short');
  });

  test('whose coin is named by the choice of the buyer alone settles in that coin', () => {
    const chosen = { ...seen({ status: 'confirmed', transactionCurrency: null }), displayAmountPaid: '0.000296' };
    expect(toSnapshot(chosen, 5).settlement).toEqual({ expected: '0.000296', received: '0.000296', asset: 'BTC' });
  });

  test('that was declined is cancelled, unless money was seen', () => {
    expect(toSnapshot({ ...created, status: 'declined' }, 5).state).toBe('cancelled');
    expect(toSnapshot(seen({ status: 'declined' }), 5).state).toBe('invalid');
  });

  test('that was paid late says so', () => {
    expect(toSnapshot(seen({ status: 'expired', exceptionStatus: 'paidLate' }), 5).isLate).toBe(true);
  });

  test('that is confirmed without amounts of coins rests on the word of BitPay', () => {
    const bare = { ...created, status: 'confirmed', paymentDisplayTotals: undefined } as const;
    expect(toSnapshot(bare, 5).settlement).toEqual({ expected: '20.00', received: '20.00', asset: 'USD' });
  });

  test('echoes our payment id, and only one that can be ours', () => {
    const posData = asPaymentId('01a20511-a491-7000-aa0f-178ceb2bab98');
    expect(toSnapshot({ ...created, posData }, 5).paymentId).toBe(posData);
    expect(toSnapshot(created, 5).paymentId).toBeNull();
  });

  test('has a state for every status of the documentation', () => {
    const states = invoiceStatuses.map((status) => [status, toSnapshot({ ...created, status }, 5).state]);
    expect(Object.fromEntries(states)).toEqual({
      new: 'open',
      paid: 'processing',
      confirmed: 'confirmed',
      complete: 'confirmed',
      expired: 'expired',
      invalid: 'invalid',
      declined: 'cancelled',
    });
  });
});
