import type { OutageStore } from '#payments/ports/outage-store.ts';
import type { WebhookRateStore } from '#payments/ports/payment-store.ts';
import { keyset } from '../../query/keyset.ts';
import { deleteFirst, replacing, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, getTableColumns, isNotNull, lt, sql } from '../../schema/drizzle.ts';

export function createOutageStore(session: Session): OutageStore {
  const { db } = session;
  const { providerOutages: outages } = session.tables;
  const { liveProvider, ...columns } = getTableColumns(outages);
  const { find, list } = rowsOf(db, outages, columns);
  const { oldestFirst, newestFirst } = keyset(outages, 'beganAt');
  return {
    async insertOutage(outage) {
      const stored = await db
        .insert(outages)
        .values({ ...outage, liveProvider: outage.status === 'over' ? null : outage.provider })
        .onConflictDoNothing({ target: outages.liveProvider })
        .returning({ id: outages.id });
      return stored.length === 1;
    },
    findLiveOutage: (provider) => find(eq(outages.liveProvider, provider)),
    listLiveOutages: () => list(isNotNull(outages.liveProvider), { order: oldestFirst }),
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
    listOutages: ({ provider, limit }) =>
      list(provider === null ? undefined : eq(outages.provider, provider), { order: newestFirst, limit }),
    async pruneOutages({ before, limit }) {
      const where = and(eq(outages.status, 'over'), lt(outages.endedAt, before));
      return (await deleteFirst(db, { table: outages, key: outages.id, where, order: oldestFirst, limit })).length;
    },
  };
}

export function createWebhookRateStore(session: Session): WebhookRateStore {
  const { db } = session;
  const { webhookRates: rates } = session.tables;
  return {
    findRate: (provider) => rowsOf(db, rates).find(eq(rates.provider, provider)),
    async saveRate(rate) {
      await db
        .insert(rates)
        .values(rate)
        .onConflictDoUpdate(replacing(rates, ['provider']));
    },
  };
}
