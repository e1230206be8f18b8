import { describe, expect, test } from 'vitest';
import { checkoutSchema, checkoutStatuses, toSnapshot } from '#payments/providers/coinbase/checkout.ts';
import { exactFixture } from '../support/fixtures.ts';

const active = exactFixture('coinbase-business/checkout-active.CONSTRUCTED.json', checkoutSchema);
const paid = exactFixture('coinbase-business/webhook-checkout.payment.success.json', checkoutSchema);
const paymentId = '01a20511-a491-7000-aa0f-178ceb2bab98';

describe('a checkout', () => {
  test('that may be paid is open and has no settlement', () => {
    expect(toSnapshot(active, 5)).toEqual({
      provider: 'coinbase',
      reference: '69163c762331ed43dc64a6ef',
      paymentId: null,
      trust: 'fetched',
      observedAt: 5,
      state: 'open',
      providerStatus: 'ACTIVE',
      requested: { amount: '100.00', asset: 'USDC' },
      settlement: null,
      coin: null,
      label: '12345 · Payment for order #12345',
      fees: null,
      isLate: false,
      isMarkedSettled: false,
      checkoutUrl: 'https://payments.coinbase.com/payment-links/pl_01k9zdrbdeezj98vaqaxrfare0',
      transactionIds: [],
      createdAt: Date.parse('2025-11-13T20:15:49.329Z'),
      expiresAt: Date.parse('2026-12-31T23:59:59Z'),
    });
  });

  test('that was paid is confirmed by what the settlement says, to the cent', () => {
    expect(toSnapshot(paid, 5)).toMatchObject({
      state: 'confirmed',
      settlement: { expected: '100.00', received: '100.00', asset: 'USDC' },
      fees: { fee: '1.25', net: '98.75', asset: 'USDC' },
      transactionIds: ['0x3a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1b'],
    });
    const short = { ...paid, settlement: { totalAmount: '99.99', currency: 'USDC' } };
    expect(toSnapshot(short, 5).settlement).toEqual({ expected: '100.00', received: '99.99', asset: 'USDC' });
  });

  test('that was paid and says nothing of the settlement counts as paid exactly', () => {
    const received = { expected: '100.00', received: '100.00', asset: 'USDC' };
    expect(toSnapshot({ ...paid, settlement: undefined }, 5).settlement).toEqual(received);
    expect(toSnapshot({ ...paid, settlement: { totalAmount: '92.00', currency: 'EUR' } }, 5).settlement).toEqual(
      received,
    );
  });

  test('echoes our payment id, and only one that can be ours', () => {
    expect(toSnapshot({ ...active, metadata: { paymentId } }, 5).paymentId).toBe(paymentId);
    expect(toSnapshot({ ...active, metadata: { paymentId: 'x' } }, 5).paymentId).toBeNull();
    expect(toSnapshot({ ...active, metadata: { paymentId: ['x'] } }, 5).paymentId).toBeNull();
  });

  test('has a state for every status of the documentation', () => {
    const states = checkoutStatuses.map((status) => [status, toSnapshot({ ...active, status }, 5).state]);
    expect(Object.fromEntries(states)).toEqual({
      ACTIVE: 'open',
      PROCESSING: 'processing',
      COMPLETED: 'confirmed',
      PARTIALLY_REFUNDED: 'confirmed',
      REFUNDED: 'confirmed',
      FAILED: 'failed',
      EXPIRED: 'expired',
      DEACTIVATED: 'cancelled',
    });
  });
});
