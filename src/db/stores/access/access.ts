import type { AuditStore, PendingActionStore } from '#access/access-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, lt, sql } from '../../schema/drizzle.ts';

export function createAuditStore(session: Session): AuditStore {
  const { db } = session;
  const { auditRecords } = session.tables;
  return {
    async record(entry) {
      await db.insert(auditRecords).values(entry);
    },
    listAudit: async (query) =>
      db
        .select()
        .from(auditRecords)
        .where(query.subject === null ? undefined : eq(auditRecords.subject, query.subject))
        .orderBy(desc(auditRecords.at), desc(auditRecords.id))
        .limit(query.limit),
    countAudit: async (query) =>
      db
        .select({ action: auditRecords.action, count: sql<number>`cast(count(*) as bigint)` })
        .from(auditRecords)
        .where(
          and(
            eq(auditRecords.actorKind, query.actorKind),
            gte(auditRecords.at, query.from),
            lt(auditRecords.at, query.to),
          ),
        )
        .groupBy(auditRecords.action)
        .orderBy(asc(auditRecords.action)),
  };
}

export function createPendingActionStore(session: Session): PendingActionStore {
  const { db } = session;
  const { pendingActions } = session.tables;
  return {
    async save(action) {
      await db.insert(pendingActions).values(action);
    },
    async consume(input) {
      // Taking and looking are one statement, so that two taps cannot both find it.
      const [taken] = await db
        .delete(pendingActions)
        .where(
          and(
            eq(pendingActions.id, input.id),
            eq(pendingActions.adminId, input.adminId),
            gt(pendingActions.expiresAt, input.now),
          ),
        )
        .returning();
      return taken;
    },
    async awaitText(input) {
      const [awaiting] = await db
        .update(pendingActions)
        .set({ awaitsTextSince: input.now, expiresAt: input.until })
        .where(
          and(
            eq(pendingActions.id, input.id),
            eq(pendingActions.adminId, input.adminId),
            gt(pendingActions.expiresAt, input.now),
          ),
        )
        .returning();
      return awaiting;
    },
    async findAwaitingText(query) {
      const [newest] = await db
        .select()
        .from(pendingActions)
        .where(
          and(
            eq(pendingActions.adminId, query.adminId),
            isNotNull(pendingActions.awaitsTextSince),
            gt(pendingActions.expiresAt, query.now),
          ),
        )
        .orderBy(desc(pendingActions.awaitsTextSince), desc(pendingActions.id))
        .limit(1);
      return newest;
    },
    async prune(query) {
      const old = db
        .select({ id: pendingActions.id })
        .from(pendingActions)
        .where(lt(pendingActions.expiresAt, query.before))
        .orderBy(asc(pendingActions.expiresAt))
        .limit(query.limit);
      const gone = await db
        .delete(pendingActions)
        .where(inArray(pendingActions.id, old))
        .returning({ id: pendingActions.id });
      return gone.length;
    },
  };
}
