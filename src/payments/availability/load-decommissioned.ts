import type { PaymentDeps } from '../lifecycle/deps.ts';

/** Who was taken for gone before this process began; before anything is asked. */
export async function loadDecommissioned(deps: Pick<PaymentDeps, 'database' | 'decommissioned'>): Promise<void> {
  const live = await deps.database.read((stores) => stores.outages.listLiveOutages());
  for (const outage of live)
    if (outage.status === 'retired') deps.decommissioned?.set(outage.provider, outage.retiredAt);
}
