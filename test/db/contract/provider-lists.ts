// What is asked of the stores about one provider as a whole: by the watch over it, by a replay and by an export.
import { describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import type { ReconciliationRun } from '#payments/model/reconciliation.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleEvent, sampleOrder, samplePayment, sampleTimelineEntry } from './samples.ts';

async function insertPair(stores: PaymentStores, number: number, change: Parameters<typeof samplePayment>[1] = {}) {
  const order = sampleOrder(number);
  const payment = samplePayment(order, { reference: asProviderReference(`ref-${number}`), ...change });
  await stores.orders.insertOrder(order);
  await stores.payments.insertPayment(payment);
  return { order, payment };
}

export function describeProviderLists(open: OpenContractDatabase): void {
  describe('the payments of one provider', () => {
    test('that are still asked about are listed whether they are due or not, most overdue first', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        await insertPair(stores, 1, { nextPollAt: noon + hour, lockedUntil: noon + hour, lockedBy: 'somebody' });
        await insertPair(stores, 2, { nextPollAt: noon - hour });
        await insertPair(stores, 3, { nextPollAt: null });
        await insertPair(stores, 4, { nextPollAt: noon, provider: 'bitpay' });
        const asked = await stores.payments.listAskedPayments({ provider: 'btcpay', limit: 9 });
        expect(asked.map(({ reference }) => reference)).toEqual(['ref-2', 'ref-1']);
        expect(await stores.payments.listAskedPayments({ provider: 'btcpay', limit: 1 })).toHaveLength(1);
      });
    });

    test('whose credit is not worked out are listed by their id, page by page', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        const { payment: first } = await insertPair(stores, 1, { capturedMinor: -1 });
        await insertPair(stores, 2, { capturedMinor: 0 });
        const { payment: second } = await insertPair(stores, 3, { capturedMinor: -1 });
        const ids = [first.id, second.id].sort();
        const list = async (after: (typeof ids)[number] | null, limit: number) =>
          (await stores.payments.listUncountedPayments({ after, limit })).map(({ id }) => id);
        expect(await list(null, 9)).toEqual(ids);
        expect(await list(null, 1)).toEqual(ids.slice(0, 1));
        expect(await list(ids[0] ?? null, 9)).toEqual(ids.slice(1));
      });
    });

    const query = {
      provider: 'btcpay',
      made: { from: noon, to: noon + hour },
      moved: { after: noon + minute, until: noon + hour },
      to: null,
      withWebhooks: false,
      limit: 9,
    } as const;

    test('that a look moved are listed once, by when, by what and into what', async () => {
      await using opened = await open();
      await opened.database.transaction(async (stores) => {
        const { order, payment } = await insertPair(stores, 1);
        const { order: second, payment: other } = await insertPair(stores, 2);
        const move = (id: string, change: Partial<TimelineEntry>) =>
          stores.timeline.append(
            sampleTimelineEntry(order, {
              id,
              paymentId: payment.id,
              subject: 'payment',
              causeKind: 'poll',
              at: noon + 2 * minute,
              fromStatus: 'created',
              toStatus: 'paid',
              ...change,
            }),
          );
        const list = (change: Partial<Parameters<typeof stores.payments.listMovedPayments>[0]> = {}) =>
          stores.payments.listMovedPayments({ ...query, ...change });
        await move('too early', { at: noon + minute });
        await move('by hand', { causeKind: 'admin' });
        await move('a note', { subject: 'note' });
        await move('of another', { orderId: second.id, paymentId: other.id, causeKind: 'webhook' });
        expect(await list()).toEqual([]);
        expect(await list({ withWebhooks: true })).toEqual([other.id]);
        await move('the first', {});
        await move('the second', { causeKind: 'reconciliation', at: noon + hour, toStatus: 'overpaid' });
        expect(await list()).toEqual([payment.id]);
        expect(await list({ to: ['overpaid'] })).toEqual([payment.id]);
        expect(await list({ to: ['expired'] })).toEqual([]);
        expect(await list({ made: { from: noon + 2, to: noon + hour } })).toEqual([]);
        expect(await list({ provider: 'bitpay' })).toEqual([]);
        expect(await list({ moved: { after: noon + hour, until: noon + 2 * hour } })).toEqual([]);
        expect(await list({ withWebhooks: true, limit: 1 })).toHaveLength(1);
      });
    });
  });

  describe('the events of one source', () => {
    test('are listed by when they came, page by page, and by type', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ inbox }) => {
        const come = (id: string, receivedAt: number, change: Parameters<typeof sampleEvent>[1] = {}) =>
          inbox.append(sampleEvent(id, { receivedAt, ...change }));
        await come('b', noon, { headers: { 'btcpay-sig': 'sha256=00', 'content-type': 'text/plain' } });
        await come('a', noon);
        await come('c', noon + 1, { eventType: 'InvoiceExpired' });
        await come('d', noon + hour);
        await come('e', noon, { source: 'bitpay' });
        const query = { source: 'btcpay', from: noon, to: noon + hour, eventType: null, after: null, limit: 2 };
        const first = await inbox.listArrivals(query);
        expect(first.map(({ id }) => id)).toEqual(['a', 'b']);
        expect(first.map(({ headers }) => headers)).toEqual([
          null,
          { 'btcpay-sig': 'sha256=00', 'content-type': 'text/plain' },
        ]);
        const second = await inbox.listArrivals({ ...query, after: { receivedAt: noon, id: 'b' } });
        expect(second.map(({ id }) => id)).toEqual(['c']);
        expect(await inbox.listArrivals({ ...query, eventType: 'InvoiceExpired' })).toMatchObject([{ id: 'c' }]);
        expect(await inbox.listArrivals({ ...query, from: noon + 2, to: noon + 3 })).toEqual([]);
      });
    });

    test('are counted by what they are about, and the last one of all is told', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ inbox }) => {
        const window = { source: 'btcpay', from: noon, to: noon + hour };
        expect(await inbox.countArrivals(window)).toBe(0);
        expect(await inbox.listLastArrivals(['btcpay'])).toEqual(new Map());
        await inbox.append(sampleEvent('a', { receivedAt: noon, reference: 'one' }));
        await inbox.append(sampleEvent('b', { receivedAt: noon + 1, reference: 'one' }));
        await inbox.append(sampleEvent('c', { receivedAt: noon + 2, reference: 'two' }));
        await inbox.append(sampleEvent('d', { receivedAt: noon + 3 * hour, reference: 'three' }));
        await inbox.append(sampleEvent('e', { receivedAt: noon, reference: 'four', source: 'bitpay' }));
        expect(await inbox.countArrivals(window)).toBe(2);
        const last = new Map([
          ['btcpay', noon + 3 * hour],
          ['bitpay', noon],
        ]);
        expect(await inbox.listLastArrivals(['btcpay', 'payhip', 'bitpay'])).toEqual(last);
      });
    });
  });

  test('the reconciliations of one provider are listed oldest first, page by page', async () => {
    await using opened = await open();
    await opened.database.transaction(async ({ reconciliation }) => {
      const run = (id: string, change: Partial<ReconciliationRun> = {}) =>
        reconciliation.insertRun({
          id,
          provider: 'btcpay',
          status: 'finished',
          windowFrom: noon,
          windowTo: noon,
          startedAt: noon,
          finishedAt: noon,
          takenUpAt: null,
          startedBy: 'reconcile',
          comparedCount: 0,
          matchedCount: 0,
          healedCount: 0,
          openCount: 0,
          error: null,
          ...change,
        });
      await run('b');
      await run('a');
      await run('c', { startedAt: noon + 1 });
      await run('d', { provider: 'bitpay' });
      const first = await reconciliation.listRunsOf({ provider: 'btcpay', after: null, limit: 2 });
      expect(first.map(({ id }) => id)).toEqual(['a', 'b']);
      const after = { startedAt: noon, id: 'b' };
      const second = await reconciliation.listRunsOf({ provider: 'btcpay', after, limit: 2 });
      expect(second.map(({ id }) => id)).toEqual(['c']);
    });
  });
}
