import type { SetUpCheck } from '#diagnostics/set-up-check.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { AssetAmount, Money } from '#kernel/money.ts';
import type { ProviderName, Trust } from '#kernel/provider-name.ts';
import type { ListedPayment, PaymentSnapshot } from '../model/snapshot.ts';
import type { FeesProvider } from './fees-provider.ts';
import type { RefundProvider } from './refund-provider.ts';
import type { SalesChannel } from './sales-channel.ts';

/** What this set-up of the provider can do; each missing capability is a sentence for the admin in `gaps`. */
export interface ProviderCapabilities {
  /** Collects money for our orders; a provider that does not is never chosen, and only reports orders of its own. */
  canCreate: boolean;
  /** Its payments can be fetched; where they cannot, its webhooks are the only evidence. */
  canFetch: boolean;
  canList: boolean;
  canCancel: boolean;
  /** A repeated create with the same payment id returns the first payment, or the first payment can be searched for. */
  canFindLostCreate: boolean;
  /** The provider itself returns an underpayment or an overpayment to the buyer: it was never captured for the shop. */
  returnsOddPayments: boolean;
  /**
   * The snapshot of a payment has its fee, sooner or later; other providers have a `FeesProvider`, or report no fees.
   */
  tellsFees?: true;
  /** Its list goes by whole days: the list of an hour costs as much as that of a day. */
  listsWholeDays?: true;
  gaps: readonly string[];
}

export interface CreatePaymentRequest {
  paymentId: PaymentId;
  orderNumber: string;
  description: string;
  money: Money;
  customer: { email: string | null; name: string | null };
  /** Where the buyer returns to; null when the shop gave none. */
  redirectUrl: string | null;
  expiresAt: Milliseconds;
}

/** One HTTP arrival of a webhook: header names in lower case, the body unchanged. */
export interface WebhookDelivery {
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** The secret path of the address it was sent to, for a provider that has one; never logged or shown. */
  pathSecret?: string;
  /** A stored webhook of ours that is verified again: its path was correct on arrival and is not kept. */
  wasAtItsAddress?: true;
}

/** Why a webhook was refused; for metrics and the log, never for the sender. */
export type WebhookRefusal =
  | 'signature_missing'
  | 'signature_malformed'
  | 'signature_wrong'
  | 'too_old'
  | 'too_new'
  | 'header_missing'
  | 'address_wrong'
  | 'body_malformed'
  | 'not_ours';

export type WebhookVerdict =
  | {
      kind: 'event';
      /** Identity of the event at the provider: a second delivery has the same key. */
      eventKey: string;
      eventType: string;
      /** The payment to fetch. */
      reference: ProviderReference;
      /** An id below the reference that only the webhook names; it is kept, and handed back with every fetch. */
      detail?: string;
      trust: Trust;
    }
  /** Authentic, and about nothing that we follow; answered 200 and not stored. */
  | { kind: 'irrelevant'; eventType: string }
  /**
   * It was sent to an address that does not exist, and is answered with 404. One with a valid signature was meant for
   * us.
   */
  | { kind: 'no_such_address'; isSigned: boolean }
  | { kind: 'refused'; reason: WebhookRefusal };

export interface FetchOptions {
  /** Ids below the reference that webhooks have named so far (`detail` of a verdict). */
  details?: readonly string[] | undefined;
  /** What was requested and until when, for a provider that shows nothing of a payment before it is paid. */
  known?: { requested: AssetAmount; expiresAt: Milliseconds } | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * A payment company. All outgoing calls may throw ProviderRejected, ProviderUnreachable, ProviderRateLimited or
 * ProviderNotUnderstood (provider-errors.ts), are bounded in time, and are never made inside a transaction.
 */
export interface PaymentProvider {
  readonly name: ProviderName;
  readonly capabilities: ProviderCapabilities;
  /** What the provider would be asked to collect for this money; undefined when it cannot take the currency or amount. */
  quote(money: Money): AssetAmount | undefined;
  /** Creates the payment once per payment id, however often it is called, as far as the provider allows. */
  createPayment(request: CreatePaymentRequest, signal?: AbortSignal): Promise<PaymentSnapshot>;
  /** Searches for the payment of a create whose answer was lost; undefined when the provider has none. */
  findCreatedPayment(request: CreatePaymentRequest, signal?: AbortSignal): Promise<PaymentSnapshot | undefined>;
  fetchPayment(reference: ProviderReference, options?: FetchOptions): Promise<PaymentSnapshot>;
  /**
   * Every payment made in [from, to), in pages, each read by itself: one that is not understood hides no other. Throws
   * ProviderRejected when the set-up cannot list.
   */
  listPayments(window: { from: Milliseconds; to: Milliseconds }, signal?: AbortSignal): AsyncIterable<ListedPayment[]>;
  /** Asks the provider to close an unpaid payment; resolves also when it is closed already. */
  cancelPayment(reference: ProviderReference, signal?: AbortSignal): Promise<void>;
  /** How this set-up refunds; null where it cannot, and then `gaps` says so. */
  readonly refunds: RefundProvider | null;
  /** Fees and settlements; null where the provider has no API for them, or this set-up may not read them. */
  readonly fees: FeesProvider | null;
  /** Its webhook address has a secret path, `/webhooks/<name>/<secret>`; other providers have none. */
  readonly hasSecretAddress?: true;
  /**
   * The provider as a shop of its own, whose events are the only evidence of its orders. Absent where we make the
   * payments.
   */
  readonly sales?: SalesChannel;
  /** Reads and verifies; makes no call, and never throws for what a sender did. */
  verifyWebhook(delivery: WebhookDelivery, now: Milliseconds): WebhookVerdict;
  /** A cheap authenticated call that shows reachability and credentials. */
  probe(signal?: AbortSignal): Promise<void>;
  /**
   * Checks the account's set-up at the provider: key, permissions, webhook. It only reads; a call that the provider
   * rejects is a finding, and it may throw for anything else.
   */
  checkSetUp(about: SetUpQuestion, signal: AbortSignal): Promise<SetUpCheck[]>;
}

export interface SetUpQuestion {
  /** Where this provider should post its events; null when PUBLIC_URL is not set. */
  webhookUrl: string | null;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface ProviderHealth {
  provider: ProviderName;
  breaker: BreakerState;
  /** When the breaker opened, and the failure that opened it; null while it is closed. */
  openedAt: Milliseconds | null;
  lastError: string | null;
  lastSuccessAt: Milliseconds | null;
  /**
   * When the first of an unbroken row of failed calls began; a rejected request is no failure, a rejected API key is.
   */
  failingSince: Milliseconds | null;
  /** Since when it is decommissioned and not called; null while it is not. */
  retiredAt: Milliseconds | null;
  /** Address of the provider's own page of a payment, without the reference at its end; null when it has none. */
  dashboardUrl: string | null;
  /** How far the provider's clock is ahead of ours, by the date of its last answer; absent until an answer had one. */
  clockAheadMs?: Milliseconds | undefined;
}

/** The configured providers, in the order of configuration. */
export interface ProviderRegistry {
  list(): readonly PaymentProvider[];
  find(name: ProviderName): PaymentProvider | undefined;
  health(name: ProviderName): ProviderHealth | undefined;
}
