// The sums of days as they are at this moment: those that are counted ahead, corrected by what has changed since. A day that is
// not counted, because the shop has just been updated or its time zone was changed, is summed up from its orders, in steps.
import { totalFees } from '../fees/total-fees.ts';
import type { DailySumsStore, DaySums } from '../ledger/daily-sums-store.ts';
import { type ReadDays, walkOrderFigures } from './build-day.ts';
import { type DayBounds, isSameDay } from './calendar-days.ts';
import { growSums } from './sums.ts';

/** The job counts every few seconds. While more has changed than this, the days are summed up without it. */
const uncountedMax = 5_000;
/** Days may be counted while they are read, so seldom that one more look is enough. */
const looksMax = 3;

/** For days that follow each other, the oldest first. */
export async function readDays(deps: ReadDays, days: readonly DayBounds[]): Promise<DaySums[]> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const counted = await readCounted(deps, { from: first.from, to: last.to });
  const sums: DaySums[] = [];
  for (const day of days) {
    const known = counted.find((one) => isSameDay(one, day));
    sums.push(known ?? (await sumUpDay(deps, day)));
  }
  return sums;
}

async function readCounted(deps: ReadDays, window: DayBounds): Promise<DaySums[]> {
  for (let look = 0; look < looksMax; look += 1) {
    const days = await deps.database.read(({ dailySums }) => readOnce(dailySums, window));
    if (days !== undefined) return days;
  }
  return [];
}

/** Undefined where days were counted between the statements. */
async function readOnce(dailySums: DailySumsStore, window: DayBounds): Promise<DaySums[] | undefined> {
  const before = await dailySums.countsMade();
  const days = await dailySums.listDays(window);
  const orders = await dailySums.listUncountedOrders({ ...window, limit: uncountedMax });
  const fees = await dailySums.listUncountedFees({ ...window, limit: uncountedMax });
  if ((await dailySums.countsMade()) !== before) return undefined;
  if (orders.length === uncountedMax || fees.length === uncountedMax) return [];
  return days.map((day) => {
    const { from, to } = day;
    const isOfDay = ({ createdAt }: { createdAt: number }): boolean => createdAt >= from && createdAt < to;
    const changedOrders = orders.filter(isOfDay);
    const changedFees = fees.filter(isOfDay);
    if (changedOrders.length === 0 && changedFees.length === 0) return day;
    const sums = growSums(day);
    for (const order of changedOrders) sums.correctOrder(order);
    for (const one of changedFees) sums.correctFees(one);
    return { from, to, orders: sums.orders(), fees: sums.fees() };
  });
}

/** From the orders and payments themselves, page by page. */
export async function sumUpDay(deps: ReadDays, day: DayBounds): Promise<DaySums> {
  const sums = growSums();
  for await (const page of walkOrderFigures(deps, day)) for (const order of page) sums.addOrder(order, order.status);
  return { ...day, orders: sums.orders(), fees: await totalFees(deps, day) };
}
