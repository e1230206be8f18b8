import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { AssetAmount } from '#kernel/money.ts';
import type { ProviderName, Trust } from '#kernel/provider-name.ts';

/**
 * Where the provider says the payment is. `open`: may be paid (part of it may have come). `processing`: the full amount
 * was seen and is not confirmed. `confirmed`: the provider stands by it. `expired`: closed without the full amount in
 * time (part, or a late payment, may have come). `failed`: a payment error. `invalid`: seen, but not confirmed, or taken
 * back. `cancelled`: closed by the merchant.
 */
export const snapshotStates = ['open', 'processing', 'confirmed', 'expired', 'failed', 'invalid', 'cancelled'] as const;
export type SnapshotState = (typeof snapshotStates)[number];

/** What a provider said about a payment when it was fetched, in the domain's terms. */
export interface PaymentSnapshot {
  provider: ProviderName;
  reference: ProviderReference;
  /** Our payment id, when the provider echoes it; null for a payment that was not made by us. */
  paymentId: PaymentId | null;
  trust: Trust;
  observedAt: Milliseconds;
  state: SnapshotState;
  /** The provider's own status. */
  providerStatus: string;
  /** What the provider was asked to collect. */
  requested: AssetAmount;
  /** What must come and what came, both in `asset`, the unit the provider settles in; null while no money was seen. */
  settlement: { expected: string; received: string; asset: string } | null;
  /** The same in the coin that the buyer sent, where this snapshot has it; the settlement itself where that is a coin. */
  coin: { expected: string; received: string; asset: string } | null;
  /** Money was seen after the expiry, or money whose amount the provider does not name. */
  isLate: boolean;
  /** Somebody marked it settled at the provider: amounts are no longer compared. */
  isMarkedByHand: boolean;
  /** What the provider kept of the money and what it paid out; null where this snapshot does not have it. */
  fees: { fee: string; net: string; asset: string } | null;
  checkoutUrl: string | null;
  transactionIds: string[];
  /** What the shop wrote on it there, for an admin to recognise it by: an order number, a description. */
  label: string | null;
  createdAt: Milliseconds | null;
  expiresAt: Milliseconds | null;
}
