import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeDueDays } from '#accounting/daily-close/close-due-days.ts';
import { asRefundId, type PaymentId } from '#kernel/ids.ts';
import type { Refund } from '#payments/model/refund.ts';
import { aRefund } from '#test/support/builders/refund.ts';
import { createFakeRefundProvider } from '#test/support/fakes/refund-provider.ts';
import { type AccountingKit, expired, openAccountingKit, paid } from '#test/support/scenario-kits/accounting-kit.ts';

let kit: AccountingKit;
beforeEach(async () => {
  kit = await openAccountingKit();
});
afterEach(() => kit.opened.remove());

const sum = (count: number, amount: string) => ({ count, amount });

async function addRefund(paymentId: PaymentId, change: Partial<Refund>): Promise<void> {
  await kit.deps.database.transaction(async (stores) => {
    const payment = await stores.payments.findPayment(paymentId);
    if (payment === undefined) throw new Error('it vanished');
    const now = kit.deps.clock.now();
    const ours = { paymentId, orderId: payment.orderId, provider: payment.provider };
    const times = { createdAt: now, updatedAt: now, settledAt: now };
    await stores.refunds.insertRefund(aRefund({ ...ours, ...times, status: 'succeeded', ...change }));
  });
}

describe('a payment of a closed day', () => {
  test('that is paid late changes the sums of the next closing, and its own day stays as it was closed', async () => {
    const late = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(late, expired);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    const [before] = await kit.closings();
    kit.setClock('2026-11-21T11:00:00Z');
    await kit.shows(late, { ...paid, isLate: true, state: 'confirmed' });
    kit.setClock('2026-11-22T05:00:00Z');
    await kit.close();
    expect((await kit.closings())[0]).toEqual(before);
    const { corrections, providers } = await kit.contentOf('2026-11-21');
    expect(corrections).toEqual({
      count: 1,
      list: [
        {
          day: '2026-11-20',
          provider: 'btcpay',
          paymentId: late,
          reference: 'btcpay-1',
          order: 'T-1001',
          changes: [
            { field: 'status', was: 'expired', is: 'paid_late' },
            { field: 'counts as', was: 'unpaid', is: 'odd' },
            { field: 'received', was: null, is: '49.00 USD' },
          ],
        },
      ],
      paidChanges: [],
    });
    expect(providers[0]?.payments).toEqual([]);
  });

  test('that turns out to be paid adds to what counts as paid; one that is reversed takes away', async () => {
    const healed = await kit.order('2026-11-20T09:00:00Z');
    const reversed = await kit.order('2026-11-20T10:00:00Z', { amount: '10.50' });
    const settled = { ...paid, settlement: { expected: '10.50', received: '10.50', asset: 'USD' } };
    await kit.shows(healed, expired);
    await kit.shows(reversed, settled);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    await kit.shows(healed, paid);
    await kit.shows(reversed, { state: 'invalid', providerStatus: 'Invalid' });
    kit.setClock('2026-11-22T05:00:00Z');
    await kit.close();
    const { corrections } = await kit.contentOf('2026-11-21');
    expect(corrections.paidChanges).toEqual([{ provider: 'btcpay', asset: 'USD', count: 0, amount: '38.50' }]);
    kit.setClock('2026-11-23T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-22')).corrections).toEqual({ count: 0, list: [], paidChanges: [] });
  });

  test('that was only fetched or polled is no correction', async () => {
    const payment = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(payment, paid);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    kit.setClock('2026-11-21T09:00:00Z');
    await kit.shows(payment, paid);
    kit.setClock('2026-11-22T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-21')).corrections.count).toBe(0);
  });

  test('is corrected by its own day also after the time zone was changed', async () => {
    const evening = await kit.order('2026-11-20T23:30:00Z');
    await kit.shows(evening, expired);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    await kit.shows(evening, paid);
    kit.setClock('2026-11-22T05:00:00Z');
    await closeDueDays(kit.deps, { timeZone: 'Europe/Berlin', daysMax: 9 });
    expect((await kit.contentOf('2026-11-21')).corrections.list).toMatchObject([{ day: '2026-11-20' }]);
  });

  test('from before the first closing is reported when money comes, and changes no sum', async () => {
    const old = await kit.order('2026-10-01T09:00:00Z');
    await kit.shows(old, paid);
    await kit.order('2026-11-20T09:00:00Z');
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toMatchObject({ closed: 1 });
    await addRefund(old, { amountMinor: 900 });
    kit.setClock('2026-11-22T05:00:00Z');
    await kit.close();
    const { corrections } = await kit.contentOf('2026-11-21');
    expect(corrections.list).toMatchObject([{ day: '2026-10-01', order: 'T-1001' }]);
    expect(corrections.list[0]?.changes).toContainEqual({ field: 'refunded', was: null, is: '9.00 USD' });
    expect(corrections.paidChanges).toEqual([]);
    await addRefund(old, { id: asRefundId('second'), amountMinor: 100 });
    kit.setClock('2026-11-23T05:00:00Z');
    await kit.close();
    expect((await kit.contentOf('2026-11-22')).corrections.list[0]?.changes).toEqual([
      { field: 'refunded', was: '9.00 USD', is: '10.00 USD' },
    ]);
  });
});

