import type { Database } from '#kernel/database.ts';
import type { DecommissionedProviders } from '../ports/decommissioned-providers.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** Loads which providers are decommissioned, at the start of a process and before any call. */
export async function loadDecommissioned(deps: {
  database: Database<PaymentStores>;
  decommissioned?: DecommissionedProviders;
}): Promise<void> {
  const live = await deps.database.read((stores) => stores.outages.listLiveOutages());
  for (const outage of live)
    if (outage.status === 'retired') deps.decommissioned?.set(outage.provider, outage.retiredAt);
}
