import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { AssetAmount } from '#kernel/money.ts';
import type { ProviderName, Trust } from '#kernel/provider-name.ts';

/**
 * The provider's state of the payment. `open`: can be paid (a part may have been). `processing`: the full amount was
 * seen and is not confirmed. `confirmed`: the provider guarantees it. `expired`: closed without the full amount in time
 * (a part, or a late payment, may have been received). `failed`: a payment error. `invalid`: seen but not confirmed, or
 * reversed. `cancelled`: closed by the merchant.
 */
export const snapshotStates = ['open', 'processing', 'confirmed', 'expired', 'failed', 'invalid', 'cancelled'] as const;
export type SnapshotState = (typeof snapshotStates)[number];

/** A payment in a provider's list that this version does not understand, and what can be told of it all the same. */
export interface UnreadPayment {
  provider: ProviderName;
  reference: ProviderReference | null;
  /** Our payment id, where the entry has it. */
  paymentId: PaymentId | null;
  createdAt: Milliseconds | null;
  /** What is not understood, in a few words: `status "ON_HOLD"`. */
  unread: string;
}

/** One payment of a provider's list. */
export type ListedPayment = PaymentSnapshot | UnreadPayment;

export function isUnread(listed: ListedPayment): listed is UnreadPayment {
  return 'unread' in listed;
}

export function isRead(listed: ListedPayment): listed is PaymentSnapshot {
  return !isUnread(listed);
}

/** The same beside our own words: `not understood: status "ON_HOLD"`. */
export function unreadWords(what: string): string {
  return `not understood: ${what}`;
}

/** What a provider said about a payment when it was fetched, in the domain's terms. */
export interface PaymentSnapshot {
  provider: ProviderName;
  reference: ProviderReference;
  /** Our payment id, when the provider echoes it; null for a payment that we did not make. */
  paymentId: PaymentId | null;
  trust: Trust;
  observedAt: Milliseconds;
  state: SnapshotState;
  /** The provider's own status. */
  providerStatus: string;
  /** What the provider was asked to collect. */
  requested: AssetAmount;
  /**
   * What is expected and what was received, both in `asset`, the unit the provider settles in; null while no money was
   * seen.
   */
  settlement: { expected: string; received: string; asset: string } | null;
  /**
   * The same in the coin that the buyer sent, where the snapshot has it; the settlement itself where that is a coin.
   */
  coin: { expected: string; received: string; asset: string } | null;
  /** Money was seen after the expiry, or money whose amount the provider does not name. */
  isLate: boolean;
  /** It was marked settled at the provider by its merchant: amounts are no longer compared. */
  isMarkedSettled: boolean;
  /** The provider's fee and the net amount; null where the snapshot does not have them. */
  fees: { fee: string; net: string; asset: string } | null;
  checkoutUrl: string | null;
  transactionIds: string[];
  /** The shop's own text there, by which an admin recognises the payment: an order number, a description. */
  label: string | null;
  createdAt: Milliseconds | null;
  expiresAt: Milliseconds | null;
  /** Ids below the reference that the snapshot rests on, of a provider that may not list them the next time: it is asked by them, too. */
  details?: readonly string[];
}
