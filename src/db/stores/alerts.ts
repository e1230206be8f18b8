import type { AlertStore } from '#alerts/alert-store.ts';
import type { Session } from '../dialect.ts';
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, lte, sql } from '../drizzle.ts';

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
    async listAlerts(query) {
      const { before } = query;
      const isBefore =
        before === null ? undefined : sql`(${alerts.openedAt}, ${alerts.id}) < (${before.openedAt}, ${before.id})`;
      return db
        .select(columns)
        .from(alerts)
        .where(and(inArray(alerts.status, [...query.statuses]), isBefore))
        .orderBy(desc(alerts.openedAt), desc(alerts.id))
        .limit(query.limit);
    },
    listAlertsToWake: async (query) =>
      db
        .select(columns)
        .from(alerts)
        .where(and(eq(alerts.status, 'snoozed'), lte(alerts.snoozedUntil, query.now)))
        .orderBy(asc(alerts.snoozedUntil), asc(alerts.id))
        .limit(query.limit),
    countAlerts: async () =>
      db
        .select({ status: alerts.status, count: sql<number>`cast(count(*) as bigint)` })
        .from(alerts)
        .groupBy(alerts.status)
        .orderBy(asc(alerts.status)),
  };
}
