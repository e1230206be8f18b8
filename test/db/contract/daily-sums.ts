import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDay, storeDay } from '#accounting/daily-sums/build-day.ts';
import { readDays } from '#accounting/daily-sums/read-days.ts';
import type { DaySums } from '#accounting/ledger/daily-sums-store.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { day } from '#kernel/clock.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import { orderStatuses } from '#orders/order.ts';
import { createShop, expectRight, type Step, step, wrongDays } from './counted-shop.ts';
import { createSignal, type OpenContractDatabase } from './harness.ts';
import { noon, sampleOrder } from './samples.ts';

export function describeDailySums(open: OpenContractDatabase): void {
  describe('the sums of days', () => {
    test('are what orders and payments add up to, whatever happens and whenever they are counted', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
          await using opened = await open();
          const { database } = opened;
          const shop = createShop(database);
          for (const each of steps) {
            await shop.take(each);
            await expectRight(database, shop.days());
          }
          expect(await wrongDays(database)).toEqual({ wrong: 0, logged: [] });
        }),
        { numRuns: 12, seed: 20_261_130 },
      );
    }, 120_000);

    test('are right after orders and fees changed while they were counted', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'count' });
      const changes = Array.from({ length: 120 }, (_, index): Step => {
        const order = index % 7;
        if (index % 3 === 0) return { kind: 'figures', which: order, fee: index % 50, asset: 'USD' };
        if (index % 3 === 1) return { kind: 'further', which: order, fee: index % 50, standing: 'further' };
        return { kind: 'change', which: order, status: orderStatuses[index % orderStatuses.length] ?? 'paid' };
      });
      for (let made = 0; made < 7; made += 1) await shop.take({ kind: 'make', hours: made, minor: 100 });
      // The same rows by several at once: who comes second is refused, and tries no more.
      const atOnce = changes.map((each) => shop.take(each).catch(ignoreConflict));
      const counts = Array.from({ length: 10 }, () => shop.take({ kind: 'count' }).catch(ignoreConflict));
      await Promise.all([...atOnce, ...counts]);
      await expectRight(database, shop.days());
      await shop.take({ kind: 'count' });
      await expectRight(database, shop.days());
      expect(await wrongDays(database)).toEqual({ wrong: 0, logged: [] });
    });

    test('are put right where they were counted wrong, and it is said', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'make', hours: 1, minor: 100 });
      await shop.take({ kind: 'figures', which: 0, fee: 5, asset: 'USD' });
      await shop.take({ kind: 'count' });
      const today = shop.today();
      const [stored] = await database.read(({ dailySums }) => dailySums.listDays(today));
      const [[total], [fees]] = [stored?.orders ?? [], stored?.fees ?? []];
      if (stored === undefined || total === undefined || fees === undefined) throw new Error('nothing was counted');
      const wrong: DaySums[] = [
        { ...stored, orders: [{ ...total, count: 2 }] },
        { ...stored, orders: [{ ...total, amountMinor: 1 }] },
        { ...stored, orders: [] },
        { ...stored, fees: [{ ...fees, fee: '0.49' }] },
        { ...stored, fees: [] },
      ];
      for (const each of wrong) {
        await database.transaction(({ dailySums }) => dailySums.saveDay(each));
        expect(await wrongDays(database)).toEqual({ wrong: 1, logged: ['day counted wrong'] });
        await expectRight(database, shop.days());
      }
    });

    test('of a day that is not shown any more are removed, and its orders need no day', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'count' });
      const before = await database.read(({ dailySums }) => dailySums.listBounds());
      await shop.take({ kind: 'wait' });
      await shop.take({ kind: 'make', hours: 24 * 200, minor: 100 });
      await shop.take({ kind: 'count' });
      const after = await database.read(({ dailySums }) => dailySums.listBounds());
      expect(after.map(({ from }) => from)).toEqual(before.map(({ from }) => from + day));
      const left = { from: 0, to: noon * 2, limit: 9 };
      expect(await database.read(({ dailySums }) => dailySums.listUncountedOrders(left))).toEqual([]);
    });

    test('have the fees beside a payment while the payment has some, whatever becomes of them', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'make', hours: 1, minor: 100 });
      await shop.take({ kind: 'count' });
      const own = { kind: 'figures', which: 0, fee: 5, asset: 'USD' } as const;
      const beside = { kind: 'further', which: 0, fee: 3, standing: 'further' } as const;
      const changes: Step[] = [
        ...[own, beside, { ...beside, fee: 4 }, { ...own, fee: null }, own],
        ...[{ ...beside, standing: 'booked' } as const, beside, { ...own, fee: 6 }, { ...own, fee: null }],
      ];
      for (const change of changes) {
        await shop.take(change);
        await expectRight(database, shop.days());
        await shop.take({ kind: 'count' });
        await expectRight(database, shop.days());
      }
    });

    test('do not count what has changed since it was listed', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'make', hours: 1, minor: 100 });
      await shop.take({ kind: 'figures', which: 0, fee: 5, asset: 'USD' });
      const query = { from: 0, to: noon * 2, limit: 9 };
      const list = () =>
        database.read(async ({ dailySums }) => ({
          orders: await dailySums.listUncountedOrders(query),
          fees: await dailySums.listUncountedFees(query),
        }));
      const { orders, fees } = await list();
      await shop.take({ kind: 'change', which: 0, status: 'paid' });
      await shop.take({ kind: 'figures', which: 0, fee: 6, asset: 'USD' });
      const listed = await list();
      expect(listed).toMatchObject({ orders: [{ countedAs: null, status: 'paid' }], fees: [{ counted: [] }] });
      await database.transaction(async ({ dailySums }) => {
        expect(await dailySums.countOrders(orders)).toEqual([]);
        for (const each of fees) expect(await dailySums.countFees(each)).toBe(false);
        expect(await dailySums.countOrders(listed.orders)).toEqual(['order-1']);
        for (const each of listed.fees) expect(await dailySums.countFees(each)).toBe(true);
      });
      expect(await list()).toEqual({ orders: [], fees: [] });
    });

    test('of a day that was built before others were counted are not stored', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'make', hours: 1, minor: 100 });
      const built = await buildDay({ database }, shop.today());
      await shop.take({ kind: 'count' });
      expect(await storeDay({ database }, built)).toBe(false);
      expect(await storeDay({ database }, await buildDay({ database }, shop.today()))).toBe(true);
      await expectRight(database, shop.days());
    });

    test('are read once more when they are counted between two statements', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'count' });
      await shop.take({ kind: 'make', hours: 1, minor: 100 });
      const between = createSignal();
      // Waited for here, outside the read, in which nothing may write.
      const counted = between.given.then(() => shop.take({ kind: 'count' }));
      const read: OpenDatabase['read'] = (work) =>
        database.read((stores) => {
          const listUncountedOrders: typeof stores.dailySums.listUncountedOrders = async (query) => {
            between.give();
            await counted;
            return stores.dailySums.listUncountedOrders(query);
          };
          return work({ ...stores, dailySums: { ...stores.dailySums, listUncountedOrders } });
        });
      const days = await readDays({ database: { read } }, shop.days());
      expect(days.at(-1)?.orders).toMatchObject([{ status: 'awaiting_payment', count: 1, amountMinor: 100 }]);
    });

    test('that are much out of date are not looked at', async () => {
      await using opened = await open();
      const { database } = opened;
      const shop = createShop(database);
      await shop.take({ kind: 'count' });
      await database.transaction(async ({ orders }) => {
        for (let number = 1; number <= 5_001; number += 1) {
          await orders.insertOrder(sampleOrder(number, { createdAt: noon }));
        }
      });
      await expectRight(database, shop.days());
    }, 60_000);
  });
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof ConcurrentChange)) throw error;
}
