import type { LedgerStore } from '#accounting/ledger/ledger-store.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, gt, inArray, lt, sql } from '../../schema/drizzle.ts';

/** Rows of one insert: SQLite takes 32,766 values in a statement. */
const rowsMax = 500;

export function createLedgerStore(session: Session): LedgerStore {
  const { db } = session;
  const { ledgerClosings: closings, closingDelays: delays } = session.tables;
  const insert = prepareInsert(session, { name: 'insert_closing', table: closings, unless: 'taken' });
  const { find, list } = rowsOf(session, closings);
  return {
    insertClosing: (closing) => insert(closing),
    findClosing: (day) => find(eq(closings.day, day)),
    findLastClosing: async () => (await list(undefined, { order: [desc(closings.number)], limit: 1 }))[0],
    listClosings: ({ before, limit }) =>
      list(before === null ? undefined : lt(closings.number, before), { order: [desc(closings.number)], limit }),
    walkClosings: ({ after, limit }) => list(gt(closings.number, after), { order: [asc(closings.number)], limit }),
    ...createEntries(session),
    async noteDelay({ day, reason, at }) {
      await db
        .insert(delays)
        .values({ day, reason, since: at, lastTriedAt: at, tries: 1 })
        .onConflictDoUpdate({
          target: delays.day,
          set: { reason, lastTriedAt: at, tries: sql`${delays.tries} + 1` },
        });
    },
    findDelay: (day) => rowsOf(session, delays).find(eq(delays.day, day)),
  };
}

function createEntries(session: Session): Pick<LedgerStore, 'insertEntries' | 'listEntries' | 'listNewestEntries'> {
  const { db } = session;
  const { ledgerEntries: entries } = session.tables;
  return {
    async insertEntries(rows) {
      for (let at = 0; at < rows.length; at += rowsMax) await db.insert(entries).values(rows.slice(at, at + rowsMax));
    },
    listEntries: ({ number, after, limit }) =>
      rowsOf(session, entries).list(
        and(eq(entries.number, number), after === null ? undefined : gt(entries.paymentId, after)),
        { order: [asc(entries.paymentId)], limit },
      ),
    async listNewestEntries(query) {
      if (query.paymentIds.length === 0) return [];
      const newest = db
        .select({ number: sql<number>`max(${entries.number})`.as('newest_number'), paymentId: entries.paymentId })
        .from(entries)
        .where(and(inArray(entries.paymentId, [...query.paymentIds]), lt(entries.number, query.before)))
        .groupBy(entries.paymentId)
        .as('newest');
      return db
        .select(getTableColumns(entries))
        .from(entries)
        .innerJoin(newest, and(eq(entries.paymentId, newest.paymentId), eq(entries.number, newest.number)))
        .orderBy(asc(entries.paymentId));
    },
  };
}
