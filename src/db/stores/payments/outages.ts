import type { OutageStore } from '#payments/ports/outage-store.ts';
import type { WebhookRateStore } from '#payments/ports/payment-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, lt, sql } from '../../schema/drizzle.ts';

export function createOutageStore(session: Session): OutageStore {
  const { db } = session;
  const { providerOutages: outages } = session.tables;
  const { liveProvider, ...columns } = getTableColumns(outages);
  return {
    async insertOutage(outage) {
      const stored = await db
        .insert(outages)
        .values({ ...outage, liveProvider: outage.status === 'over' ? null : outage.provider })
        .onConflictDoNothing({ target: outages.liveProvider })
        .returning({ id: outages.id });
      return stored.length === 1;
    },
    findLiveOutage: async (provider) =>
      (await db.select(columns).from(outages).where(eq(outages.liveProvider, provider)))[0],
    listLiveOutages: async () =>
      db
        .select(columns)
        .from(outages)
        .where(isNotNull(outages.liveProvider))
        .orderBy(asc(outages.beganAt), asc(outages.id)),
    async changeOutage({ id, expected, change }) {
      const changed = await db
        .update(outages)
        .set({
          ...change,
          liveProvider: (change.status ?? expected.status) === 'over' ? null : sql`${outages.provider}`,
          version: sql`${outages.version} + 1`,
        })
        .where(and(eq(outages.id, id), eq(outages.status, expected.status), eq(outages.version, expected.version)))
        .returning({ id: outages.id });
      return changed.length === 1;
    },
    listOutages: async (query) =>
      db
        .select(columns)
        .from(outages)
        .where(query.provider === null ? undefined : eq(outages.provider, query.provider))
        .orderBy(desc(outages.beganAt), desc(outages.id))
        .limit(query.limit),
    async pruneOutages(query) {
      const old = db
        .select({ id: outages.id })
        .from(outages)
        .where(and(eq(outages.status, 'over'), lt(outages.endedAt, query.before)))
        .orderBy(asc(outages.beganAt), asc(outages.id))
        .limit(query.limit);
      const gone = await db.delete(outages).where(inArray(outages.id, old)).returning({ id: outages.id });
      return gone.length;
    },
  };
}

export function createWebhookRateStore(session: Session): WebhookRateStore {
  const { db } = session;
  const { webhookRates: rates } = session.tables;
  return {
    findRate: async (provider) => (await db.select().from(rates).where(eq(rates.provider, provider)))[0],
    async saveRate(rate) {
      const { provider: _provider, ...values } = rate;
      await db.insert(rates).values(rate).onConflictDoUpdate({ target: rates.provider, set: values });
    },
  };
}
