import type { ProviderName } from '#kernel/provider-name.ts';
import type { ApiCall, FaultControls, ForeignInput, ProviderRecord, VisitInput, WebhookDelivery } from './contract.ts';
import type { SimulatedShop } from './host.ts';
import type { AccountByProvider } from './registry.ts';
import type { Reword } from './rewording.ts';

export interface ProviderSandboxOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** Milliseconds since the epoch; a test may move it. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
  /** The same seed gives the same random faults. Default 1. */
  readonly seed?: number | undefined;
  /** Pauses between the attempts to deliver a webhook, by the clock above. The default is 8 retries within about a minute. */
  readonly webhookRetryDelaysMs?: readonly number[] | undefined;
  /** How long a refund is pending, by the clock above. Default 2 seconds. */
  readonly refundDelayMs?: number | undefined;
  /** An account that is left out is generated; `environment` has its secrets. */
  readonly accounts?: Partial<AccountByProvider> | undefined;
}

export interface ProviderSandbox {
  /** The control page. */
  readonly url: string;
  /** The addresses of the APIs, as the product's settings want them. */
  readonly apiUrls: Readonly<Record<ProviderName, string>>;
  /** Settings for the product: all addresses, and the secrets of the accounts that were made up. */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: nowhere, or where each payment says. */
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
  /** What the provider says otherwise from now on, in each answer in JSON; undefined: nothing. */
  reword(provider: ProviderName, change: Reword | undefined): void;
  /** Sets something that only this provider has, as the control page does: the balance of a ledger, for one. */
  setDial(provider: ProviderName, name: string, value: string): void;
  /** The provider as a shop of its own; undefined where it collects for us. */
  shop(provider: ProviderName): SimulatedShop | undefined;
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
