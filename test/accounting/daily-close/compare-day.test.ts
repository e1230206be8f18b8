import { describe, expect, test } from 'vitest';
import { compareDay } from '#accounting/daily-close/compare-day.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';

const money = (received: string) => ({ expected: '49.00', received, asset: 'USD' });

function differences(payment: Partial<Payment>, snapshot: Partial<PaymentSnapshot>) {
  const known = { expectedAmount: '49.00', receivedAsset: 'USD', createdAt: 5_000 };
  const payments = [aPayment({ ...known, ...payment })];
  return compareDay({ payments, neighbours: [], listed: [aSnapshot(snapshot)], from: 1_000, to: 9_000 }).differences;
}

describe('a payment that counts otherwise here because an admin decided so', () => {
  test('is a decided difference that says accepted', () => {
    const here = { status: 'underpaid', receivedAmount: '20.00', acceptedAt: 6_000 } as const;
    const there = { state: 'expired', providerStatus: 'Expired / PaidPartial', settlement: money('20.00') } as const;
    expect(differences(here, there)).toMatchObject([
      { kind: 'status', here: 'underpaid, accepted', there: 'Expired / PaidPartial', isDecided: true, mayHeal: false },
    ]);
  });

  test('is a decided difference that says held while nobody has decided', () => {
    const here = { status: 'paid', receivedAmount: '49.00', heldAt: 6_000 } as const;
    const there = { state: 'confirmed', providerStatus: 'Settled', settlement: money('49.00') } as const;
    expect(differences(here, there)).toMatchObject([
      { kind: 'status', here: 'paid, held', there: 'Settled', isDecided: true, mayHeal: false },
    ]);
  });

  test('is none where both count it the same', () => {
    const there = { state: 'confirmed', providerStatus: 'Settled', settlement: money('49.00') } as const;
    expect(differences({ status: 'paid', receivedAmount: '49.00' }, there)).toEqual([]);
  });
});
