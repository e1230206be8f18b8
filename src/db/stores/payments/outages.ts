import type { ProviderName } from '#kernel/provider-name.ts';
import type { Outage } from '#payments/model/outage.ts';
import type { OutageStore } from '#payments/ports/outage-store.ts';
import type { WebhookRateStore } from '#payments/ports/payment-store.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset } from '../../query/keyset.ts';
import { prepareInsert, prepareReplace } from '../../query/prepared.ts';
import { limit, prepareDeleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, getTableColumns, inArray, isNotNull, lt, sql } from '../../schema/drizzle.ts';

type Providers = { providers: readonly ProviderName[] };

export function createOutageStore(session: Session): OutageStore {
  const { providerOutages: outages } = session.tables;
  const { liveProvider, ...columns } = getTableColumns(outages);
  const compareAndSet = createCompareAndSet<Outage>(session, { name: 'outage', table: outages });
  const insert = prepareInsert(session, { name: 'insert_outage', table: outages, unless: [outages.liveProvider] });
  const { prepare, prepareList } = rowsOf(session, outages, columns);
  const { oldestFirst, newestFirst } = keyset(outages, 'beganAt');
  const findLive = prepare('find_live_outage', ['liveProvider']);
  const listLive = prepareList('list_live_outages', () => ({
    where: isNotNull(outages.liveProvider),
    order: oldestFirst,
  }));
  const deleteOld = prepareDeleteFirst(session, 'delete_old_outages', () => ({
    table: outages,
    key: outages.id,
    where: and(eq(outages.status, 'over'), lt(outages.endedAt, sql.placeholder('before'))),
    order: oldestFirst,
  }));
  const listLatest = prepareList<Providers>('list_latest_outages', ({ among }) => {
    const latest = among('providers').map((provider) => {
      const ofProvider = session.db.select({ id: outages.id }).from(outages).where(eq(outages.provider, provider));
      return sql`(${ofProvider.orderBy(...newestFirst).limit(1)})`;
    });
    return { where: sql`${outages.id} in (${sql.join(latest, sql`, `)})`, order: oldestFirst };
  });
  return {
    insertOutage: (outage) => insert({ ...outage, liveProvider: outage.status === 'over' ? null : outage.provider }),
    findLiveOutage: async (provider) => (await findLive({ liveProvider: provider }))[0],
    listLiveOutages: () => listLive({}),
    changeOutage(outage, change) {
      const liveProvider = (change.status ?? outage.status) === 'over' ? null : outage.provider;
      return compareAndSet.change(outage, change, { liveProvider });
    },
    listLatestOutages: async (providers) => (providers.length === 0 ? [] : listLatest({ providers })),
    listOutages: prepareList('list_outages', ({ has }) => ({
      where: has('provider') ? eq(outages.provider, sql.placeholder('provider')) : undefined,
      order: newestFirst,
      limit,
    })),
    pruneOutages: async (query) => (await deleteOld(query)).length,
  };
}

export function createWebhookRateStore(session: Session): WebhookRateStore {
  const { webhookRates: rates } = session.tables;
  const list = rowsOf(session, rates).prepareList<Providers>('list_webhook_rates', ({ among }) => ({
    where: inArray(rates.provider, among('providers')),
    order: [],
  }));
  return {
    listRates: (providers) => list({ providers }),
    saveRate: prepareReplace(session, { name: 'save_webhook_rate', table: rates, key: ['provider'] }),
  };
}
