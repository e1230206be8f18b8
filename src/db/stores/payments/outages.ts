import type { Outage } from '#payments/model/outage.ts';
import type { OutageStore } from '#payments/ports/outage-store.ts';
import type { WebhookRateStore } from '#payments/ports/payment-store.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset } from '../../query/keyset.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { deleteFirst, replacing, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, getTableColumns, isNotNull, lt } from '../../schema/drizzle.ts';

export function createOutageStore(session: Session): OutageStore {
  const { db } = session;
  const { providerOutages: outages } = session.tables;
  const { liveProvider, ...columns } = getTableColumns(outages);
  const compareAndSet = createCompareAndSet<Outage>(session, { name: 'outage', table: outages });
  const insert = prepareInsert(db, { name: 'insert_outage', table: outages, unless: [outages.liveProvider] });
  const { find, list } = rowsOf(db, outages, columns);
  const { oldestFirst, newestFirst } = keyset(outages, 'beganAt');
  return {
    insertOutage: (outage) => insert({ ...outage, liveProvider: outage.status === 'over' ? null : outage.provider }),
    findLiveOutage: (provider) => find(eq(outages.liveProvider, provider)),
    listLiveOutages: () => list(isNotNull(outages.liveProvider), { order: oldestFirst }),
    changeOutage(outage, change) {
      const liveProvider = (change.status ?? outage.status) === 'over' ? null : outage.provider;
      return compareAndSet.change(outage, change, { liveProvider });
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
