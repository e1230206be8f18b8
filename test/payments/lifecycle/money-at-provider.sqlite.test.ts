// Money that a provider has, or had, although no payment of it counts: what rings, and what an admin is offered.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { asPaymentId, type PaymentId } from '#kernel/ids.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { markPaid } from '#payments/overrides/mark-paid.ts';
import { getCase } from '#payments/resolutions/options/get-case.ts';
import { aPayment } from '#test/support/builders/payment.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';
import { openRefundKit } from '#test/support/scenario-kits/refund-kit.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.remove());

const dollars = (received: string) => ({ expected: '49.00', received, asset: 'USD' });
const unconfirmed = { state: 'processing', providerStatus: 'Processing', settlement: dollars('49.00') } as const;

async function shown(
  ...snapshots: Partial<PaymentSnapshot>[]
): Promise<{ deps: TestDeps; paymentId: PaymentId; show: (shows: Partial<PaymentSnapshot>) => Promise<void> }> {
  const deps = createTestDeps(opened.database);
  const paymentId = await placeTestOrder(deps);
  const show = async (shows: Partial<PaymentSnapshot>): Promise<void> => {
    deps.clock.advance(minute);
    await showSnapshot(deps, { paymentId, shows });
  };
  for (const shows of snapshots) await show(shows);
  return { deps, paymentId, show };
}

async function casesOf(deps: TestDeps, paymentId: PaymentId) {
  const { cases } = await detailsOf(deps, paymentId);
  return cases.map(({ kind, severity, facts }) => `${severity} ${kind}: ${facts.headline}`);
}

describe('money that is taken back before it was confirmed', () => {
  const doubleSpent = 'warning payment_double_spent: Money seen is gone: double-spent, replaced or given back';

  test('rings, and is no longer shown as received', async () => {
    const { deps, paymentId } = await shown(unconfirmed, { state: 'open', providerStatus: 'New' });
    const { payment, order, cases } = await detailsOf(deps, paymentId);
    expect([order.status, payment.status, payment.receivedAmount]).toEqual(['awaiting_payment', 'created', null]);
    expect(await casesOf(deps, paymentId)).toEqual([doubleSpent]);
    expect(cases[0]?.facts).toMatchObject({ detail: '49.00 USD was seen, nothing of it is left', why: 'New' });
  });

  test('rings where only a part of it is gone', async () => {
    const part = { state: 'open', providerStatus: 'New / PaidPartial', settlement: dollars('10.00') } as const;
    const { deps, paymentId } = await shown({ ...part, settlement: dollars('30.00') }, part);
    const { payment, cases } = await detailsOf(deps, paymentId);
    expect([payment.status, payment.receivedAmount]).toEqual(['pending', '10.00']);
    expect(await casesOf(deps, paymentId)).toEqual([doubleSpent]);
    expect(cases[0]?.facts.detail).toBe('30.00 USD was seen, 10.00 USD of it is left');
  });

  test('is over when the money comes again', async () => {
    const { deps, paymentId, show } = await shown(unconfirmed, { state: 'open' });
    await show(unconfirmed);
    expect(await casesOf(deps, paymentId)).toEqual([]);
    expect((await detailsOf(deps, paymentId)).payment.receivedAmount).toBe('49.00');
  });

  test('rings for an order that was accepted while the money was on its way', async () => {
    const { deps, paymentId, show } = await shown(unconfirmed);
    const { payment } = await detailsOf(deps, paymentId);
    await opened.database.transaction((stores) =>
      stores.payments.changePayment(payment, {
        acceptedAt: 1,
        acceptedBy: 'Ann',
        acceptedReason: 'sure',
        updatedAt: 1,
      }),
    );
    await show({ state: 'open' });
    expect(await casesOf(deps, paymentId)).toEqual([doubleSpent]);
  });

  test('does not ring where what was paid is covered all the same', async () => {
    const over = { state: 'confirmed', settlement: dollars('60.00') } as const;
    const { deps, paymentId } = await shown(over, { ...over, settlement: dollars('49.00') });
    expect(await casesOf(deps, paymentId)).toEqual([]);
  });

  test('is a reversal where it was confirmed, and the card says what is gone', async () => {
    const { deps, paymentId } = await shown({ ...unconfirmed, state: 'confirmed' }, { state: 'open' });
    const { payment, cases } = await detailsOf(deps, paymentId);
    expect([payment.status, payment.receivedAmount]).toEqual(['reversed', '49.00']);
    expect(await casesOf(deps, paymentId)).toEqual(['critical payment_reversed: Payment reversed']);
    expect(cases[0]?.facts.detail).toBe('49.00 USD was received and reversed');
  });

  test('money in another unit than before is not money that is gone', async () => {
    const { deps, paymentId } = await shown(unconfirmed, {
      ...unconfirmed,
      settlement: { expected: '0.00053', received: '0.00053', asset: 'BTC' },
    });
    expect(await casesOf(deps, paymentId)).toEqual([]);
  });
});

