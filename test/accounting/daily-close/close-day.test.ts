import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeDay, type DayFacts, type ProviderDay } from '#accounting/daily-close/close-day.ts';
import { compareDay } from '#accounting/daily-close/compare-day.ts';
import { bookPayment, type Changed, correctionOf, paidChanges } from '#accounting/ledger/booked-payment.ts';
import { contentText } from '#accounting/ledger/chain.ts';
import { groupOf } from '#accounting/ledger/tally.ts';
import { type CalendarDay, readCalendarDay } from '#kernel/calendar.ts';
import { asPaymentId, asProviderReference, asRefundId } from '#kernel/ids.ts';
import { compareDecimals, sumDecimals } from '#kernel/money.ts';
import { type Payment, type PaymentStatus, paymentStatuses } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { aRefund } from '#test/support/builders/refund.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';

const theDay = asDay('2026-11-20');
const [from, to] = [Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 21)];

function asDay(text: string): CalendarDay {
  const day = readCalendarDay(text);
  if (day === undefined) throw new Error(`${text} is no day`);
  return day;
}

const anAmount = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => (cents / 100).toFixed(2));
const aMadePayment = fc
  .record({
    amount: anAmount,
    asset: fc.constantFrom('USD', 'EUR', 'USDC'),
    status: fc.constantFrom(...paymentStatuses),
    fee: fc.option(anAmount),
    isHeld: fc.boolean(),
    isAccepted: fc.boolean(),
    isMade: fc.boolean(),
    createdAt: fc.integer({ min: from, max: to - 1 }),
  })
  .map(({ amount, asset, status, fee, isHeld, isAccepted, isMade, createdAt }) => ({
    requestedAmount: amount,
    requestedAsset: asset,
    status,
    createdAt,
    heldAt: isHeld ? 1 : null,
    acceptedAt: isAccepted ? 1 : null,
    creation: isMade ? ('confirmed' as const) : ('requested' as const),
    ...(fee !== null && { feeAmount: fee, netAmount: amount, figuresAsset: asset }),
  }));

const payments = fc
  .array(aMadePayment, { maxLength: 30 })
  .map((all) =>
    all.map((one, index) =>
      aPayment({ ...one, id: asPaymentId(`payment-${index}`), reference: asProviderReference(`ref-${index}`) }),
    ),
  );

function providerDay(made: readonly Payment[], differences: Partial<ProviderDay> = {}): ProviderDay {
  return {
    provider: 'btcpay',
    payments: made,
    there: { kind: 'unknown', why: 'x' },
    isGivenUp: false,
    refunds: [],
    refundsThere: { kind: 'known', value: new Set() },
    tellsFees: true,
    furtherFees: [],
    settlements: [],
    ...differences,
  };
}

function facts(differences: Partial<DayFacts>): DayFacts {
  return {
    number: 1,
    day: theDay,
    timeZone: 'UTC',
    from,
    to,
    closedAt: to,
    ledgerBeganOn: theDay,
    providers: [],
    differences: [],
    changed: [],
    interventions: [],
    exceptions: [],
    entries: { count: 0, hash: '' },
    notes: [],
    ...differences,
  };
}

describe('what a payment counts as', () => {
  const paid: Record<PaymentStatus, string> = {
    created: 'open',
    pending: 'open',
    paid: 'paid',
    overpaid: 'paid',
    underpaid: 'odd',
    paid_late: 'odd',
    reversed: 'odd',
    expired: 'unpaid',
    failed: 'unpaid',
    cancelled: 'unpaid',
  };

  test.each(paymentStatuses)('%s: by itself, held for review, accepted, and not created at the provider', (status) => {
    const of = (change: Partial<Payment>) => groupOf(aPayment({ status, ...change }));
    expect(of({})).toBe(paid[status]);
    expect(of({ heldAt: 1 })).toBe(paid[status] === 'paid' ? 'odd' : paid[status]);
    expect(of({ acceptedAt: 1, heldAt: 1 })).toBe(status === 'reversed' ? 'odd' : 'paid');
    expect(of({ creation: 'requested' })).toBe('not_made');
  });
});

