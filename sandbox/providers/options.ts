import type { JsonWebKey } from 'node:crypto';
import type {
  ApiCall,
  FaultControls,
  ForeignInput,
  ProviderName,
  ProviderRecord,
  VisitInput,
  WebhookDelivery,
} from './contract.ts';
import type { PayhipProduct } from './payhip/sale.ts';
import type { PayhipSeller } from './payhip/seller.ts';

export interface CoinbaseAccount {
  readonly keyId: string;
  /** PEM or JWK of the key that signs; of a private one only the public half is used. */
  readonly publicKey: string | JsonWebKey;
  readonly webhookSecret: string;
  readonly webhookUrl?: string | undefined;
}

export interface BitPayAccount {
  readonly posToken: string;
  readonly merchantToken?: string | undefined;
  /** Compressed secp256k1 point, 66 hex characters: the key paired with the merchant token. */
  readonly clientPublicKeyHex?: string | undefined;
  /** Default: each invoice's own `notificationURL`. */
  readonly webhookUrl?: string | undefined;
  /** Default 15 minutes. */
  readonly lifeMs?: number | undefined;
  /** From confirmed to complete, default one minute. */
  readonly completeAfterMs?: number | undefined;
  /** What a cancelled invoice becomes; default `expired`, as in the official fixture. */
  readonly cancelledStatus?: 'expired' | 'declined' | undefined;
  /** Default true. */
  readonly signsWebhooks?: boolean | undefined;
  /** Error bodies come with status 200; default false. */
  readonly errorsWithStatus200?: boolean | undefined;
}

export interface BtcPayAccount {
  readonly apiKey: string;
  readonly storeId: string;
  readonly webhookSecret: string;
  readonly webhookUrl?: string | undefined;
  /** Default: all that the sandbox knows. */
  readonly permissions?: readonly string[] | undefined;
}

export interface PayhipAccount {
  readonly apiKey: string;
  readonly webhookUrl?: string | undefined;
  /** Default: three goods, one of them with licence keys. */
  readonly products?: readonly PayhipProduct[] | undefined;
}

export interface ProviderSandboxOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** Milliseconds since the epoch; a test may move it. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
  /** Which faults strike is the same for the same seed. Default 1. */
  readonly seed?: number | undefined;
  /** Pauses between the attempts to deliver a webhook, by the clock above. The default is 8 retries within about a minute. */
  readonly webhookRetryDelaysMs?: readonly number[] | undefined;
  /** How long a refund is pending, by the clock above. Default 2 seconds. */
  readonly refundDelayMs?: number | undefined;
  /** An account that is left out is made up; `environment` tells its secrets. */
  readonly coinbase?: CoinbaseAccount | undefined;
  readonly bitpay?: BitPayAccount | undefined;
  readonly btcpay?: BtcPayAccount | undefined;
  readonly payhip?: PayhipAccount | undefined;
}

export interface ProviderSandbox {
  /** The control page. */
  readonly url: string;
  /** Value for `COINBASE_API_URL`. */
  readonly coinbaseUrl: string;
  /** Value for `BITPAY_API_URL`. */
  readonly bitpayUrl: string;
  /** Value for `BTCPAY_URL`. */
  readonly btcpayUrl: string;
  /** Value for `PAYHIP_API_URL`. */
  readonly payhipUrl: string;
  /** The shop at Payhip and its seller. */
  readonly payhip: PayhipSeller;
  /** Settings for the product: all addresses, and the secrets of the accounts that were made up. */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: nowhere, or at BitPay each invoice's `notificationURL`. */
  setWebhookUrl(provider: ProviderName, url: string | undefined): void;
  /** What a visitor does; the checkout pages call the same function. Rejects with `VisitRefused`. */
  visit(input: VisitInput): Promise<void>;
  /** Newest first. */
  records(provider: ProviderName): ProviderRecord[];
  /** Undefined if the provider does not hold it. */
  record(provider: ProviderName, reference: string): ProviderRecord | undefined;
  /** The last calls of the API, oldest first. */
  callLog(provider: ProviderName): readonly ApiCall[];
  /** The last attempts to deliver, oldest first. */
  deliveries(provider: ProviderName): readonly WebhookDelivery[];
  faults(provider: ProviderName): FaultControls;
  /** A payment made in the provider's dashboard, not by us. */
  createForeign(provider: ProviderName, input: ForeignInput): ProviderRecord;
  /** Applies everything that is due by the clock. The sandbox does so itself every fifth of a second. */
  tick(): void;
  /**
   * Ticks, releases webhooks held for reordering, and resolves when none is on its way or due; attempts that are scheduled for
   * later do not count. Rejects after `timeoutMs` of real time, 10 seconds by default.
   */
  settle(options?: { readonly timeoutMs?: number }): Promise<void>;
  stop(): Promise<void>;
}
