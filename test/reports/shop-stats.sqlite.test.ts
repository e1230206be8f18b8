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
    { createdAt: noon - 7 * day, status: 'paid' },
    { createdAt: noon + 5, status: 'paid', amountMinor: 1 },
    { createdAt: noon + day, status: 'paid', amountMinor: 20 },
  ];
  await opened.database.transaction(async ({ orders }) => {
    for (const [index, change] of rows.entries()) {
      await orders.insertOrder({ ...sampleOrder(index + 1), id: asOrderId(`order-${index}`), ...change });
    }
  });
});
afterAll(() => opened.remove());

const deps = () => ({ database: opened.database, clock });
const today = noon - (noon % day);

test('the last day is today, and sums are of a status and a currency', async () => {
  const { from, to, totals, days, fees } = await shopStats(deps(), { days: 7, timeZone: 'UTC' });
  expect([from, to]).toEqual([today - 6 * day, today + day]);
  expect(totals.toSorted((a, b) => a.amountMinor - b.amountMinor)).toEqual([
    { status: 'paid', currency: 'JPY', count: 1, amountMinor: 500 },
    { status: 'expired', currency: 'USD', count: 1, amountMinor: 4_900 },
    { status: 'paid', currency: 'USD', count: 3, amountMinor: 5_001 },
  ]);
  expect(days.map(({ orders }) => orders.reduce((sum, { count }) => sum + count, 0))).toEqual([0, 0, 0, 1, 2, 0, 2]);
  expect(fees).toEqual([]);
});

test('days are those of the zone, also where clocks are changed', async () => {
  const at = Date.parse('2026-10-27T12:00:00Z');
  const { from, to, days } = await shopStats(deps(), { days: 7, timeZone: 'Europe/Berlin', at });
  expect([from, to]).toEqual([Date.parse('2026-10-20T22:00:00Z'), Date.parse('2026-10-27T23:00:00Z')]);
  expect(days.map((one) => (one.to - one.from) / 3_600_000)).toEqual([24, 24, 24, 24, 25, 24, 24]);
});

test('the days end with that of a moment, where one is given', async () => {
  const { to, totals } = await shopStats(deps(), { days: 7, timeZone: 'UTC', at: noon + day });
  expect(to).toBe(today + 2 * day);
  expect(totals.find(({ currency, status }) => currency === 'USD' && status === 'paid')?.amountMinor).toBe(5_021);
});