describe('a closing', () => {
  test('is the same in whatever order its cases came', () => {
    const cases = ['payhip', null, 'btcpay'].flatMap((provider) =>
      ['payment_late', 'amount_odd'].map((kind) => ({ kind, provider, count: 1 })),
    );
    const ordered = ['amount_odd', 'payment_late'].flatMap((kind) =>
      [null, 'btcpay', 'payhip'].map((provider) => ({ kind, provider, count: 1 })),
    );
    expect(closeDay(facts({ exceptions: cases })).exceptions).toEqual(ordered);
    expect(closeDay(facts({ exceptions: cases.toReversed() })).exceptions).toEqual(ordered);
  });

  test('has beside our refunds those of them that the provider shows, and none where it shows nothing', () => {
    const refunds = ['a', 'b'].map((id) => aRefund({ id: asRefundId(id), status: 'succeeded', amountMinor: 1_050 }));
    const linesWhere = (refundsThere: ProviderDay['refundsThere']) =>
      closeDay(facts({ providers: [providerDay([], { refunds, refundsThere })] })).providers[0]?.refunds;
    const here = { count: 2, amount: '21.00' };
    expect(linesWhere({ kind: 'known', value: new Set(['b', 'z']) })).toEqual([
      { currency: 'USD', here, there: { count: 1, amount: '10.50' } },
    ]);
    expect(linesWhere({ kind: 'unknown', why: 'x' })).toEqual([{ currency: 'USD', here, there: null }]);
  });

  test('counts every payment once and sums it exactly, per asset', () => {
    fc.assert(
      fc.property(payments, (made) => {
        const [book] = closeDay(facts({ providers: [providerDay(made)] })).providers;
        const tallies = book?.payments.flatMap(({ here }) => Object.values(here)) ?? [];
        const counted = tallies.reduce((sum, { count }) => sum + count, 0);
        expect(counted + (book?.notMade ?? 0)).toBe(made.length);
        for (const { asset, here, there } of book?.payments ?? []) {
          const own = made.filter((one) => one.requestedAsset === asset && one.creation === 'confirmed');
          const cents = own.reduce((sum, one) => sum + BigInt(one.requestedAmount.replace('.', '')), 0n);
          const sum = sumDecimals(Object.values(here).map(({ amount }) => amount));
          expect(BigInt(sum.replace('.', ''))).toBe(cents);
          expect(there).toBeNull();
        }
        for (const { asset, fee, count } of book?.figures ?? []) {
          const own = made.filter(({ figuresAsset }) => figuresAsset === asset);
          expect({ count, fee }).toEqual({
            count: own.length,
            fee: sumDecimals(own.map((one) => one.feeAmount ?? '0')),
          });
        }
      }),
    );
  });

  test('is the same text in whatever order its payments were loaded', () => {
    const shuffled = payments.chain((made) =>
      fc.record({ made: fc.constant(made), mixed: fc.shuffledSubarray(made, { minLength: made.length }) }),
    );
    fc.assert(
      fc.property(shuffled, ({ made, mixed }) => {
        const write = (some: readonly Payment[]): string => {
          const providers = [providerDay(some), providerDay([], { provider: 'bitpay' })];
          const changed = some.map((payment) => ({ was: null, is: booked(payment) }));
          const difference = (payment: Payment) => ({
            provider: 'btcpay',
            kind: 'status',
            reference: payment.reference,
            paymentId: payment.id,
            order: null,
            here: payment.status,
            there: 'x',
            isExplained: payment.heldAt !== null,
          });
          const differences = some.map(difference);
          return contentText(closeDay(facts({ providers, changed, differences })));
        };
        expect(write(mixed)).toBe(write(made));
      }),
    );
  });

  test('shows equal sums on both sides, and no difference, when the provider’s records match ours', () => {
    fc.assert(
      fc.property(payments, (all) => {
        const made = all.filter(({ heldAt, acceptedAt }) => heldAt === null && acceptedAt === null).map(known);
        const snapshots = made.filter(({ creation }) => creation === 'confirmed').map(shown);
        const compared = compareDay({ payments: made, neighbours: [], listed: snapshots, from, to });
        expect(compared.differences).toEqual([]);
        const day = providerDay(made, { there: { kind: 'known', value: compared.there } });
        const [book] = closeDay(facts({ providers: [day] })).providers;
        for (const { here, there } of book?.payments ?? []) expect(there).toEqual(here);
      }),
    );
  });

  test('lists the first of many differences, and counts them all', () => {
    const difference = { provider: 'btcpay', kind: 'status', paymentId: null, order: null, here: 'a', there: 'b' };
    const differences = Array.from({ length: 999 }, (_, index) => ({
      ...difference,
      reference: `r-${String(index).padStart(3, '0')}`,
      isExplained: false,
    }));
    const { unexplained } = closeDay(facts({ differences: differences.reverse() }));
    expect(unexplained.count).toBe(999);
    expect(unexplained.list).toHaveLength(200);
    expect(unexplained.list[0]?.reference).toBe('r-000');
  });
});

