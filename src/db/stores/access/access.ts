import type { AuditStore, PendingActionStore } from '#access/access-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { deleteFirst, rowCount, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gt, isNotNull, lt } from '../../schema/drizzle.ts';

export function createAuditStore(session: Session): AuditStore {
  const { db } = session;
  const { auditRecords } = session.tables;
  const insert = prepareInsert(session, { name: 'record_audit', table: auditRecords });
  return {
    async record(entry) {
      await insert(entry);
    },
    listAudit: ({ subject, limit }) =>
      rowsOf(session, auditRecords).list(subject === null ? undefined : eq(auditRecords.subject, subject), {
        order: keyset(auditRecords, 'at').newestFirst,
        limit,
      }),
    countAudit: async (query) =>
      db
        .select({ action: auditRecords.action, count: rowCount })
        .from(auditRecords)
        .where(and(eq(auditRecords.actorKind, query.actorKind), within(auditRecords.at, query)))
        .groupBy(auditRecords.action)
        .orderBy(asc(auditRecords.action)),
  };
}

export function createPendingActionStore(session: Session): PendingActionStore {
  const { db } = session;
  const { pendingActions } = session.tables;
  const isUsable = ({ id, adminId, now }: { id: string; adminId: number; now: number }) =>
    and(eq(pendingActions.id, id), eq(pendingActions.adminId, adminId), gt(pendingActions.expiresAt, now));
  return {
    async save(action) {
      await db.insert(pendingActions).values(action);
    },
    async consume(input) {
      // Finding and deleting are one statement, so that two clicks cannot both confirm the action.
      const [taken] = await db.delete(pendingActions).where(isUsable(input)).returning();
      return taken;
    },
    async awaitText(input) {
      const [awaiting] = await db
        .update(pendingActions)
        .set({ awaitsTextSince: input.now, expiresAt: input.until })
        .where(isUsable(input))
        .returning();
      return awaiting;
    },
    async findAwaitingText({ adminId, now }) {
      const isAwaiting = and(
        eq(pendingActions.adminId, adminId),
        isNotNull(pendingActions.awaitsTextSince),
        gt(pendingActions.expiresAt, now),
      );
      const order = keyset(pendingActions, 'awaitsTextSince').newestFirst;
      return (await rowsOf(session, pendingActions).list(isAwaiting, { order, limit: 1 }))[0];
    },
    listWaiting: ({ now, limit }) =>
      rowsOf(session, pendingActions).list(gt(pendingActions.expiresAt, now), {
        order: [asc(pendingActions.expiresAt)],
        limit,
      }),
    async replaceAction({ id, action }) {
      await db.update(pendingActions).set({ action, awaitsTextSince: null }).where(eq(pendingActions.id, id));
    },
    async prune({ before, limit }) {
      const where = lt(pendingActions.expiresAt, before);
      const order = [asc(pendingActions.expiresAt)];
      return (await deleteFirst(db, { table: pendingActions, key: pendingActions.id, where, order, limit })).length;
    },
  };
}
