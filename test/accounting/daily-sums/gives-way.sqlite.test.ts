import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daysUpTo } from '#accounting/daily-sums/calendar-days.ts';
import { createCountDays } from '#accounting/daily-sums/count-days.ts';
import { readDays } from '#accounting/daily-sums/read-days.ts';
import { recountDays } from '#accounting/daily-sums/recount-days.ts';
import { dayOf } from '#kernel/calendar.ts';
import { day } from '#kernel/clock.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';
import { noon, sampleOrder } from '../../db/contract/samples.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened.remove());

const clock = createTestClock(noon);
const { signal } = new AbortController();

/** How often others had their turn while the work went on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const others = async (): Promise<void> => {
    for (; !isOver; turns += 1) await nextTurn();
  };
  const rest = others();
  await work();
  isOver = true;
  await rest;
  return turns;
}

test('the days before the first order are not summed up, and one that is not empty is put right', async () => {
  await using empty = await openTestDatabase();
  const count = createCountDays({ ...empty, clock }, { timeZone: 'UTC' });
  expect(await turnsDuring(() => count(signal))).toBeLessThan(5);
  const log = createRecordingLog();
  const recount = () => recountDays({ ...empty, log }, { signal });
  expect(await recount()).toEqual({ recounted: 92, wrong: 0 });
  const [oldest] = await empty.database.read(({ dailySums }) => dailySums.listBounds());
  if (oldest === undefined) throw new Error('no day is stored');
  const orders = [{ status: 'paid', currency: 'USD', count: 1, amountMinor: 100 } as const];
  await empty.database.transaction(({ dailySums }) => dailySums.saveDay({ ...oldest, orders, fees: [] }));
  expect(await recount()).toEqual({ recounted: 92, wrong: 1 });
  expect(await recount()).toEqual({ recounted: 92, wrong: 0 });
});

test('others have their turn between two days that are summed up, also where a day has few orders', async () => {
  const before = sampleOrder(1, { createdAt: noon - 100 * day });
  await opened.database.transaction(({ orders }) => orders.insertOrder(before));
  const days = daysUpTo(dayOf(noon, 'UTC'), { count: 30, timeZone: 'UTC' });
  expect(await turnsDuring(() => readDays(opened, days))).toBeGreaterThan(30);
  await createCountDays({ ...opened, clock }, { timeZone: 'UTC' })(signal);
  expect(await turnsDuring(() => recountDays({ ...opened, log: createRecordingLog() }, { signal }))).toBeGreaterThan(
    90,
  );
  expect(await turnsDuring(() => readDays(opened, days))).toBeLessThan(5);
});
