import type { SetUpCheck } from '#diagnostics/set-up-check.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId, ProviderReference } from '#kernel/ids.ts';
import type { AssetAmount, Money } from '#kernel/money.ts';
import type { ProviderName, Trust } from '#kernel/provider-name.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import type { FeesProvider } from './fees-provider.ts';
import type { RefundProvider } from './refund-provider.ts';
import type { SalesChannel } from './sales-channel.ts';

/** What a set-up of this provider can do; what it cannot is said to the admin in `gaps`, one sentence each. */
export interface ProviderCapabilities {
  /** Collects money for our orders; a provider that does not is never chosen, and only reports orders of its own. */
  canCreate: boolean;
  /** Its payments can be fetched; where they cannot, its webhook is all the evidence there is. */
  canFetch: boolean;
  canList: boolean;
  canCancel: boolean;
  /** A repeated create with the same payment id gives the first payment again, or the first payment can be searched for. */
  canFindLostCreate: boolean;
  /** The provider itself sends an underpayment or an overpayment back to the buyer: it was never captured for the shop. */
  returnsOddPayments: boolean;
  /** The snapshot of a payment names its fee, sooner or later; other providers have a `FeesProvider`, or name no fees. */
  tellsFees?: true;
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

/** One HTTP arrival of a webhook: names of headers in lower case, the body exactly as it came. */
export interface WebhookDelivery {
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** The secret end of the address it came to, for a provider that has one; it is never logged nor said. */
  pathSecret?: string;
  /** It is one of ours that is verified once more: it came to the right address then, whose end is not kept. */
  wasAtItsAddress?: true;
}

/** Why a webhook was refused; a word for metrics and the log, never for the sender. */
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
  /** It came to an address that does not exist, and is answered as any such. One that is signed well was meant for us. */
  | { kind: 'no_such_address'; isSigned: boolean }
  | { kind: 'refused'; reason: WebhookRefusal };

export interface FetchOptions {
  /** Ids below the reference that webhooks have named so far (`detail` of a verdict). */
  details?: readonly string[] | undefined;
  /** What was requested and until when, for a provider that shows nothing of a payment before money comes. */
  known?: { requested: AssetAmount; expiresAt: Milliseconds } | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * A payment company. All calls that go out may throw ProviderRejected, ProviderUnreachable or ProviderRateLimited
 * (provider-errors.ts), are bounded in time, and are never made inside a transaction.
 */
export interface PaymentProvider {
  readonly name: ProviderName;
  readonly capabilities: ProviderCapabilities;
  /** What the provider would be asked to collect for this money; undefined when it cannot take the currency or amount. */
  quote(money: Money): AssetAmount | undefined;
  /** Creates the payment once per payment id, however often it is called, as far as the provider allows. */
  createPayment(request: CreatePaymentRequest, signal?: AbortSignal): Promise<PaymentSnapshot>;
  /** Looks for the payment of a create whose answer was lost; undefined when the provider has none. */
  findCreatedPayment(request: CreatePaymentRequest, signal?: AbortSignal): Promise<PaymentSnapshot | undefined>;
  fetchPayment(reference: ProviderReference, options?: FetchOptions): Promise<PaymentSnapshot>;
  /** Every payment made in [from, to), in pages; throws ProviderRejected when the set-up cannot list. */
  listPayments(
    window: { from: Milliseconds; to: Milliseconds },
    signal?: AbortSignal,
  ): AsyncIterable<PaymentSnapshot[]>;
  /** Asks the provider to close an unpaid payment; resolves also when it is closed already. */
  cancelPayment(reference: ProviderReference, signal?: AbortSignal): Promise<void>;
  /** How this set-up gives money back; null where it cannot, and then `gaps` says so. */
  readonly refunds: RefundProvider | null;
  /** Fees and settlements; null where the provider has no API for them, or this set-up may not read them. */
  readonly fees: FeesProvider | null;
  /** Its webhooks come to an address with a secret end, `/webhooks/<name>/<secret>`; those of others have none. */
  readonly hasSecretAddress?: true;
  /** What it is as a shop of its own: its events are all the evidence of its sales. Absent where we make the payments. */
  readonly sales?: SalesChannel;
  /** Reads and verifies; never goes out, never throws for what a sender did. */
  verifyWebhook(delivery: WebhookDelivery, now: Milliseconds): WebhookVerdict;
  /** A cheap authenticated call that shows reachability and credentials. */
  probe(signal?: AbortSignal): Promise<void>;
  /**
   * Whether the account is set up for what we do there: key, rights, webhook. It reads only, and a provider that says no
   * is a finding; it may throw for anything else.
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
  /** When the first call began since which none was served; a refusal of one request is served, one of our keys is not. */
  failingSince: Milliseconds | null;
  /** Since when it is decommissioned and no call goes out to it; null while it is not. */
  retiredAt: Milliseconds | null;
  /** Address of the provider's own page of a payment up to the reference, which ends it; null when it has none. */
  dashboardUrl: string | null;
  /** How far the provider's clock is ahead of ours, by the date of its last answer; absent until an answer had one. */
  clockAheadMs?: Milliseconds | undefined;
}

/** The providers that are configured, in the order of configuration. */
export interface ProviderRegistry {
  list(): readonly PaymentProvider[];
  find(name: ProviderName): PaymentProvider | undefined;
  health(name: ProviderName): ProviderHealth | undefined;
}
