import { describe, expect, test } from 'vitest';
import {
  type Invoice,
  invoiceSchema,
  invoiceStatuses,
  type PaymentMethod,
} from '#payments/providers/btcpay/invoice.ts';
import { toSnapshot } from '#payments/providers/btcpay/snapshot.ts';
import { exactFixture } from '../support/fixtures.ts';

const settled = exactFixture('btcpay/invoice-settled.CONSTRUCTED.json', invoiceSchema);
const late = exactFixture('btcpay/invoice-expired-paidlate.CONSTRUCTED.json', invoiceSchema);
const partial = exactFixture('btcpay/invoice-expired-paidpartial.CONSTRUCTED.json', invoiceSchema);
const txid = '6c7bd1d3b6f3d3c7e7c0a7b1d1e6c9a2b3f4e5d6c7b8a90123456789abcdef01';

const show = (invoice: Invoice, methods: PaymentMethod[] = []) => toSnapshot(invoice, { observedAt: 5, methods });
const onChain = (differences: Partial<PaymentMethod> = {}): PaymentMethod => ({
  paymentMethodId: 'BTC-CHAIN',
  currency: 'BTC',
  amount: '0.00053000',
  totalPaid: '0.00053000',
  due: '0.00000000',
  payments: [{ id: `${txid}-1` }],
  ...differences,
});

describe('an invoice', () => {
  test('that was settled is confirmed, with amounts in its own currency and the transaction', () => {
    expect(show(settled, [onChain()])).toEqual({
      fees: null,
      coin: { expected: '0.00053', received: '0.00053000', asset: 'BTC' },
      label: 'ord_1001',
      provider: 'btcpay',
      reference: 'XEDvpempoTYJHJTKGDff1Q',
      paymentId: null,
      trust: 'fetched',
      observedAt: 5,
      state: 'confirmed',
      providerStatus: 'Settled',
      requested: { amount: '49.00', asset: 'USD' },
      settlement: { expected: '49.00', received: '49.00', asset: 'USD' },
      isLate: false,
      isMarkedSettled: false,
      checkoutUrl: 'https://btcpay.example.com/i/XEDvpempoTYJHJTKGDff1Q',
      transactionIds: [txid],
      createdAt: 1763065000000,
      expiresAt: 1763065900000,
    });
  });

  test('that the tolerance of the server settled short is short here', () => {
    const short = { ...settled, paidAmount: '48.80' };
    expect(show(short).settlement).toEqual({ expected: '49.00', received: '48.80', asset: 'USD' });
  });

  test('that was paid late is expired and late, and its amounts decide', () => {
    expect(show(late)).toMatchObject({
      state: 'expired',
      isLate: true,
      settlement: { expected: '49.00', received: '49.00' },
    });
    const short = { ...late, paidAmount: '10.00' };
    expect(show(short)).toMatchObject({ isLate: true, settlement: { expected: '49.00', received: '10.00' } });
  });

  test('that expired underpaid shows the amount received', () => {
    expect(show(partial)).toMatchObject({
      state: 'expired',
      providerStatus: 'Expired / PaidPartial',
      settlement: { expected: '49.00', received: '20.00', asset: 'USD' },
    });
  });

  test('that somebody marked settled says so and has no settlement without money', () => {
    const marked = { ...settled, additionalStatus: 'Marked', paidAmount: '0.00' };
    expect(show(marked)).toMatchObject({ state: 'confirmed', isMarkedSettled: true, settlement: null });
  });

  test('that was marked invalid is cancelled, unless money was there', () => {
    const marked = { ...settled, status: 'Invalid', additionalStatus: 'Marked' } as const;
    expect(show({ ...marked, paidAmount: '0.00' }).state).toBe('cancelled');
    expect(show(marked).state).toBe('invalid');
    expect(show({ ...marked, additionalStatus: 'None', paidAmount: '0' }).state).toBe('invalid');
  });

  test('has a state for every status of the documentation', () => {
    const states = invoiceStatuses.map((status) => [status, show({ ...settled, status }).state]);
    expect(Object.fromEntries(states)).toEqual({
      New: 'open',
      Processing: 'processing',
      Settled: 'confirmed',
      Expired: 'expired',
      Invalid: 'invalid',
    });
  });
});

describe('an invoice of a server that does not send paidAmount', () => {
  const old: Invoice = { ...settled, paidAmount: undefined };

  test('settles in the coin that was sent', () => {
    const lightning = onChain({ paymentMethodId: 'BTC-LN', payments: [] });
    expect(show(old, [lightning, onChain()]).settlement).toEqual({
      expected: '0.00053',
      received: '0.00053000',
      asset: 'BTC',
    });
  });

  test('is short by what is due', () => {
    const short = onChain({ totalPaid: '0.00020000', due: '0.00033000' });
    const invoice: Invoice = { ...old, status: 'Expired', additionalStatus: 'PaidPartial' };
    expect(show(invoice, [short]).settlement).toEqual({ expected: '0.00053', received: '0.00020000', asset: 'BTC' });
  });

  test('is over by what is due below zero, or by its amount where due stops at zero', () => {
    const over: Invoice = { ...old, additionalStatus: 'PaidOver' };
    const below = onChain({ totalPaid: '0.00060000', due: '-0.00007000' });
    expect(show(over, [below]).settlement).toMatchObject({ expected: '0.00053', received: '0.00060000' });
    const clamped = onChain({ totalPaid: '0.00060000', due: '0.00000000' });
    expect(show(over, [clamped]).settlement).toMatchObject({ expected: '0.00053000', received: '0.00060000' });
  });

  test('reads the coin from the name of the method before 2.0', () => {
    const method = onChain({ paymentMethodId: undefined, currency: undefined, paymentMethod: 'BTC-LightningNetwork' });
    expect(show(old, [method]).settlement?.asset).toBe('BTC');
  });

  test('goes by the words where there is nothing else, and never guesses a part to be all', () => {
    expect(show(old).settlement).toEqual({ expected: '49.00', received: '49.00', asset: 'USD' });
    const paidLate = { ...old, status: 'Expired', additionalStatus: 'PaidLate' } as const;
    expect(show(paidLate).settlement).toEqual({ expected: '49.00', received: '0', asset: 'USD' });
    expect(show({ ...old, status: 'New' }).settlement).toBeNull();
    expect(show({ ...old, additionalStatus: 'Marked' }).settlement).toBeNull();
  });
});
