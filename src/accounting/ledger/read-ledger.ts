import { addDays, type CalendarDay, dayOf } from '#kernel/calendar.ts';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { type Page, type PagePosition, readPage } from '#kernel/page.ts';
import { readContent } from './chain.ts';
import type { Closing, ClosingContent, ClosingDelay } from './closing.ts';
import type { AccountingStores } from './deps.ts';
import { findNextDay } from './due-day.ts';

export interface ClosedDay {
  day: CalendarDay;
  closing: Closing;
  content: ClosingContent;
}

/** A day that is not closed: it is not over, not due, or waits for a provider. */
export interface OpenDay {
  day: CalendarDay;
  /** When it may be closed; null where another day has to be closed before. */
  dueAt: Milliseconds | null;
  delay: ClosingDelay | null;
}

interface ReadDeps {
  database: Database<AccountingStores>;
  clock: Clock;
}

/** Of open days, so many of the newest are shown, and the oldest, which holds up the others. */
const openShownMax = 2;

/** One page of the closed days, the newest first; the first page begins with the open days. */
export async function listLedgerDays(
  deps: ReadDeps,
  query: { timeZone: string; position: PagePosition<number> | null; size: number },
): Promise<{ open: OpenDay[]; closed: Page<ClosedDay, number> }> {
  const { position, size } = query;
  const page = await deps.database.read((stores) =>
    readPage<Closing, number>({
      position,
      size,
      keyOf: ({ number }) => number,
      async read(border, limit) {
        if (border?.side !== 'before') return stores.ledger.listClosings({ before: border?.key ?? null, limit });
        // Closings are numbered without a gap.
        const found = await stores.ledger.listClosings({ before: border.key + limit + 1, limit });
        return found.filter(({ number }) => number > border.key);
      },
    }),
  );
  const open = page.index === 0 ? await listOpenDays(deps, query) : [];
  return {
    open: [...open.slice(0, openShownMax), ...open.slice(openShownMax).slice(-1)],
    closed: { ...page, rows: page.rows.flatMap(toClosedDay) },
  };
}

/** Newest first. */
async function listOpenDays(deps: ReadDeps, { timeZone }: { timeZone: string }): Promise<OpenDay[]> {
  const now = deps.clock.now();
  return deps.database.read(async (stores) => {
    const next = await findNextDay(stores, { now, timeZone });
    if (next === undefined) return [];
    const delay = (await stores.ledger.findDelay(next.day)) ?? null;
    const days: OpenDay[] = [{ day: next.day, dueAt: next.dueAt, delay }];
    const today = dayOf(now, timeZone);
    // Bounded: a clock that was set far ahead must not make an endless list.
    for (let day = addDays(next.day, 1); day <= today && days.length < 1_000; day = addDays(day, 1)) {
      days.push({ day, dueAt: null, delay: null });
    }
    return days.reverse();
  });
}

export async function readLedgerDay(
  deps: ReadDeps,
  query: { day: CalendarDay; timeZone: string },
): Promise<{ closed: ClosedDay; hasNext: boolean } | { open: OpenDay } | undefined> {
  const { closing, last } = await deps.database.read(async (stores) => ({
    closing: await stores.ledger.findClosing(query.day),
    last: await stores.ledger.findLastClosing(),
  }));
  const [closed] = closing === undefined ? [] : toClosedDay(closing);
  if (closed !== undefined) return { closed, hasNext: closed.closing.number < (last?.number ?? 0) };
  const open = (await listOpenDays(deps, query)).find(({ day }) => day === query.day);
  return open && { open };
}

/** The closings up to a closed day, at most `limit`, oldest first: the data of a chart. */
export async function readLedgerDays(
  deps: { database: Pick<Database<AccountingStores>, 'read'> },
  query: { until: CalendarDay; limit: number },
): Promise<ClosedDay[]> {
  const found = await deps.database.read(async (stores) => {
    const newest = await stores.ledger.findClosing(query.until);
    if (newest === undefined) return [];
    return stores.ledger.listClosings({ before: newest.number + 1, limit: query.limit });
  });
  return found.reverse().flatMap(toClosedDay);
}

/** The state of the newest closing; undefined while there is none. */
export async function readNewestClosing(deps: {
  database: Database<AccountingStores>;
}): Promise<{ unexplained: number; closedAt: Milliseconds } | undefined> {
  const closing = await deps.database.read((stores) => stores.ledger.findLastClosing());
  const content = closing && readContent(closing);
  return closing && content && { unexplained: content.unexplained.count, closedAt: closing.closedAt };
}

/** A row whose content cannot be read is left out: the check of the chain names it. */
export function toClosedDay(closing: Closing): ClosedDay[] {
  const content = readContent(closing);
  return content === undefined ? [] : [{ day: closing.day, closing, content }];
}
