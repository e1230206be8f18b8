import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Outage, OutageStatus } from '../model/outage.ts';

export type OutageChange = Partial<Omit<Outage, 'id' | 'provider' | 'version' | 'beganAt'>>;

export interface OutageStore {
  /** False when the provider has an outage already that is not over; nothing is stored then. */
  insertOutage(outage: Outage): Promise<boolean>;
  /** The provider's outage that is not over. */
  findLiveOutage(provider: ProviderName): Promise<Outage | undefined>;
  /** Every outage that is not over, oldest first. */
  listLiveOutages(): Promise<Outage[]>;
  /** Compare-and-set on status and version, which rises by one; a change to `over` frees the provider for the next one. */
  changeOutage(input: {
    id: string;
    expected: { status: OutageStatus; version: number };
    change: OutageChange;
  }): Promise<boolean>;
  /** Newest first, of one provider or of all. */
  listOutages(query: { provider: ProviderName | null; limit: number }): Promise<Outage[]>;
  /** Deletes outages that ended before `before`, at most `limit`; how many. */
  pruneOutages(query: { before: Milliseconds; limit: number }): Promise<number>;
}
