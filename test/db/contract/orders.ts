import { describe, expect, test } from 'vitest';
import { ConcurrentChange } from '#kernel/database.ts';
import { asOrderId, asPaymentId, type PaymentId } from '#kernel/ids.ts';
import type { Order } from '#orders/order.ts';
import type { OrderStores } from '#orders/order-store.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleOrder, samplePayment, sampleTimelineEntry } from './samples.ts';

const numbersOf = (orders: readonly Order[]): number[] => orders.map((order) => order.number);

async function insertAll(stores: OrderStores, orders: readonly Order[]): Promise<void> {
  for (const order of orders) await stores.orders.insertOrder(order);
}

export function describeOrders(open: OpenContractDatabase): void {
  describe('orders', () => {
    test('get ascending numbers from 1001 on, none of them twice', async () => {
      await using opened = await open();
      const numbers = await Promise.all(
        Array.from({ length: 20 }, () => opened.database.transaction((stores) => stores.orders.nextOrderNumber())),
      );
      expect(numbers.toSorted((left, right) => left - right)).toEqual(
        Array.from({ length: 20 }, (_, index) => 1_001 + index),
      );
    });

    test('come back as they were stored, by id and by number', async () => {
      await using opened = await open();
      const full = sampleOrder(1, {
        reference: 'cart-9',
        customerEmail: 'ann@example.org',
        customerName: 'Änn',
        redirectUrl: 'https://shop.example/thanks',
        note: 'gift',
        attention: 'why',
        status: 'needs_attention',
        paidAt: noon,
        fulfilledAt: noon,
      });
      const bare = sampleOrder(2, { items: [], metadata: {} });
      await opened.database.transaction((stores) => insertAll(stores, [full, bare]));
      await opened.database.read(async ({ orders }) => {
        expect(await orders.findOrder(full.id)).toEqual(full);
        expect(await orders.findOrderByNumber(2)).toEqual(bare);
        expect(await orders.findOrder(asOrderId('nobody'))).toBeUndefined();
        expect(await orders.findOrderByNumber(3)).toBeUndefined();
      });
    });

    test('refuse a number that is taken and a status that nobody knows', async () => {
      await using opened = await open();
      const { database } = opened;
      await database.transaction((stores) => insertAll(stores, [sampleOrder(1)]));
      const twin = { ...sampleOrder(1), id: asOrderId('twin') };
      await expect(database.transaction((stores) => stores.orders.insertOrder(twin))).rejects.toThrow(/unique/i);
      await expect(opened.raw("update orders set status = 'lost'")).rejects.toThrow(/constraint/i);
    });

    test('change only from the status and version that were expected', async () => {
      await using opened = await open();
      const order = sampleOrder(1);
      await opened.database.transaction(async ({ orders }) => {
        await orders.insertOrder(order);
        const change = { status: 'paid', paidAt: noon + 1, updatedAt: noon + 2, note: 'Paid in cash' } as const;
        const { id } = order;
        await expect(orders.changeOrder({ ...order, status: 'expired' }, change)).rejects.toThrow(ConcurrentChange);
        await expect(orders.changeOrder({ ...order, version: 2 }, change)).rejects.toThrow(ConcurrentChange);
        const changed = await orders.changeOrder(order, change);
        expect(changed).toEqual({ ...order, ...change, version: 2 });
        expect(await orders.findOrder(id)).toEqual(changed);
        const bare = { status: 'fulfilled', updatedAt: noon + 3 } as const;
        expect(await orders.changeOrder(changed, bare)).toEqual({ ...changed, ...bare, version: 3 });
        expect(await orders.findOrder(id)).toEqual({ ...order, ...change, ...bare, version: 3 });
        expect(numbersOf((await orders.searchOrders({ text: 'IN CASH', limit: 5 })).orders)).toEqual([1]);
      });
    });

    test('are listed newest first, by status, page after page', async () => {
      await using opened = await open();
      const sameTime = { createdAt: noon };
      const stored = [
        sampleOrder(1, sameTime),
        sampleOrder(2, sameTime),
        sampleOrder(3, { ...sameTime, status: 'paid' }),
        sampleOrder(4, { createdAt: noon + 1 }),
      ];
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async ({ orders }) => {
        const first = await orders.listOrders({ statuses: null, before: null, limit: 2 });
        expect(numbersOf(first)).toEqual([4, 3]);
        const before = { createdAt: noon, id: 'order-3' };
        expect(numbersOf(await orders.listOrders({ statuses: null, before, limit: 9 }))).toEqual([2, 1]);
        expect(numbersOf(await orders.listOrders({ statuses: ['paid'], before: null, limit: 9 }))).toEqual([3]);
        expect(await orders.listOrders({ statuses: [], before: null, limit: 9 })).toEqual([]);
        const after = { createdAt: noon, id: 'order-1' };
        expect(numbersOf(await orders.listOrders({ statuses: null, before: null, after, limit: 2 }))).toEqual([3, 2]);
        expect(numbersOf(await orders.listOrders({ statuses: null, before: null, after, limit: 9 }))).toEqual([
          4, 3, 2,
        ]);
      });
    });

    test('of several statuses are listed as one list, page after page, forth and back', async () => {
      await using opened = await open();
      const statuses = ['paid', 'expired', 'fulfilled'] as const;
      // Three of each time, so that their ids decide.
      const stored = Array.from({ length: 24 }, (_, index) =>
        sampleOrder(100 + index, { createdAt: noon + Math.floor(index / 3), status: statuses[index % 3] ?? 'paid' }),
      );
      await opened.database.transaction((stores) => insertAll(stores, stored));
      await opened.database.read(async ({ orders }) => {
        const wanted = ['expired', 'paid', 'paid'] as const;
        const newestFirst = stored.filter((order) => order.status !== 'fulfilled').toReversed();
        const all = await orders.listOrders({ statuses: wanted, before: null, limit: 99 });
        expect(numbersOf(all)).toEqual(numbersOf(newestFirst));
        for (const [index, { createdAt, id }] of newestFirst.entries()) {
          const before = await orders.listOrders({ statuses: wanted, before: { createdAt, id }, limit: 4 });
          expect(before).toEqual(newestFirst.slice(index + 1, index + 5));
          const after = await orders.listOrders({ statuses: wanted, before: null, after: { createdAt, id }, limit: 4 });
          expect(after).toEqual(newestFirst.slice(Math.max(index - 4, 0), index));
        }
      });
    });

    test('that nobody paid in time are listed by their expiry', async () => {
      await using opened = await open();
      const stored = [
        sampleOrder(1, { expiresAt: noon }),
        sampleOrder(2, { expiresAt: noon - 1 }),
        sampleOrder(3, { expiresAt: noon + 1 }),
        sampleOrder(4, { expiresAt: noon - 2, status: 'paid' }),
      ];
      const heldUp = sampleOrder(5, { expiresAt: noon - 9 });
      await opened.database.transaction(async (stores) => {
        await insertAll(stores, [...stored, heldUp]);
        await stores.payments.insertPayment(samplePayment(heldUp, { status: 'pending' }));
        const useless = [
          { status: 'failed' },
          { status: 'created', mismatchedAt: noon - 9 },
          { status: 'failed' },
        ] as const;
        for (const [index, order] of stored.entries()) {
          await stores.payments.insertPayment(samplePayment(order, useless[index] ?? { status: 'paid' }));
        }
      });
      await opened.database.read(async ({ orders }) => {
        expect(numbersOf(await orders.listExpiredOrders({ now: noon, limit: 9 }))).toEqual([2, 1]);
        expect(numbersOf(await orders.listExpiredOrders({ now: noon, limit: 1 }))).toEqual([2]);
      });
    });
  });

  describe('a timeline', () => {
    test('is told oldest first, and cut at its old end', async () => {
      await using opened = await open();
      const order = sampleOrder(1);
      const entries = ['a', 'c', 'b'].map((id) => sampleTimelineEntry(order, { id, at: noon }));
      const first = sampleTimelineEntry(order, { id: 'z', at: noon - 1, trust: 'fetched', fromStatus: 'paid' });
      await opened.database.transaction(async (stores) => {
        await stores.orders.insertOrder(order);
        await stores.orders.insertOrder(sampleOrder(2));
        for (const entry of [...entries, first]) await stores.timeline.append(entry);
        await stores.timeline.append(sampleTimelineEntry(sampleOrder(2), { id: 'other' }));
      });
      await opened.database.read(async ({ timeline }) => {
        const all = await timeline.listForOrder({ orderId: order.id, limit: 9 });
        expect(all.map((entry) => entry.id)).toEqual(['z', 'a', 'b', 'c']);
        expect(all[0]).toEqual(first);
        const newest = await timeline.listForOrder({ orderId: order.id, limit: 2 });
        expect(newest.map((entry) => entry.id)).toEqual(['b', 'c']);
        const orderIds = [order.id, sampleOrder(2).id];
        const ofBoth = await timeline.listForOrders({ orderIds, limit: 9 });
        expect(ofBoth.filter(({ orderId }) => orderId === order.id)).toEqual(all);
        expect(ofBoth.map((entry) => entry.id).sort()).toEqual(['a', 'b', 'c', 'other', 'z']);
        expect(await timeline.listForOrders({ orderIds, limit: 4 })).toHaveLength(4);
      });
    });

    test('belongs to an order that exists', async () => {
      await using opened = await open();
      const orphan = sampleTimelineEntry(sampleOrder(404));
      await expect(opened.database.transaction((stores) => stores.timeline.append(orphan))).rejects.toThrow(
        /foreign key/i,
      );
    });
  });

  describe('an idempotency key', () => {
    test('is given once, and the second comer gets the first one’s record', async () => {
      await using opened = await open();
      const { database } = opened;
      const request = (bodyHash: string) => ({ key: 'k', bodyHash, orderId: asOrderId(bodyHash), createdAt: noon });
      const answers = await Promise.all(
        ['one', 'two', 'three'].map((hash) =>
          database.transaction((stores) => stores.idempotency.reserve(request(hash))),
        ),
      );
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
      const stored = await database.read((stores) => stores.idempotency.find('k'));
      expect(stored?.paymentId).toBeNull();
      expect(answers.filter((answer) => answer !== undefined)).toEqual([stored, stored]);
      const [first, second] = [asPaymentId('payment-1'), asPaymentId('payment-2')];
      const answerOf = (paymentId: PaymentId) => ({ paymentId, paymentExpiresAt: paymentId === first ? noon : null });
      for (const paymentId of [first, second]) {
        const keep = { key: 'k', answer: answerOf(paymentId) };
        expect(await database.transaction(({ idempotency }) => idempotency.keepAnswer(keep))).toEqual(answerOf(first));
      }
      expect(await database.read(({ idempotency }) => idempotency.find('k'))).toMatchObject(answerOf(first));
      await database.transaction(async ({ idempotency }) => {
        expect(await idempotency.find('unknown')).toBeUndefined();
        expect(await idempotency.prune({ before: noon, limit: 5 })).toBe(0);
        expect(await idempotency.prune({ before: noon + 1, limit: 5 })).toBe(1);
        expect(await idempotency.find('k')).toBeUndefined();
      });
    });
  });
}
