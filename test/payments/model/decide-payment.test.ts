import { describe, expect, test } from 'vitest';
import {
  decidePayment,
  type Finding,
  findIn,
  findings,
  nextOnceAccepted,
  nextStatus,
} from '#payments/model/decide-payment.ts';
import { type PaymentStatus, paymentStatuses } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';

type Row = Record<Exclude<Finding, 'mismatch'>, PaymentStatus>;

const neverPaid: Row = {
  open: 'created',
  partial: 'pending',
  processing: 'pending',
  settled: 'paid',
  settled_over: 'overpaid',
  settled_short: 'underpaid',
  late: 'paid_late',
  expired: 'expired',
  expired_short: 'underpaid',
  failed: 'failed',
  cancelled: 'cancelled',
};

const oncePaid: Row = {
  open: 'reversed',
  partial: 'reversed',
  processing: 'reversed',
  settled: 'paid',
  settled_over: 'overpaid',
  settled_short: 'reversed',
  late: 'paid',
  expired: 'reversed',
  expired_short: 'reversed',
  failed: 'reversed',
  cancelled: 'reversed',
};

const table: Record<PaymentStatus, Row> = {
  created: neverPaid,
  pending: neverPaid,
  underpaid: neverPaid,
  paid_late: neverPaid,
  expired: neverPaid,
  failed: neverPaid,
  cancelled: neverPaid,
  paid: oncePaid,
  overpaid: { ...oncePaid, late: 'overpaid' },
  reversed: oncePaid,
};

describe('the life cycle of a payment', () => {
  for (const status of paymentStatuses) {
    for (const finding of findings.filter((candidate) => candidate !== 'mismatch')) {
      test(`${status} and ${finding} give ${table[status][finding]}`, () => {
        expect(nextStatus(status, finding)).toBe(table[status][finding]);
      });
    }
  }
});

const onceTaken: Row = {
  ...oncePaid,
  settled_short: 'underpaid',
  expired_short: 'underpaid',
  late: 'paid_late',
};

const acceptedTable: Record<PaymentStatus, Row> = {
  ...table,
  underpaid: onceTaken,
  paid_late: onceTaken,
  reversed: onceTaken,
};

describe('the life cycle of a payment that an admin accepted as paid', () => {
  for (const status of paymentStatuses) {
    for (const finding of findings.filter((candidate) => candidate !== 'mismatch')) {
      test(`${status} and ${finding} give ${acceptedTable[status][finding]}`, () => {
        expect(nextOnceAccepted(status, finding)).toBe(acceptedTable[status][finding]);
      });
    }
  }
});

const asked = { requestedAmount: '49.00', requestedAsset: 'USD' };
const money = (received: string): PaymentSnapshot['settlement'] => ({ expected: '0.00053', received, asset: 'BTC' });

describe('what a snapshot says', () => {
  const cases: [string, Partial<PaymentSnapshot>, Finding][] = [
    ['an open payment without money', { state: 'open' }, 'open'],
    ['an open payment with a part of the money', { state: 'open', settlement: money('0.0001') }, 'partial'],
    ['an open payment with a received amount of zero', { state: 'open', settlement: money('0') }, 'open'],
    ['the full amount, not confirmed', { state: 'processing', settlement: money('0.00053') }, 'processing'],
    ['the exact amount, confirmed', { state: 'confirmed', settlement: money('0.00053000') }, 'settled'],
    ['one satoshi too little, confirmed', { state: 'confirmed', settlement: money('0.00052999') }, 'settled_short'],
    ['one satoshi too much, confirmed', { state: 'confirmed', settlement: money('0.00053001') }, 'settled_over'],
    [
      'confirmed by hand, whatever came',
      { state: 'confirmed', isMarkedSettled: true, settlement: money('0') },
      'settled',
    ],
    ['confirmed in full after its time', { state: 'confirmed', isLate: true, settlement: money('0.00053') }, 'late'],
    [
      'confirmed short after its time',
      { state: 'confirmed', isLate: true, settlement: money('0.0005') },
      'settled_short',
    ],
    ['confirmed without amounts', { state: 'confirmed', settlement: null }, 'settled'],
    ['expired without money', { state: 'expired' }, 'expired'],
    ['expired with a part', { state: 'expired', settlement: money('0.0001') }, 'expired_short'],
    ['expired with the full amount', { state: 'expired', settlement: money('0.00053') }, 'late'],
    ['expired, late and of unknown amount', { state: 'expired', isLate: true }, 'expired_short'],
    ['a payment error', { state: 'failed' }, 'failed'],
    ['a payment that was not confirmed', { state: 'invalid', settlement: money('0.00053') }, 'failed'],
    ['closed by the merchant', { state: 'cancelled' }, 'cancelled'],
    ['closed by the merchant with money in it', { state: 'cancelled', settlement: money('0.0001') }, 'expired_short'],
    ['another amount than asked for', { state: 'confirmed', requested: { amount: '48.99', asset: 'USD' } }, 'mismatch'],
    ['another asset than asked for', { state: 'confirmed', requested: { amount: '49.00', asset: 'EUR' } }, 'mismatch'],
    ['the same amount written otherwise', { state: 'open', requested: { amount: '49', asset: 'USD' } }, 'open'],
  ];
  test.each(cases)('%s', (_name, snapshot, finding) => {
    expect(findIn(asked, aSnapshot(snapshot))).toBe(finding);
  });
});

describe('a decision', () => {
  const current = { ...asked, status: 'created' as const, evidenceAt: 1_000, acceptedAt: null };

  test('rests on the newest snapshot: an older one changes nothing', () => {
    expect(decidePayment(current, aSnapshot({ state: 'confirmed', observedAt: 999 }))).toEqual({ kind: 'stale' });
  });

  test('names the status before and after', () => {
    const decision = decidePayment(current, aSnapshot({ state: 'confirmed', observedAt: 1_000 }));
    expect(decision).toEqual({ kind: 'changed', finding: 'settled', from: 'created', to: 'paid' });
  });

  test('leaves an accepted underpaid payment unchanged, and notices when its money is reversed', () => {
    const accepted = { ...current, status: 'underpaid' as const, acceptedAt: 900 };
    const short = { observedAt: 2_000, settlement: money('0.0001') };
    expect(decidePayment(accepted, aSnapshot({ ...short, state: 'expired' })).kind).toBe('unchanged');
    expect(decidePayment(accepted, aSnapshot({ ...short, state: 'invalid' }))).toMatchObject({ to: 'reversed' });
    expect(decidePayment({ ...accepted, acceptedAt: null }, aSnapshot({ ...short, state: 'invalid' }))).toMatchObject({
      to: 'failed',
    });
  });

  test('is unchanged when the snapshot says what is known', () => {
    const decision = decidePayment(
      { ...current, status: 'paid' },
      aSnapshot({ state: 'confirmed', observedAt: 2_000 }),
    );
    expect(decision).toEqual({ kind: 'unchanged', finding: 'settled' });
  });

  test('never lets a status rest on another amount than the one asked for', () => {
    const other = aSnapshot({ state: 'confirmed', observedAt: 2_000, requested: { amount: '0.01', asset: 'USD' } });
    for (const status of paymentStatuses) {
      expect(decidePayment({ ...current, status }, other)).toEqual({ kind: 'mismatch' });
    }
  });
});
