import type { Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { compareDecimals } from '#kernel/money.ts';
import type { EventLog } from '#kernel/process.ts';
import type { DaySums } from '../ledger/daily-sums-store.ts';
import { buildDay, type DailySumsStores, ever, type ReadDays, readBeginning, storeDay } from './build-day.ts';
import { type DayBounds, isSameDay } from './calendar-days.ts';

/** Sums the stored days up again. One that was counted wrong is logged and put right. */
export async function recountDays(
  deps: { database: Database<DailySumsStores>; log: EventLog },
  input: { signal: AbortSignal },
): Promise<{ recounted: number; wrong: number }> {
  const recounted = { recounted: 0, wrong: 0 };
  const bounds = await deps.database.read(({ dailySums }) => dailySums.listBounds());
  const empty = await listEmpty(deps, bounds);
  recounted.recounted += empty.size;
  for (const one of bounds.filter(({ from }) => !empty.has(from))) {
    if (input.signal.aborted) break;
    const built = await buildDay(deps, one);
    const stored = await deps.database.read(async ({ dailySums }) => {
      const day = (await dailySums.listDays(one)).find((day) => isSameDay(day, one));
      return (await dailySums.countsMade()) === built.countsMade ? day : undefined;
    });
    // It was counted meanwhile: the next run looks at it.
    if (stored === undefined) continue;
    recounted.recounted += 1;
    if (isEqual(stored, built)) continue;
    recounted.wrong += 1;
    deps.log.error('day counted wrong', { from: one.from, stored: textOf(stored), is: textOf(built) });
    await storeDay(deps, built);
  }
  return recounted;
}

/** Where the days before the first order begin that are stored as empty, which they are. */
async function listEmpty(deps: ReadDays, bounds: readonly DayBounds[]): Promise<ReadonlySet<Milliseconds>> {
  const { emptyUntil } = await readBeginning(deps);
  const last = bounds.findLast(({ to }) => to <= emptyUntil);
  if (last === undefined) return new Set();
  const days = await deps.database.read(({ dailySums }) => dailySums.listDays({ from: ever.from, to: last.to }));
  const empty = days.filter(({ to, orders, fees }) => to <= emptyUntil && orders.length === 0 && fees.length === 0);
  return new Set(empty.map(({ from }) => from));
}

function isEqual(one: DaySums, other: DaySums): boolean {
  if (one.orders.length !== other.orders.length || one.fees.length !== other.fees.length) return false;
  const haveSameOrders = one.orders.every(({ status, currency, count, amountMinor }, index) => {
    const is = other.orders[index];
    return is?.status === status && is.currency === currency && is.count === count && is.amountMinor === amountMinor;
  });
  const haveSameFees = one.fees.every(({ asset, count, fee, net }, index) => {
    const is = other.fees[index];
    if (is === undefined || is.asset !== asset || is.count !== count) return false;
    return compareDecimals(is.fee, fee) === 0 && compareDecimals(is.net, net) === 0;
  });
  return haveSameOrders && haveSameFees;
}

function textOf({ orders, fees }: DaySums): string {
  return JSON.stringify({ orders, fees });
}
