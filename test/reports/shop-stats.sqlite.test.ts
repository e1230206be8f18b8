import { afterAll, beforeAll, expect, test } from 'vitest';
import { day } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import type { Order } from '#orders/order.ts';
import { shopStats } from '#reports/shop-stats.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';
import { noon, sampleOrder } from '../db/contract/samples.ts';

const clock = createTestClock(noon);
let opened: TestDatabase;

beforeAll(async () => {
  opened = await openTestDatabase();
  const rows: Partial<Order>[] = [
    { createdAt: noon - 1, status: 'paid' },
    { createdAt: noon - 2 * day, status: 'paid', amountMinor: 100 },
    { createdAt: noon - 2 * day, status: 'expired' },
    { createdAt: noon - 3 * day, status: 'paid', currency: 'JPY', amountMinor: 500 },
    { createdAt: noon - 7 * day - 1, status: 'paid' },
    { createdAt: noon + 5, status: 'paid', amountMinor: 1 },
  ];
  await opened.database.transaction(async ({ orders }) => {
    for (const [index, change] of rows.entries()) {
      await orders.insertOrder({ ...sampleOrder(index + 1), id: asOrderId(`order-${index}`), ...change });
    }
  });
});
afterAll(() => opened.remove());

const deps = () => ({ database: opened.database, clock });

test('the days end now, and sums are of a status and a currency', async () => {
  const { from, to, totals, buckets, fees } = await shopStats(deps(), { days: 7 });
  expect([from, to]).toEqual([noon - 7 * day, noon]);
  expect(totals).toEqual([
    { status: 'paid', currency: 'JPY', count: 1, amountMinor: 500 },
    { status: 'expired', currency: 'USD', count: 1, amountMinor: 4_900 },
    { status: 'paid', currency: 'USD', count: 2, amountMinor: 5_000 },
  ]);
  expect(buckets.map(({ bucketStart }) => (noon - bucketStart) / day)).toEqual([3, 2, 2, 1]);
  expect(fees).toEqual([]);
});

test('the days end where a surface says', async () => {
  const { to, totals } = await shopStats(deps(), { days: 7, until: noon + 10 });
  expect(to).toBe(noon + 10);
  expect(totals.find(({ currency, status }) => currency === 'USD' && status === 'paid')?.amountMinor).toBe(5_001);
});
