import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference, RefundId } from '#kernel/ids.ts';
import type { AssetAmount } from '#kernel/money.ts';

/**
 * The provider's state of a refund. `pending`: accepted, and not yet with the buyer, also while it waits for the buyer
 * to accept or to claim it. `cancelled`: called off before any money moved.
 */
export const providerRefundStates = ['pending', 'succeeded', 'failed', 'cancelled'] as const;
export type ProviderRefundState = (typeof providerRefundStates)[number];

/** One refund as the provider shows it. */
export interface ProviderRefund {
  /** The provider's own id of the refund, or of the claim that stands for it. */
  reference: string;
  /** Our refund id, when the provider echoes it; null for one that was made at the provider itself. */
  refundId: RefundId | null;
  state: ProviderRefundState;
  /** The provider's own status. */
  providerStatus: string;
  /** In the unit of the payment. */
  amount: AssetAmount;
  /** Where the buyer claims the money; null where it is sent without that. */
  claimUrl: string | null;
  transactionIds: readonly string[];
  createdAt: Milliseconds | null;
}

/** Built from stored facts alone, so that a repeat after a crash sends the same bytes. */
export interface RefundCommand {
  refundId: RefundId;
  paymentReference: ProviderReference;
  orderNumber: string;
  /** How much, in the unit of the payment: never more than was captured. */
  amount: AssetAmount;
  /** Whether it is all that the buyer paid. */
  isFull: boolean;
  reason: string;
  customerEmail: string | null;
}

export interface RefundQuery {
  paymentReference: ProviderReference;
  /** The unit of the payment. */
  asset: string;
  /** Refunds of ours to find, with the provider's id where it is known. */
  ours: readonly { refundId: RefundId; reference: string | null }[];
}

/** A refund in a list of the provider's: no more than it takes to see whether it is known here. */
export interface ListedRefund {
  paymentReference: ProviderReference;
  /** The provider's own id of the refund; null where the list does not have it. */
  reference: string | null;
}

/**
 * Refunds payments. All calls are bounded in time, are never made inside a transaction, and may throw ProviderRejected
 * (it was not carried out), ProviderUnreachable or ProviderNotUnderstood (it may have been) or ProviderRateLimited (it was
 * not).
 */
export interface RefundProvider {
  /**
   * How the buyer gets the money: sent by the provider at once, after the buyer accepted by e-mail, or claimed by the
   * buyer at `claimUrl`.
   */
  readonly way: 'sent' | 'accepted_by_buyer' | 'claimed_by_buyer';
  /**
   * Requests one refund, once: it never repeats itself after a lost answer. The caller has searched with `findRefunds`
   * before, and repeats the same command under the same refund id only after a search that found nothing.
   */
  requestRefund(command: RefundCommand, signal?: AbortSignal): Promise<ProviderRefund>;
  /** The refunds that the provider shows of this payment: all of ours that exist, and other refunds where it can. */
  findRefunds(query: RefundQuery, signal?: AbortSignal): Promise<ProviderRefund[]>;
  /**
   * The refunds of [from, to) that one list shows in a few calls, whoever made them: of those that were made at the provider
   * itself nothing else tells when their webhooks are lost. Others may be among them, and such as have moved no money may be
   * left out.
   */
  listRefunds(window: { from: Milliseconds; to: Milliseconds }, signal?: AbortSignal): Promise<ListedRefund[]>;
}
