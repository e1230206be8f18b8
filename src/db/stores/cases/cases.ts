import type { ExceptionStore } from '#payments/exceptions/exception-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, lt, lte, or, sql } from '../../schema/drizzle.ts';

export function createExceptionStore(session: Session): ExceptionStore {
  const { db } = session;
  const { paymentExceptions: exceptions } = session.tables;
  const { openKey, ...columns } = getTableColumns(exceptions);
  return {
    async insertException(exception) {
      const stored = await db
        .insert(exceptions)
        .values({ ...exception, openKey: exception.status === 'open' ? exception.key : null })
        .onConflictDoNothing({ target: exceptions.openKey })
        .returning({ id: exceptions.id });
      return stored.length === 1;
    },
    findException: async (id) => (await db.select(columns).from(exceptions).where(eq(exceptions.id, id)))[0],
    findOpenException: async (key) => (await db.select(columns).from(exceptions).where(eq(exceptions.openKey, key)))[0],
    listOpenExceptionsForOrder: async (orderId) =>
      db
        .select(columns)
        .from(exceptions)
        .where(and(eq(exceptions.orderId, orderId), isNotNull(exceptions.openKey)))
        .orderBy(asc(exceptions.openedAt), asc(exceptions.id)),
    async listExceptionsByKeys(keys) {
      if (keys.length === 0) return [];
      return db
        .select(columns)
        .from(exceptions)
        .where(inArray(exceptions.key, [...keys]))
        .orderBy(desc(exceptions.openedAt), desc(exceptions.id));
    },
    async findExceptionOfRefund({ orderId, refundId }) {
      const isIt = and(eq(exceptions.orderId, orderId), eq(exceptions.refundId, refundId));
      const isResolved = and(isIt, eq(exceptions.status, 'resolved'), isNotNull(exceptions.undo));
      return (await db.select(columns).from(exceptions).where(isResolved))[0];
    },
    async changeException({ id, expected, change }) {
      const changed = await db
        .update(exceptions)
        .set({
          ...change,
          openKey: (change.status ?? expected.status) === 'open' ? sql`${exceptions.key}` : null,
          version: sql`${exceptions.version} + 1`,
        })
        .where(
          and(eq(exceptions.id, id), eq(exceptions.status, expected.status), eq(exceptions.version, expected.version)),
        )
        .returning({ id: exceptions.id });
      return changed.length === 1;
    },
    async listOpenExceptions({ kinds, after, before = null, limit }) {
      const place = sql`(${exceptions.openedAt}, ${exceptions.id})`;
      const isWanted = and(
        eq(exceptions.status, 'open'),
        kinds === null ? undefined : inArray(exceptions.kind, [...kinds]),
      );
      const rows = db.select(columns).from(exceptions);
      if (before === null) {
        const isAfter = after === null ? undefined : sql`${place} > (${after.openedAt}, ${after.id})`;
        return rows.where(and(isWanted, isAfter)).orderBy(asc(exceptions.openedAt), asc(exceptions.id)).limit(limit);
      }
      const isBefore = sql`${place} < (${before.openedAt}, ${before.id})`;
      const older = rows.where(and(isWanted, isBefore)).orderBy(desc(exceptions.openedAt), desc(exceptions.id));
      return (await older.limit(limit)).reverse();
    },
    async listExceptionsAbout({ provider, reference, paymentId, limit }) {
      const ofReference =
        reference === null ? undefined : and(eq(exceptions.reference, reference), eq(exceptions.provider, provider));
      const ofPayment = paymentId === null ? undefined : eq(exceptions.paymentId, paymentId);
      if (ofReference === undefined && ofPayment === undefined) return [];
      return db
        .select(columns)
        .from(exceptions)
        .where(or(ofReference, ofPayment))
        .orderBy(desc(exceptions.openedAt), desc(exceptions.id))
        .limit(limit);
    },
    listOpenExceptionsOfProvider: async (query) =>
      db
        .select(columns)
        .from(exceptions)
        .where(
          and(
            eq(exceptions.status, 'open'),
            eq(exceptions.provider, query.provider),
            inArray(exceptions.kind, [...query.kinds]),
          ),
        )
        .orderBy(asc(exceptions.openedAt), asc(exceptions.id))
        .limit(query.limit),
    listExceptionsToWake: async (query) =>
      db
        .select(columns)
        .from(exceptions)
        .where(and(eq(exceptions.status, 'open'), lte(exceptions.waitsUntil, query.now)))
        .orderBy(asc(exceptions.waitsUntil), asc(exceptions.id))
        .limit(query.limit),
    async pruneResolvedExceptions(query) {
      // What was resolved before then was opened before then: the index is by the opening.
      const isOld = and(lt(exceptions.openedAt, query.before), lt(exceptions.resolvedAt, query.before));
      const old = db
        .select({ id: exceptions.id })
        .from(exceptions)
        .where(and(eq(exceptions.status, 'resolved'), isOld))
        .orderBy(asc(exceptions.openedAt), asc(exceptions.id))
        .limit(query.limit);
      const gone = await db.delete(exceptions).where(inArray(exceptions.id, old)).returning({ id: exceptions.id });
      return gone.length;
    },
    async listExceptionsOf(query) {
      const { after } = query;
      const isAfter =
        after === null ? undefined : sql`(${exceptions.openedAt}, ${exceptions.id}) > (${after.openedAt}, ${after.id})`;
      return db
        .select(columns)
        .from(exceptions)
        .where(and(eq(exceptions.provider, query.provider), isAfter))
        .orderBy(asc(exceptions.openedAt), asc(exceptions.id))
        .limit(query.limit);
    },
    countOpenExceptions: async () =>
      db
        .select({
          kind: exceptions.kind,
          provider: exceptions.provider,
          count: sql<number>`cast(count(*) as bigint)`,
          oldestAt: sql<number>`min(${exceptions.openedAt})`,
        })
        .from(exceptions)
        .where(eq(exceptions.status, 'open'))
        .groupBy(exceptions.kind, exceptions.provider)
        .orderBy(asc(exceptions.kind), asc(exceptions.provider)),
  };
}