describe('a payment that failed with money on it', () => {
  const invalid = { state: 'invalid', providerStatus: 'Invalid', settlement: dollars('49.00') } as const;
  const notConfirmed = 'warning payment_unconfirmed: Payment failed, but its money is there';

  test('rings, holds the order, and counts for nothing', async () => {
    const { deps, paymentId } = await shown(unconfirmed, invalid);
    const { order, payment, cases } = await detailsOf(deps, paymentId);
    expect([order.status, payment.status, payment.capturedMinor]).toEqual(['needs_attention', 'failed', 0]);
    expect(await casesOf(deps, paymentId)).toEqual([notConfirmed]);
    expect(cases[0]?.facts.detail).toBe('49.00 USD of 49.00 USD received, and not confirmed');
  });

  test('also where the provider says so only of what came before', async () => {
    const { deps, paymentId } = await shown(unconfirmed, { state: 'invalid', settlement: null });
    expect(await casesOf(deps, paymentId)).toEqual([notConfirmed]);
  });

  test('also where its amount was never known', async () => {
    const { deps, paymentId } = await shown({ state: 'processing' }, { state: 'invalid', settlement: null });
    expect(await casesOf(deps, paymentId)).toEqual([notConfirmed]);
  });

  test('also where the money comes after it has failed', async () => {
    const { deps, paymentId } = await shown({ state: 'failed' }, { state: 'failed', settlement: dollars('49.00') });
    expect(await casesOf(deps, paymentId)).toEqual([notConfirmed]);
    expect((await detailsOf(deps, paymentId)).order.status).toBe('needs_attention');
  });

  test('is offered to go back and to be accepted before anybody asks for the money again', async () => {
    const kit = await openRefundKit(opened, { shows: invalid });
    const { cases } = await kit.details();
    const details = await getCase(kit.deps, { id: cases[0]?.id ?? '' });
    expect(details?.actions).toEqual(['refund', 'accept', 'check', 'cancel', 'new_link', 'dismiss']);
    expect(details?.returns?.refund).toEqual({ amountMinor: 4900, currency: 'USD' });
  });

  test('goes back when an admin says so, and the order is refunded then', async () => {
    const kit = await openRefundKit(opened, { shows: invalid });
    expect(await kit.ask({ amount: { amountMinor: 4901, currency: 'USD' } })).toMatchObject({ code: 'too_much' });
    expect(await kit.ask()).toMatchObject({ kind: 'requested', refund: { amountMinor: 4900 } });
    await kit.deliver();
    expect(kit.refundProvider.commands).toMatchObject([{ isFull: true, amount: { amount: '49.00', asset: 'USD' } }]);
    const { order, cases, refunds } = await kit.details();
    expect([order.status, refunds[0]?.status, cases]).toEqual(['refunded', 'succeeded', []]);
  });

  test('is over when the provider confirms the money after all', async () => {
    const { deps, paymentId, show } = await shown(unconfirmed, invalid);
    await show({ state: 'confirmed', settlement: dollars('49.00') });
    expect(await casesOf(deps, paymentId)).toEqual([]);
    expect((await detailsOf(deps, paymentId)).order.status).toBe('paid');
  });

  test('stays a case when another link pays the order, and when the order is cancelled', async () => {
    const { deps, paymentId } = await shown(unconfirmed, invalid);
    const { order } = await detailsOf(deps, paymentId);
    const second = asPaymentId(deps.ids.newId());
    await opened.database.transaction((stores) =>
      stores.payments.insertPayment(aPayment({ id: second, orderId: order.id, reference: null })),
    );
    await showSnapshot(deps, { paymentId: second, shows: { state: 'confirmed', settlement: dollars('49.00') } });
    expect((await detailsOf(deps, paymentId)).order.status).toBe('paid');
    expect(await casesOf(deps, paymentId)).toEqual([notConfirmed]);

    const other = await shown(unconfirmed, invalid);
    const actor = { kind: 'admin', id: '42' } as const;
    const { id: orderId } = (await detailsOf(other.deps, other.paymentId)).order;
    expect(await cancelOrder(other.deps, { orderId, actor, reason: null })).toEqual({ kind: 'cancelled' });
    expect(await casesOf(other.deps, other.paymentId)).toEqual([notConfirmed]);
  });

  test('is a case of its own for each link that has such money', async () => {
    const { deps, paymentId } = await shown(unconfirmed, invalid);
    const { order } = await detailsOf(deps, paymentId);
    const second = asPaymentId(deps.ids.newId());
    await opened.database.transaction((stores) =>
      stores.payments.insertPayment(aPayment({ id: second, orderId: order.id, reference: null })),
    );
    await showSnapshot(deps, { paymentId: second, shows: invalid });
    const { cases } = await detailsOf(deps, paymentId);
    expect(cases.map((one) => one.paymentId)).toEqual([paymentId, second]);
  });

  test('is what an admin accepts who marks the order as paid, and not the link that was made after it', async () => {
    const { deps, paymentId } = await shown(unconfirmed, invalid);
    const { order } = await detailsOf(deps, paymentId);
    const second = asPaymentId(deps.ids.newId());
    await opened.database.transaction((stores) =>
      stores.payments.insertPayment(aPayment({ id: second, orderId: order.id, reference: null })),
    );
    const by = { actor: { kind: 'admin', id: '42' }, name: 'Ann' } as const;
    await markPaid(deps, { orderId: order.id, by, reason: 'It is in our wallet' });
    const { payments, cases } = await detailsOf(deps, paymentId);
    expect(payments.filter(({ acceptedBy }) => acceptedBy !== null).map(({ id }) => id)).toEqual([paymentId]);
    expect(cases.map(({ kind }) => kind)).not.toContain('payment_unconfirmed');
  });

  test('is over when an admin accepts it, also past its case', async () => {
    const { deps, paymentId } = await shown(unconfirmed, invalid);
    const by = { actor: { kind: 'admin', id: '42' }, name: 'Ann' } as const;
    const { id: orderId } = (await detailsOf(deps, paymentId)).order;
    await markPaid(deps, { orderId, by, reason: 'It is in our wallet' });
    expect(await casesOf(deps, paymentId)).toEqual([]);
    expect((await detailsOf(deps, paymentId)).order.status).toBe('paid');
  });

  test('is not there any more once the provider has given it back', async () => {
    const given = { ...dollars('49.00'), received: '0' };
    const returned = { state: 'failed', providerStatus: 'refunded', settlement: given } as const;
    const { deps, paymentId, show } = await shown(unconfirmed, invalid);
    await show(returned);
    const { payment, cases } = await detailsOf(deps, paymentId);
    expect([payment.status, payment.receivedAmount]).toEqual(['failed', null]);
    expect(cases.map(({ kind }) => kind)).not.toContain('payment_unconfirmed');
    const confirmed = await shown({ ...unconfirmed, state: 'confirmed' }, returned);
    const reversed = await detailsOf(confirmed.deps, confirmed.paymentId);
    expect(reversed.cases[0]?.facts.detail).toBe('49.00 USD was received and reversed');
  });

  test('a payment that failed without money is a failure, and a new link helps', async () => {
    const { deps, paymentId } = await shown({ state: 'failed' });
    expect(await casesOf(deps, paymentId)).toEqual(['warning payment_failed: Payment failed']);
    expect((await detailsOf(deps, paymentId)).order.status).toBe('awaiting_payment');
  });
});

