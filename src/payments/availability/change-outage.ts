import { ConcurrentChange } from '#kernel/database.ts';
import type { Outage } from '../model/outage.ts';
import type { OutageChange, OutageStore } from '../ports/outage-store.ts';

/** Compare-and-set on the outage as the caller saw it; throws ConcurrentChange when overtaken. */
export async function changeOutage(
  stores: { outages: OutageStore },
  input: { outage: Outage; change: OutageChange },
): Promise<Outage> {
  const { outage, change } = input;
  const expected = { status: outage.status, version: outage.version };
  const isChanged = await stores.outages.changeOutage({ id: outage.id, expected, change });
  if (!isChanged) throw new ConcurrentChange(`outage ${outage.id} changed meanwhile`);
  return { ...outage, ...change, version: outage.version + 1 };
}