describe('a refund', () => {
  test('counts on the day on which it succeeded, and corrects the day of its payment', async () => {
    const payment = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(payment, paid);
    kit.setClock('2026-11-21T05:00:00Z');
    await kit.close();
    kit.setClock('2026-11-21T15:00:00Z');
    const refundProvider = createFakeRefundProvider(kit.deps.clock, { startsAs: 'succeeded' });
    kit.book('btcpay').refunds = refundProvider;
    const { reference } = refundProvider.makeByHand('20.00');
    await addRefund(payment, { amountMinor: 2000, reference });
    kit.setClock('2026-11-22T05:00:00Z');
    expect(await kit.close()).toMatchObject({ unexplained: 0 });
    const { corrections, providers } = await kit.contentOf('2026-11-21');
    expect(providers[0]?.refunds).toEqual([{ currency: 'USD', here: sum(1, '20.00'), there: sum(1, '20.00') }]);
    expect(corrections.list).toMatchObject([
      { day: '2026-11-20', changes: [{ field: 'refunded', was: '0.00 USD', is: '20.00 USD' }] },
    ]);
  });

  test('is counted with every other of its day, however many there are', async () => {
    const payment = await kit.order('2026-11-20T09:00:00Z', { amount: '5000.00' });
    await kit.shows(payment, { ...paid, settlement: { expected: '5000.00', received: '5000.00', asset: 'USD' } });
    const many = 1_001;
    kit.setClock('2026-11-20T15:00:00Z');
    const at = kit.deps.clock.now();
    await kit.deps.database.transaction(async (stores) => {
      const { orderId, provider } = (await stores.payments.findPayment(payment)) ?? {};
      if (orderId === undefined || provider === undefined) throw new Error('it vanished');
      for (let index = 0; index < many; index += 1) {
        const ours = { id: asRefundId(`refund-${index}`), paymentId: payment, orderId, provider, amountMinor: 100 };
        const times = { createdAt: at, updatedAt: at, settledAt: at };
        await stores.refunds.insertRefund(aRefund({ ...ours, ...times, status: 'succeeded', requestKey: null }));
        const settlement = { provider, id: `payout-${index}`, currency: 'USD', amount: '1.00', status: 'paid' };
        const nothing = { from: null, to: null, references: null };
        await stores.fees.saveSettlement({ ...settlement, ...nothing, settledAt: at, readAt: at });
      }
    });
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toMatchObject({ closed: 1 });
    const [ledger] = (await kit.contentOf('2026-11-20')).providers;
    expect(ledger?.refunds).toMatchObject([{ here: sum(many, '1001.00') }]);
    expect(ledger?.settlements).toEqual([{ currency: 'USD', ...sum(many, '1001.00') }]);
  });

  test('that did not succeed at the provider is unexplained', async () => {
    kit.book('btcpay').refunds = createFakeRefundProvider(kit.deps.clock, { startsAs: 'pending' });
    const payment = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(payment, paid);
    await addRefund(payment, { amountMinor: 2000, reference: 'gone' });
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toMatchObject({ closed: 1, unexplained: 1 });
    const { unexplained, providers } = await kit.contentOf('2026-11-20');
    expect(unexplained.list).toMatchObject([{ kind: 'refund', reference: 'gone', there: 'not succeeded' }]);
    expect(providers[0]?.refunds).toEqual([{ currency: 'USD', here: sum(1, '20.00'), there: sum(0, '0') }]);
  });

  test('at a provider that does not report refunds is counted here, and unknown there', async () => {
    const payment = await kit.order('2026-11-20T09:00:00Z');
    await kit.shows(payment, paid);
    await addRefund(payment, { amountMinor: 2000 });
    kit.setClock('2026-11-21T05:00:00Z');
    expect(await kit.close()).toMatchObject({ unexplained: 0 });
    expect((await kit.contentOf('2026-11-20')).providers).toMatchObject([
      {
        refunds: [{ currency: 'USD', here: sum(1, '20.00'), there: null }],
        refundsUnknownWhy: 'BTCPay does not report refunds in this set-up.',
      },
    ]);
  });
});
