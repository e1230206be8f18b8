import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Subscription } from './sales-channel.ts';

/** What is known of one channel order, also before the order itself was received. */
export interface ChannelOrderMark {
  provider: ProviderName;
  reference: ProviderReference;
  /** The largest refunded sum that any event or export reported. */
  returnedMinor: number;
  returnedAt: Milliseconds | null;
  /** Whether the channel order itself was received; null until then. */
  soldAt: Milliseconds | null;
  updatedAt: Milliseconds;
}

export interface StoredSubscription extends Subscription {
  provider: ProviderName;
  updatedAt: Milliseconds;
}

type ChannelOrderKey = Pick<ChannelOrderMark, 'provider' | 'reference'>;

export interface ChannelOrderStore {
  /**
   * Records that the channel order was received, and locks its row until the transaction ends, so that the order and a
   * refund of it that are received at the same moment see each other. Returns what is known of it.
   */
  markSold(input: ChannelOrderKey & { at: Milliseconds }): Promise<ChannelOrderMark>;
  /** The same for a refund: the larger of the known sum and this one is kept. */
  markReturned(
    input: ChannelOrderKey & { returnedMinor: number; returnedAt: Milliseconds | null; at: Milliseconds },
  ): Promise<ChannelOrderMark>;
  findMark(key: ChannelOrderKey): Promise<ChannelOrderMark | undefined>;
  /** Ordered by reference, after the reference `after`. */
  listMarks(query: { provider: ProviderName; after: string | null; limit: number }): Promise<ChannelOrderMark[]>;
  /** How many refunds wait for their channel order. */
  countWaitingReturns(provider: ProviderName): Promise<number>;
  /**
   * Binds a license key, of which only the hash is stored, to the first channel order that has it; returns the order
   * that owns it.
   */
  claimLicense(input: ChannelOrderKey & { licenseHash: string; at: Milliseconds }): Promise<ChannelOrderKey>;
  /** A subscription that ended stays ended, in whichever order its events are received. */
  saveSubscription(subscription: StoredSubscription): Promise<void>;
  findSubscription(key: { provider: ProviderName; reference: string }): Promise<StoredSubscription | undefined>;
  /** Ordered by reference, after the reference `after`. */
  listSubscriptions(query: {
    provider: ProviderName;
    after: string | null;
    limit: number;
  }): Promise<StoredSubscription[]>;
  /** Exact id, or a case-insensitive part of the e-mail or name; newest first. */
  searchSubscriptions(query: { text: string; limit: number }): Promise<StoredSubscription[]>;
  /** Deletes refunds whose channel order was not received since `before`, at most `limit`; how many. */
  pruneMarks(query: { before: Milliseconds; limit: number }): Promise<number>;
}
