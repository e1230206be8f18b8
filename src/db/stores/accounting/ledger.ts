import type { LedgerStore } from '#accounting/ledger/ledger-store.ts';
import type { CalendarDay } from '#kernel/calendar.ts';
import { prepared } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, asc, desc, eq, getTableColumns, gt, inArray, isNull, lt, sql } from '../../schema/drizzle.ts';
import { createDrafts } from './closing-drafts.ts';

/** Rows of one insert: SQLite takes 32,766 values in a statement. */
const rowsMax = 500;

export function createLedgerStore(session: Session): LedgerStore {
  const { ledgerClosings: closings, closingDelays: delays } = session.tables;
  const { draft, ...columns } = getTableColumns(closings);
  const { prepareList } = rowsOf(session, closings, columns);
  const isSealed = isNull(draft);
  const newestFirst = [desc(closings.number)];
  const findByDay = prepareList<{ day: CalendarDay }>('find_closing', () => ({
    where: and(eq(closings.day, sql.placeholder('day')), isSealed),
    order: [],
  }));
  const findLast = prepareList('find_last_closing', () => ({ where: isSealed, order: newestFirst, limit: 1 }));
  const findDelay = rowsOf(session, delays).prepare('find_closing_delay', ['day']);
  const noteDelay = prepared<unknown>(session, 'note_closing_delay', () =>
    session.db
      .insert(delays)
      .values({
        day: sql.placeholder('day'),
        reason: sql.placeholder('reason'),
        since: sql.placeholder('at'),
        lastTriedAt: sql.placeholder('at'),
        tries: 1,
      })
      .onConflictDoUpdate({
        target: delays.day,
        set: {
          reason: sql`excluded.reason`,
          lastTriedAt: sql`excluded.last_tried_at`,
          tries: sql`${delays.tries} + 1`,
        },
      }),
  );
  return {
    ...createDrafts(session),
    findClosing: async (day) => (await findByDay({ day }))[0],
    findLastClosing: async () => (await findLast({}))[0],
    listClosings: prepareList('list_closings', ({ has }) => ({
      where: and(has('before') ? lt(closings.number, sql.placeholder('before')) : undefined, isSealed),
      order: newestFirst,
      limit,
    })),
    walkClosings: prepareList('walk_closings', () => ({
      where: and(gt(closings.number, sql.placeholder('after')), isSealed),
      order: [asc(closings.number)],
      limit,
    })),
    ...createEntries(session),
    async noteDelay(delay) {
      await noteDelay(delay);
    },
    findDelay: async (day) => (await findDelay({ day }))[0],
  };
}

function createEntries(session: Session): Pick<LedgerStore, 'insertEntries' | 'listEntries' | 'listNewestEntries'> {
  const { db } = session;
  const { ledgerEntries: entries } = session.tables;
  type NewestQuery = Parameters<LedgerStore['listNewestEntries']>[0];
  const listNewest = preparedByQuery(session, 'list_newest_book_entries', ({ among }: ShapeOf<NewestQuery>) => {
    const newest = db
      .select({ number: sql<number>`max(${entries.number})`.as('newest_number'), paymentId: entries.paymentId })
      .from(entries)
      .where(and(inArray(entries.paymentId, among('paymentIds')), lt(entries.number, sql.placeholder('before'))))
      .groupBy(entries.paymentId)
      .as('newest');
    return db
      .select(getTableColumns(entries))
      .from(entries)
      .innerJoin(newest, and(eq(entries.paymentId, newest.paymentId), eq(entries.number, newest.number)))
      .orderBy(asc(entries.paymentId));
  });
  return {
    async insertEntries(rows) {
      for (let at = 0; at < rows.length; at += rowsMax) await db.insert(entries).values(rows.slice(at, at + rowsMax));
    },
    listEntries: rowsOf(session, entries).prepareList('list_book_entries', ({ has }) => ({
      where: and(
        eq(entries.number, sql.placeholder('number')),
        has('after') ? gt(entries.paymentId, sql.placeholder('after')) : undefined,
      ),
      order: [asc(entries.paymentId)],
      limit,
    })),
    listNewestEntries: async (query) => (query.paymentIds.length === 0 ? [] : listNewest(query)),
  };
}
