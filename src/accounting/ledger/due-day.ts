import { addDays, type CalendarDay, dayBounds, dayOf } from '#kernel/calendar.ts';
import { day, hour, type Milliseconds } from '#kernel/clock.ts';
import type { Closing } from './closing.ts';
import type { AccountingStores } from './deps.ts';

/**
 * A day is closed so long after its midnight. A link of its last minute is open for an hour; a slow blockchain, a lost
 * webhook and the hourly reconciliation need another two or so. At four in the morning what was open at midnight has
 * ended.
 */
export const closeAfterMs: Milliseconds = 4 * hour;

/** The first closing is of the oldest order's day, and reaches back no further than this. */
const beginMaxMs: Milliseconds = 31 * day;

/** The next day to be closed, due or not. */
export interface NextDay {
  number: number;
  day: CalendarDay;
  from: Milliseconds;
  to: Milliseconds;
  /** When it may be closed. */
  dueAt: Milliseconds;
  previous: Closing | undefined;
}

/** Undefined while there has been no order. */
export async function findNextDay(
  stores: AccountingStores,
  about: { now: Milliseconds; timeZone: string },
): Promise<NextDay | undefined> {
  const previous = await stores.ledger.findLastClosing();
  const next = previous === undefined ? await firstDay(stores, about) : addDays(previous.day, 1);
  if (next === undefined) return undefined;
  const bounds = dayBounds(next, about.timeZone);
  // Days follow each other without a gap, also when the time zone was changed between two of them.
  const from = previous?.endsAt ?? bounds.from;
  const to = Math.max(from, bounds.to);
  return { number: (previous?.number ?? 0) + 1, day: next, from, to, dueAt: to + closeAfterMs, previous };
}

async function firstDay(
  stores: AccountingStores,
  { now, timeZone }: { now: Milliseconds; timeZone: string },
): Promise<CalendarDay | undefined> {
  const window = { from: now - beginMaxMs, to: now, after: null, limit: 1 };
  const [oldest] = await stores.orders.listOrdersMadeBetween(window);
  return oldest === undefined ? undefined : dayOf(oldest.createdAt, timeZone);
}
