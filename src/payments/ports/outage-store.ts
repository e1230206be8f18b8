import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Outage } from '../model/outage.ts';

export type OutageChange = Partial<Omit<Outage, 'id' | 'provider' | 'version' | 'beganAt'>>;

export interface OutageStore {
  /** False when the provider already has an outage that is not over; nothing is stored then. */
  insertOutage(outage: Outage): Promise<boolean>;
  /** The provider's outage that is not over. */
  findLiveOutage(provider: ProviderName): Promise<Outage | undefined>;
  /** Every outage that is not over, oldest first. */
  listLiveOutages(): Promise<Outage[]>;
  /**
   * Changes the outage as it was loaded, and its version with it; throws ConcurrentChange when another change came first.
   * A change to `over` frees the provider for the next one.
   */
  changeOutage(outage: Outage, change: OutageChange): Promise<Outage>;
  /** Newest first, of one provider or of all. */
  listOutages(query: { provider: ProviderName | null; limit: number }): Promise<Outage[]>;
  /** The newest of each of these providers, over or not. */
  listLatestOutages(providers: readonly ProviderName[]): Promise<Outage[]>;
  /** Deletes outages that ended before `before`, at most `limit`; how many. */
  pruneOutages(query: { before: Milliseconds; limit: number }): Promise<number>;
}
