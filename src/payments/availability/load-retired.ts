import type { Database } from '#kernel/database.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { RetiredProviders } from '../ports/retired-providers.ts';

/** Who was taken for gone before this process began; before anything is asked. */
export async function loadRetired(deps: {
  database: Database<PaymentStores>;
  retired?: RetiredProviders;
}): Promise<void> {
  const live = await deps.database.read((stores) => stores.outages.listLiveOutages());
  for (const outage of live) if (outage.status === 'retired') deps.retired?.set(outage.provider, outage.retiredAt);
}
