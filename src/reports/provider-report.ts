import { type Clock, day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Outage } from '#payments/model/outage.ts';
import { hasHistory, usualCount } from '#payments/model/webhook-rate.ts';
import type { ProviderHealth, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import type { PaymentStores } from '#payments/ports/payment-store.ts';
import { silentKey } from '#payments/webhooks/silence-alert.ts';

/** Health, outages and webhooks of a provider; for the chat, the health checks and the metrics. */
export interface ProviderReport {
  health: ProviderHealth;
  gaps: readonly string[];
  /** The outage in progress; null while payments at the provider can be fetched. */
  outage: Outage | null;
  /** Outages that are over, newest first. */
  pastOutages: readonly Outage[];
  webhooks: {
    lastAt: Milliseconds | null;
    /** For how many payments webhooks come in a usual day; null while too little is known. */
    usualPerDay: number | null;
    /** Since when expected webhooks are missing; null while none is. */
    silentSince: Milliseconds | null;
  };
  /** Refused webhooks that are kept. */
  quarantine: { count: number; withBody: number };
}

/** So many past outages of each provider are shown. */
const pastShownMax = 2;

interface ReportDeps {
  database: Database<PaymentStores>;
  providers: ProviderRegistry;
  clock: Clock;
}

/** Of the one that is named, or of all that are configured. */
export function readProviderReports(
  deps: ReportDeps,
  query: { only: ProviderName | null } = { only: null },
): Promise<ProviderReport[]> {
  const configured = deps.providers.list().flatMap((provider) => {
    const health = deps.providers.health(provider.name);
    const isWanted = query.only === null || query.only === provider.name;
    return health === undefined || !isWanted ? [] : [{ provider, health }];
  });
  return deps.database.read(async (stores) => {
    const names = configured.map(({ provider }) => provider.name);
    const quarantine = await stores.quarantine.countQuarantined();
    const webhooks = await readWebhooks(deps, { stores, names });
    const reports: ProviderReport[] = [];
    for (const { provider, health } of configured) {
      const { name } = provider;
      const outages = await stores.outages.listOutages({ provider: name, limit: pastShownMax + 1 });
      const kept = quarantine.find(({ source }) => source === name);
      reports.push({
        health,
        gaps: provider.capabilities.gaps,
        outage: outages.find(({ status }) => status !== 'over') ?? null,
        pastOutages: outages.filter(({ status }) => status === 'over').slice(0, pastShownMax),
        webhooks: webhooks(name),
        quarantine: {
          count: kept?.count ?? 0,
          withBody: kept?.withBody ?? 0,
        },
      });
    }
    return reports;
  });
}

async function readWebhooks(
  deps: ReportDeps,
  { stores, names }: { stores: PaymentStores; names: readonly ProviderName[] },
): Promise<(name: ProviderName) => ProviderReport['webhooks']> {
  const now = deps.clock.now();
  const arrivals = await stores.inbox.listLastArrivals(names);
  const rates = await stores.webhookRates.listRates(names);
  const alerts = await stores.cases.listLiveCasesByKeys(names.map(silentKey));
  return (name) => {
    const lastAt = arrivals.get(name) ?? null;
    const rate = rates.find(({ provider }) => provider === name);
    const alert = alerts.find(({ key }) => key === silentKey(name));
    const isKnown = rate !== undefined && hasHistory(rate, now);
    return {
      lastAt,
      usualPerDay: isKnown ? usualCount(rate, { from: now - day, to: now }) : null,
      silentSince: alert === undefined ? null : (lastAt ?? alert.openedAt),
    };
  };
}
