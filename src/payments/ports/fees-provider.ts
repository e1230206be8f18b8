import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderReference } from '#kernel/ids.ts';

/** Fee and net amount of one payment, as the provider's ledger has them. */
export interface PaymentFees {
  reference: ProviderReference;
  fee: string;
  net: string;
  /** The unit of both, that of the provider's ledger; not always that of the order. */
  asset: string;
  /** When the payment was entered in the ledger. */
  at: Milliseconds;
}

/** Money that the provider has paid out to the shop, or is about to. */
export interface ProviderSettlement {
  id: string;
  currency: string;
  amount: string;
  /** The provider's own status. */
  status: string;
  /** The period whose payments it is made of. */
  from: Milliseconds | null;
  to: Milliseconds | null;
  /** When it was paid out; null while it has not been. */
  at: Milliseconds | null;
  /** The payments that it is made of; null where the provider does not list them. */
  references: readonly ProviderReference[] | null;
}

/**
 * Reads the provider's own ledger. All calls go out, are bounded, are never made inside a transaction,
 * and may throw ProviderRejected, ProviderUnreachable or ProviderRateLimited. Reading them twice gives the same fees. What
 * is understood comes first; then ProviderNotUnderstood says what was left out.
 */
export interface FeesProvider {
  /** Of every payment that was entered in [from, to), in pages; one with a share in several units comes once for each. */
  listFees(window: { from: Milliseconds; to: Milliseconds }, signal?: AbortSignal): AsyncIterable<PaymentFees[]>;
  /** Every settlement made in [from, to), in pages. */
  listSettlements(
    window: { from: Milliseconds; to: Milliseconds },
    signal?: AbortSignal,
  ): AsyncIterable<ProviderSettlement[]>;
}
