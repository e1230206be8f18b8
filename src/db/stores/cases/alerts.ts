import type { AlertStore } from '#cases/case-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, lt, lte, sql } from '../../schema/drizzle.ts';

export function createAlertStore(session: Session): AlertStore {
  const { db } = session;
  const { alerts } = session.tables;
  const { liveKey, ...columns } = getTableColumns(alerts);
  return {
    async insertAlert(alert) {
      const stored = await db
        .insert(alerts)
        .values({ ...alert, liveKey: alert.status === 'resolved' ? null : alert.key })
        .onConflictDoNothing({ target: alerts.liveKey })
        .returning({ id: alerts.id });
      return stored.length === 1;
    },
    findAlert: async (id) => (await db.select(columns).from(alerts).where(eq(alerts.id, id)))[0],
    findLiveAlert: async (key) => (await db.select(columns).from(alerts).where(eq(alerts.liveKey, key)))[0],
    listLiveAlertsForOrder: async (orderId) =>
      db
        .select(columns)
        .from(alerts)
        .where(and(eq(alerts.orderId, orderId), isNotNull(alerts.liveKey)))
        .orderBy(asc(alerts.openedAt), asc(alerts.id)),
    async changeAlert({ id, expected, change }) {
      const changed = await db
        .update(alerts)
        .set({
          ...change,
          liveKey: (change.status ?? expected.status) === 'resolved' ? null : sql`${alerts.key}`,
          version: sql`${alerts.version} + 1`,
        })
        .where(and(eq(alerts.id, id), eq(alerts.status, expected.status), eq(alerts.version, expected.version)))
        .returning({ id: alerts.id });
      return changed.length === 1;
    },
    async listAlerts({ statuses, before, after = null, limit }) {
      const place = sql`(${alerts.openedAt}, ${alerts.id})`;
      const isWanted = inArray(alerts.status, [...statuses]);
      const rows = db.select(columns).from(alerts);
      if (after === null) {
        const isBefore = before === null ? undefined : sql`${place} < (${before.openedAt}, ${before.id})`;
        return rows.where(and(isWanted, isBefore)).orderBy(desc(alerts.openedAt), desc(alerts.id)).limit(limit);
      }
      const isAfter = sql`${place} > (${after.openedAt}, ${after.id})`;
      const newer = rows.where(and(isWanted, isAfter)).orderBy(asc(alerts.openedAt), asc(alerts.id));
      return (await newer.limit(limit)).reverse();
    },
    listAlertsToWake: async (query) =>
      db
        .select(columns)
        .from(alerts)
        .where(and(eq(alerts.status, 'snoozed'), lte(alerts.snoozedUntil, query.now)))
        .orderBy(asc(alerts.snoozedUntil), asc(alerts.id))
        .limit(query.limit),
    async pruneResolved(query) {
      // What was resolved before then was opened before then: the index is by the opening.
      const isOld = and(lt(alerts.openedAt, query.before), lt(alerts.resolvedAt, query.before));
      const old = db
        .select({ id: alerts.id })
        .from(alerts)
        .where(and(eq(alerts.status, 'resolved'), isOld))
        .orderBy(asc(alerts.openedAt), asc(alerts.id))
        .limit(query.limit);
      const gone = await db.delete(alerts).where(inArray(alerts.id, old)).returning({ id: alerts.id });
      return gone.map(({ id }) => id);
    },
    countAlerts: async () =>
      db
        .select({ status: alerts.status, count: sql<number>`cast(count(*) as bigint)` })
        .from(alerts)
        .groupBy(alerts.status)
        .orderBy(asc(alerts.status)),
  };
}
