import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Subscription } from './sales-channel.ts';

/** What was heard of one sale of a channel, also before the sale itself was. */
export interface ChannelOrderMark {
  provider: ProviderName;
  reference: ProviderReference;
  /** The most that any word said went back. */
  returnedMinor: number;
  returnedAt: Milliseconds | null;
  /** Whether the sale itself came; null until then. */
  soldAt: Milliseconds | null;
  updatedAt: Milliseconds;
}

export interface StoredSubscription extends Subscription {
  provider: ProviderName;
  updatedAt: Milliseconds;
}

type SaleKey = Pick<ChannelOrderMark, 'provider' | 'reference'>;

export interface ChannelOrderStore {
  /**
   * Notes that the sale came, and holds its row until the transaction ends: the sale and a refund of it that come at the
   * same moment see each other, whichever is first. Returns what is known of it.
   */
  markSold(input: SaleKey & { at: Milliseconds }): Promise<ChannelOrderMark>;
  /** The same for money that went back: the larger of what is known and this one stays. */
  markReturned(
    input: SaleKey & { returnedMinor: number; returnedAt: Milliseconds | null; at: Milliseconds },
  ): Promise<ChannelOrderMark>;
  findMark(key: SaleKey): Promise<ChannelOrderMark | undefined>;
  /** By the reference, from the one after `after`. */
  listMarks(query: { provider: ProviderName; after: string | null; limit: number }): Promise<ChannelOrderMark[]>;
  /** How many refunds wait for their sale. */
  countWaitingReturns(provider: ProviderName): Promise<number>;
  /** Binds a license, known by its hash alone, to the first sale it comes with; the sale that has it. */
  claimLicense(input: SaleKey & { licenseHash: string; at: Milliseconds }): Promise<SaleKey>;
  /** An end stays an end, in whichever order the two are told. */
  saveSubscription(subscription: StoredSubscription): Promise<void>;
  findSubscription(key: { provider: ProviderName; reference: string }): Promise<StoredSubscription | undefined>;
  /** By the reference, from the one after `after`. */
  listSubscriptions(query: {
    provider: ProviderName;
    after: string | null;
    limit: number;
  }): Promise<StoredSubscription[]>;
  /** Exact id, or a case-insensitive part of the e-mail or name; newest first. */
  searchSubscriptions(query: { text: string; limit: number }): Promise<StoredSubscription[]>;
  /** Forgets refunds whose sale has not come since `before`, at most `limit`; how many. */
  pruneMarks(query: { before: Milliseconds; limit: number }): Promise<number>;
}
