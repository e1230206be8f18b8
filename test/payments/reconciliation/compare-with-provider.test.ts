import { describe, expect, test } from 'vitest';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { Payment } from '#payments/model/payment.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { compareWithProvider, type Difference } from '#payments/reconciliation/compare-with-provider.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';

const bounds = { oldest: 1_000, newest: 9_000 };

function differences(here: Payment[], there: PaymentSnapshot[]): Difference[] {
  const compared = compareWithProvider({ here, there, ...bounds });
  return compared.flatMap(({ difference }) => (difference === undefined ? [] : [difference]));
}

describe('comparing our payments with a provider', () => {
  test('finds nothing where both say the same', () => {
    const compared = compareWithProvider({ here: [aPayment({ createdAt: 5_000 })], there: [aSnapshot()], ...bounds });
    expect(compared).toMatchObject([{ pair: { kind: 'matched' }, difference: undefined }]);
  });

  test('finds a status that a fetch would change, and says that fetching may update it', () => {
    const there = aSnapshot({ state: 'confirmed', providerStatus: 'Settled' });
    expect(differences([aPayment()], [there])).toMatchObject([
      { kind: 'status', here: 'created', there: 'Settled', mayHeal: true },
    ]);
  });

  test('finds more money for a payment that was overpaid already, and a list without amounts says nothing of it', () => {
    const shown = { state: 'confirmed', providerStatus: 'Settled' } as const;
    const settlement = (received: string) => ({ expected: '49.00', received, asset: 'USD' });
    const there = (received: string) => [aSnapshot({ ...shown, settlement: settlement(received) })];
    const ours = [aPayment({ status: 'overpaid', receivedAmount: '60.00', receivedAsset: 'USD' })];
    expect(differences(ours, there('60'))).toEqual([]);
    expect(differences(ours, there('109.00'))).toMatchObject([{ kind: 'status', here: 'overpaid', mayHeal: true }]);
    expect(differences([aPayment({ ...ours[0], status: 'paid' })], [aSnapshot(shown)])).toEqual([]);
  });

  test('finds another amount and another currency, and leaves them to an admin', () => {
    const amount = aSnapshot({ requested: { amount: '48.99', asset: 'USD' } });
    const currency = aSnapshot({ requested: { amount: '49.00', asset: 'EUR' } });
    expect(differences([aPayment()], [amount])).toMatchObject([
      { kind: 'amount', here: '49.00 USD', there: '48.99 USD', mayHeal: false },
    ]);
    expect(differences([aPayment()], [currency])).toMatchObject([{ kind: 'currency', mayHeal: false }]);
  });

  test('finds that a provider asks for the right amount again, which a fetch applies', () => {
    expect(differences([aPayment({ mismatchedAt: 1 })], [aSnapshot()])).toMatchObject([
      { kind: 'status', here: 'created', mayHeal: true },
    ]);
  });

  test('finds a payment that only the provider knows', () => {
    const foreign = aSnapshot({ reference: asProviderReference('foreign'), createdAt: 5_000 });
    expect(differences([], [foreign])).toMatchObject([{ kind: 'missing_here', reference: 'foreign', payment: null }]);
  });

  test('finds a payment that only we know', () => {
    expect(differences([aPayment({ createdAt: 5_000 })], [])).toMatchObject([
      { kind: 'missing_there', reference: 'XEDvpempoTYJHJTKGDff1Q' },
    ]);
  });

  test('calls nothing missing that is too young, or lies beyond the edge of a list', () => {
    for (const createdAt of [999, 9_001]) {
      expect(differences([aPayment({ createdAt })], [])).toEqual([]);
      expect(differences([], [aSnapshot({ createdAt })])).toEqual([]);
    }
  });

  test('does not call a payment missing that was refused, or whose creation is still searched for', () => {
    const unknown = aPayment({ createdAt: 5_000, reference: null, creation: 'requested' });
    const refused = aPayment({ createdAt: 5_000, reference: null, creation: 'refused', status: 'failed' });
    expect(differences([unknown, refused], [])).toEqual([]);
  });

  test('takes no payment that names none of ours for one whose creation is still searched for', () => {
    const lost = aPayment({ reference: null, creation: 'requested', createdAt: 5_000 });
    const foreign = aSnapshot({ reference: asProviderReference('foreign'), paymentId: null, createdAt: 5_000 });
    expect(differences([lost], [foreign])).toMatchObject([
      { kind: 'missing_here', reference: 'foreign', payment: null },
    ]);
  });

  test('recognises the payment of a create whose answer was lost by our own id', () => {
    const lost = aPayment({ reference: null, creation: 'requested', createdAt: 5_000 });
    const there = aSnapshot({ paymentId: asPaymentId(lost.id), createdAt: 5_000 });
    expect(differences([lost], [there])).toMatchObject([{ kind: 'status', payment: { id: lost.id }, mayHeal: true }]);
  });

  test('finds the second payment that one create made', () => {
    const followed = aPayment({ createdAt: 5_000 });
    const second = aSnapshot({ reference: asProviderReference('second'), paymentId: followed.id, createdAt: 5_000 });
    expect(differences([followed], [aSnapshot(), second])).toMatchObject([
      { kind: 'missing_here', reference: 'second', mayHeal: false },
    ]);
  });
});