describe('corrections', () => {
  const statuses = fc.array(fc.constantFrom(...paymentStatuses), { minLength: 1, maxLength: 8 });
  const histories = fc.array(fc.record({ amount: anAmount, statuses }), { maxLength: 12 });

  test('added to what was booked, give what counts as paid in the end', () => {
    fc.assert(
      fc.property(histories, (all) => {
        const days = Math.max(0, ...all.map((history) => history.statuses.length));
        const at = (day: number) =>
          all.map(({ amount, statuses: steps }, index) =>
            booked(
              aPayment({
                id: asPaymentId(`payment-${index}`),
                requestedAmount: amount,
                status: steps[Math.min(day, steps.length - 1)] ?? 'created',
              }),
            ),
          );
        const paidOf = (day: number) => at(day).filter(({ group }) => group === 'paid');
        const moves = Array.from({ length: Math.max(0, days - 1) }, (_, day) => {
          const [before, after] = [at(day), at(day + 1)];
          const changed = after.map((is, index): Changed => ({ was: before[index] ?? null, is }));
          return paidChanges(
            changed.filter((one) => correctionOf(one) !== undefined),
            theDay,
          );
        }).flat();
        const amounts = [...paidOf(0), ...moves].map(({ amount }) => amount);
        const expected = sumDecimals(paidOf(days).map(({ amount }) => amount));
        expect(compareDecimals(sumDecimals(amounts), expected)).toBe(0);
        const count = paidOf(0).length + moves.reduce((sum, move) => sum + move.count, 0);
        expect(count).toBe(paidOf(days).length);
      }),
    );
  });

  test('are empty when nothing in the ledger has changed', () => {
    fc.assert(
      fc.property(aMadePayment, (made) => {
        const was = booked(aPayment(made));
        const looked = { version: 9, updatedAt: 9, nextPollAt: 9, evidenceAt: 9, lockedBy: 'x', providerStatus: 'New' };
        expect(correctionOf({ was, is: booked(aPayment({ ...made, ...looked })) })).toBeUndefined();
        expect(paidChanges([{ was, is: was }], theDay)).toEqual([]);
      }),
    );
  });
});

function booked(payment: Payment) {
  return bookPayment({ payment, orderNumber: 1001, day: theDay, refundedMinor: 0 });
}

/** A payment whose amounts are those that its status calls for. */
function known(payment: Payment): Payment {
  return { ...payment, evidenceAt: null, expectedAmount: null, receivedAmount: null };
}

/** What a provider shows that agrees with us. */
function shown(payment: Payment): PaymentSnapshot {
  const { requestedAmount: amount, requestedAsset: asset, status } = payment;
  const settled = (received: string) => ({ expected: amount, received, asset });
  const looks: Record<PaymentStatus, Partial<PaymentSnapshot>> = {
    created: { state: 'open' },
    pending: { state: 'processing' },
    paid: { state: 'confirmed', settlement: settled(amount) },
    overpaid: { state: 'confirmed', settlement: settled('9999999.99') },
    underpaid: { state: 'confirmed', settlement: settled('0.001') },
    paid_late: { state: 'confirmed', isLate: true, settlement: settled(amount) },
    expired: { state: 'expired' },
    failed: { state: 'failed' },
    cancelled: { state: 'cancelled' },
    reversed: { state: 'invalid' },
  };
  const { reference } = payment;
  if (reference === null) throw new Error('it was never made');
  return aSnapshot({ reference, requested: { amount, asset }, createdAt: payment.createdAt, ...looks[status] });
}
