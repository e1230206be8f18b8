// Counts ahead what /stats shows of the last days. What has changed since the last run is counted into the days that are stored;
// days that are missing, after an update or a change of the time zone, are built, and those that are not shown any more removed.
import { addDays, type CalendarDay, dayOf } from '#kernel/calendar.ts';
import { type Clock, day as dayMs } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { DailySumsStore, DaySums } from '../ledger/daily-sums-store.ts';
import { buildDay, type DailySumsStores, ever, readBeginning, storeDay, storeDays } from './build-day.ts';
import { type DayBounds, daysUpTo, isSameDay } from './calendar-days.ts';
import { type GrowingSums, growSums } from './sums.ts';

export interface CountDeps {
  database: Database<DailySumsStores>;
  clock: Clock;
}

/** As far back as /stats looks, and tomorrow, which then begins with a day that is there. */
const keptDays = 92;
/** Keeps others waiting for some milliseconds. */
const perTransaction = 200;

export type CountDays = (signal: AbortSignal) => Promise<{ counted: number; built: number; removed: number }>;

export function createCountDays(deps: CountDeps, { timeZone }: { timeZone: string }): CountDays {
  /** The last of the days that are known to be stored. */
  let stored: CalendarDay | undefined;

  return async (signal) => {
    const last = addDays(dayOf(deps.clock.now(), timeZone), 1);
    const days = last === stored ? undefined : await compareDays(deps, { last, timeZone });
    if (days !== undefined && days.old.length > 0) await removeDays(deps, days.old);
    let counted = 0;
    for (const count of [countOrders, countFees]) {
      for (let done = perTransaction; done === perTransaction && !signal.aborted; counted += done) {
        done = await count(deps);
      }
    }
    if (days === undefined) return { counted, built: 0, removed: 0 };
    const { empty, others } = await storeEmptyDays(deps, days.missing);
    let built = empty;
    for (const day of others) {
      if (signal.aborted) break;
      if (await storeDay(deps, await buildDay(deps, day))) built += 1;
    }
    if (built === days.missing.length) stored = last;
    return { counted, built, removed: days.old.length };
  };
}

/** The days that are to be stored and are not, the newest first, and those that are and need not be. */
async function compareDays(
  { database }: CountDeps,
  { last, timeZone }: { last: CalendarDay; timeZone: string },
): Promise<{ missing: DayBounds[]; old: DayBounds[] }> {
  const wanted = daysUpTo(last, { count: keptDays, timeZone });
  const there = await database.read(({ dailySums }) => dailySums.listBounds());
  const without = (days: readonly DayBounds[], others: readonly DayBounds[]): DayBounds[] =>
    days.filter((day) => !others.some((other) => isSameDay(day, other)));
  return { missing: without(wanted, there).reverse(), old: without(there, wanted) };
}

/** A shop that begins has none but these, and need not sum up each of them. */
async function storeEmptyDays(
  deps: CountDeps,
  missing: readonly DayBounds[],
): Promise<{ empty: number; others: readonly DayBounds[] }> {
  const { countsMade, emptyUntil } = await readBeginning(deps);
  const days = missing.filter(({ to }) => to <= emptyUntil).map((day) => ({ ...day, orders: [], fees: [] }));
  if (days.length === 0 || !(await storeDays(deps, { countsMade, days }))) return { empty: 0, others: missing };
  return { empty: days.length, others: missing.filter(({ to }) => to > emptyUntil) };
}

function removeDays({ database }: CountDeps, days: readonly DayBounds[]): Promise<void> {
  return database.transaction(async ({ dailySums }) => {
    await dailySums.beginCount();
    await dailySums.removeDays(days.map(({ from }) => from));
  });
}

/** How many had changed, at most those of one transaction. */
async function countOrders({ database }: CountDeps): Promise<number> {
  const first = await database.read(({ dailySums }) => dailySums.listUncountedOrders({ ...ever, limit: 1 }));
  if (first.length === 0) return 0;
  return database.transaction(async ({ dailySums }) => {
    await dailySums.beginCount();
    const listed = await dailySums.listUncountedOrders({ ...ever, limit: perTransaction });
    const counted = new Set(await dailySums.countOrders(listed));
    const changed = listed.filter(({ id }) => counted.has(id));
    await changeDays(dailySums, { changed, change: (sums, order) => sums.correctOrder(order) });
    return listed.length;
  });
}

async function countFees({ database }: CountDeps): Promise<number> {
  const first = await database.read(({ dailySums }) => dailySums.listUncountedFees({ ...ever, limit: 1 }));
  if (first.length === 0) return 0;
  return database.transaction(async ({ dailySums }) => {
    await dailySums.beginCount();
    const listed = await dailySums.listUncountedFees({ ...ever, limit: perTransaction });
    const changed: typeof listed = [];
    for (const one of listed) if (await dailySums.countFees(one)) changed.push(one);
    await changeDays(dailySums, { changed, change: (sums, fees) => sums.correctFees(fees) });
    return listed.length;
  });
}

async function changeDays<Changed extends { createdAt: number }>(
  dailySums: DailySumsStore,
  { changed, change }: { changed: readonly Changed[]; change(sums: GrowingSums, one: Changed): void },
): Promise<void> {
  const days = new Map<number, DaySums>();
  for (const number of new Set(changed.map(({ createdAt }) => Math.floor(createdAt / dayMs)))) {
    const found = await dailySums.listDays({ from: number * dayMs, to: (number + 1) * dayMs });
    for (const day of found) days.set(day.from, day);
  }
  for (const day of days.values()) {
    const { from, to } = day;
    const within = changed.filter(({ createdAt }) => createdAt >= from && createdAt < to);
    if (within.length === 0) continue;
    const sums = growSums(day);
    for (const one of within) change(sums, one);
    await dailySums.saveDay({ from, to, orders: sums.orders(), fees: sums.fees() });
  }
}
