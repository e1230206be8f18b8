import type { LedgerStore } from '#accounting/ledger/ledger-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, gt, inArray, lt, sql } from '../../schema/drizzle.ts';

/** Rows of one insert: SQLite takes 32,766 values in a statement. */
const rowsMax = 500;

export function createLedgerStore(session: Session): LedgerStore {
  const { db } = session;
  const { bookClosings: closings, bookDelays: delays } = session.tables;
  return {
    async insertClosing(closing) {
      const stored = await db
        .insert(closings)
        .values(closing)
        .onConflictDoNothing()
        .returning({ number: closings.number });
      return stored.length === 1;
    },
    findClosing: async (day) => (await db.select().from(closings).where(eq(closings.day, day)))[0],
    findLastClosing: async () => (await db.select().from(closings).orderBy(desc(closings.number)).limit(1))[0],
    listClosings: async (query) =>
      db
        .select()
        .from(closings)
        .where(query.before === null ? undefined : lt(closings.number, query.before))
        .orderBy(desc(closings.number))
        .limit(query.limit),
    walkClosings: async (query) =>
      db
        .select()
        .from(closings)
        .where(gt(closings.number, query.after))
        .orderBy(asc(closings.number))
        .limit(query.limit),
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
    findDelay: async (day) => (await db.select().from(delays).where(eq(delays.day, day)))[0],
  };
}

function createEntries(session: Session): Pick<LedgerStore, 'insertEntries' | 'listEntries' | 'listNewestEntries'> {
  const { db } = session;
  const { bookEntries: entries } = session.tables;
  const columns = { number: entries.number, paymentId: entries.paymentId, day: entries.day, content: entries.content };
  return {
    async insertEntries(rows) {
      for (let at = 0; at < rows.length; at += rowsMax) await db.insert(entries).values(rows.slice(at, at + rowsMax));
    },
    listEntries: async (query) =>
      db
        .select()
        .from(entries)
        .where(
          and(eq(entries.number, query.number), query.after === null ? undefined : gt(entries.paymentId, query.after)),
        )
        .orderBy(asc(entries.paymentId))
        .limit(query.limit),
    async listNewestEntries(query) {
      if (query.paymentIds.length === 0) return [];
      const newest = db
        .select({ number: sql<number>`max(${entries.number})`.as('newest_number'), paymentId: entries.paymentId })
        .from(entries)
        .where(and(inArray(entries.paymentId, [...query.paymentIds]), lt(entries.number, query.before)))
        .groupBy(entries.paymentId)
        .as('newest');
      return db
        .select(columns)
        .from(entries)
        .innerJoin(newest, and(eq(entries.paymentId, newest.paymentId), eq(entries.number, newest.number)))
        .orderBy(asc(entries.paymentId));
    },
  };
}
