import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';
import type { Money } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Subscription } from './sales-channel.ts';

/** A refund of a channel order as events or exports reported it. */
export interface ReportedRefund {
  /** The largest sum that was reported together with this price. */
  returnedMinor: number;
  returnedAt: Milliseconds | null;
  /** What the order cost, as the refund names it; null in what an earlier version kept. */
  of: Money | null;
}

/** What is known of one channel order, also before the order itself was received. */
export interface ChannelOrderMark {
  provider: ProviderName;
  reference: ProviderReference;
  /** One for each price that a refund named: whoever forges one must not hide the one that fits. */
  refunds: readonly ReportedRefund[];
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
  /**
   * The same for a refund: of those with the same price the larger sum is kept. Refunds of a sixth price are not kept;
   * the mark that is returned then lacks it.
   */
  markReturned(input: ChannelOrderKey & { refund: ReportedRefund; at: Milliseconds }): Promise<ChannelOrderMark>;
  /** Records that a marked channel order counted without review, and what its goods are worth. */
  markCounted(input: ChannelOrderKey & { value: Money; at: Milliseconds }): Promise<void>;
  /**
   * What counted without review after `since`, in minor units of the currency. On PostgreSQL transactions of the same
   * moment do not see each other, so that the sum may lack what they count.
   */
  sumCounted(query: { provider: ProviderName; currency: string; since: Milliseconds }): Promise<number>;
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
  /** Of this id or e-mail, in capitals or not; newest first. */
  listSubscriptionsCalled(query: { text: string; limit: number }): Promise<StoredSubscription[]>;
  /** Case-insensitive part of the e-mail or name, of the newest thousands; newest first. */
  searchSubscriptions(query: { text: string; limit: number }): Promise<StoredSubscription[]>;
  /** Deletes refunds whose channel order was not received since `before`, at most `limit`; how many. */
  pruneMarks(query: { before: Milliseconds; limit: number }): Promise<number>;
}