describe('an order that an admin marks as paid', () => {
  const by = { actor: { kind: 'admin', id: '42' }, name: 'Ann' } as const;

  async function markedWith(...snapshots: Partial<PaymentSnapshot>[]): Promise<string | null | undefined> {
    const { deps, paymentId } = await shown(...snapshots);
    const { order } = await detailsOf(deps, paymentId);
    expect(await markPaid(deps, { orderId: order.id, by, reason: 'She showed it' })).toMatchObject({ kind: 'decided' });
    const cases = await opened.database.read((stores) => stores.cases.listLiveCasesForOrder(order.id));
    return cases.find(({ kind }) => kind === 'order_marked_paid')?.facts.detail;
  }

  test.each([
    ['that was paid late', '49.00', 'BTCPay has the money: Expired / PaidLate.'],
    ['of which a part is there', '20.00', 'BTCPay has 20.00 USD of 49.00 USD: Expired / PaidLate.'],
  ])('%s is told with what its provider says', async (_name, received, detail) => {
    const late = { state: 'expired', providerStatus: 'Expired / PaidLate', isLate: true } as const;
    expect(await markedWith({ ...late, settlement: dollars(received) })).toBe(detail);
  });

  test('without money anywhere is told with a warning', async () => {
    expect(await markedWith({ state: 'open' })).toBe('No provider confirms it.');
  });
});

describe('more than was asked for', () => {
  const paid = (received: string) => ({ state: 'confirmed', settlement: dollars(received) }) as const;
  const twice = 'warning payment_paid_twice: Paid twice on one link';

  test.each(['98.00', '97.50', '150.00'])('%s of 49.00 is paid twice, and rings', async (received) => {
    const { deps, paymentId } = await shown(paid(received));
    expect(await casesOf(deps, paymentId)).toEqual([twice]);
  });

  test('a little too much is an overpayment, and silent', async () => {
    const { deps, paymentId } = await shown(paid('60.00'));
    expect(await casesOf(deps, paymentId)).toEqual(['info payment_overpaid: Payment overpaid']);
  });

  test('a second payment on a link that was overpaid before rings as paid twice', async () => {
    const { deps, paymentId } = await shown(paid('60.00'), paid('109.00'));
    expect(await casesOf(deps, paymentId)).toEqual([twice]);
  });

  test('of what was paid twice the surplus is offered to go back, and never all of it', async () => {
    const kit = await openRefundKit(opened, { received: '98.00' });
    const { cases } = await kit.details();
    const details = await getCase(kit.deps, { id: cases[0]?.id ?? '' });
    expect(details?.actions).toEqual(['refund_surplus', 'keep']);
    expect(details?.returns?.refund_surplus).toEqual({ amountMinor: 4900, currency: 'USD' });
  });
});
