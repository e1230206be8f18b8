import { day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { walkPages } from '#kernel/page.ts';
import type { OrderFigures } from '#orders/order-store.ts';
import { walkKnownFees } from '../fees/total-fees.ts';
import type { DaySums, UncountedFees } from '../ledger/daily-sums-store.ts';
import type { AccountingStores } from '../ledger/deps.ts';
import type { Fees } from '../ledger/tally.ts';
import type { DayBounds } from './calendar-days.ts';
import { growSums } from './sums.ts';

export type DailySumsStores = Pick<AccountingStores, 'dailySums' | 'orders' | 'fees'>;
export type ReadDays = { database: Pick<Database<DailySumsStores>, 'read'> };
type StoreDays = { database: Database<DailySumsStores> };

const pageSize = 500;
/** Fees of a payment change a few times in its life. */
const uncountedMax = 100_000;

export const ever: DayBounds = { from: 0, to: Number.MAX_SAFE_INTEGER };
/** The clock may have been set back between an order and its payment. */
const earlierMaxMs: Milliseconds = 2 * day;

/** Days that end by `emptyUntil` have no order and no payment, after so many counts. */
export function readBeginning({ database }: ReadDays): Promise<{ countsMade: number; emptyUntil: Milliseconds }> {
  return database.read(async ({ dailySums, orders }) => {
    const countsMade = await dailySums.countsMade();
    const [first] = await orders.listOrderFigures({ ...ever, after: null, limit: 1 });
    return { countsMade, emptyUntil: (first?.createdAt ?? ever.to) - earlierMaxMs };
  });
}

/** The day as it is to be stored, and after how many counts. */
export interface BuiltDay extends DaySums {
  countsMade: number;
}

/**
 * Sums the day up with every order and payment as the stored days count it. That is the same before and after it changes, and so
 * on every page, however long the walk takes: only the next count makes it different.
 */
export async function buildDay(deps: ReadDays, { from, to }: DayBounds): Promise<BuiltDay> {
  const countsMade = await deps.database.read(({ dailySums }) => dailySums.countsMade());
  const sums = growSums();
  for await (const page of walkOrderFigures(deps, { from, to })) {
    for (const order of page) sums.addOrder(order, order.countedAs);
  }
  const fees = new Map<string, readonly Fees[]>();
  for await (const page of walkKnownFees(deps, { from, to })) for (const one of page) fees.set(one.paymentId, one.fees);
  // After the pages: a payment that has changed before it was on one of them is among these.
  for (const { paymentId, counted } of await listUncounted(deps, { from, to })) fees.set(paymentId, counted);
  for (const some of fees.values()) sums.addFees(some);
  return { from, to, orders: sums.orders(), fees: sums.fees(), countsMade };
}

function listUncounted({ database }: ReadDays, day: DayBounds): Promise<UncountedFees[]> {
  return database.read(({ dailySums }) => dailySums.listUncountedFees({ ...day, limit: uncountedMax }));
}

/** False where days were counted since the day was built. */
export function storeDay(deps: StoreDays, { countsMade, ...built }: BuiltDay): Promise<boolean> {
  return storeDays(deps, { countsMade, days: [built] });
}

export function storeDays(
  { database }: StoreDays,
  { countsMade, days }: { countsMade: number; days: readonly DaySums[] },
): Promise<boolean> {
  return database.transaction(async ({ dailySums }) => {
    if ((await dailySums.beginCount()) !== countsMade + 1) return false;
    for (const built of days) await dailySums.saveDay(built);
    return true;
  });
}

export function walkOrderFigures(deps: ReadDays, day: DayBounds): AsyncGenerator<readonly OrderFigures[]> {
  return walkPages({ limit: pageSize }, (last: OrderFigures | undefined) => {
    const after = last === undefined ? null : { createdAt: last.createdAt, id: last.id };
    return deps.database.read((stores) => stores.orders.listOrderFigures({ ...day, after, limit: pageSize }));
  });
}
