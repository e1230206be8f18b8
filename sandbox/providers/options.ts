import type { ProviderName } from '#kernel/provider-name.ts';
import type { TakeCall } from '../kit/connection.ts';
import type { ListenOptions } from '../kit/listen.ts';
import type { RandomBytes } from '../kit/random.ts';
import type { ApiCall, FaultControls, ForeignInput, ProviderRecord, VisitInput, WebhookDelivery } from './contract.ts';
import type { SimulatedShop } from './host.ts';
import type { Post } from './post.ts';
import type { AccountByProvider } from './registry.ts';
import type { Reword } from './rewording.ts';

/** What the providers do, wherever they run. */
export interface ProviderWorldOptions {
  /** Milliseconds since the epoch; a test may move it. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
  /** The same seed gives the same random faults. Default 1. */
  readonly seed?: number | undefined;
  /** Where ids, addresses and made-up accounts come from. Default: the system's own chance. */
  readonly random?: RandomBytes | undefined;
  /** Pauses between the attempts to deliver a webhook, by the clock above. The default is 8 retries within about a minute. */
  readonly webhookRetryDelaysMs?: readonly number[] | undefined;
  /** The pauses of the real provider instead, which may add up to days; default false. */
  readonly realRetryDelays?: boolean | undefined;
  /** How long a refund is pending, by the clock above. Default 2 seconds. */
  readonly refundDelayMs?: number | undefined;
  /** An account that is left out is generated; `environment` has its secrets. */
  readonly accounts?: Partial<AccountByProvider> | undefined;
}

/** Of the sandbox that listens on a port. */
export interface ProviderSandboxOptions extends ProviderWorldOptions, ListenOptions {}

/** Of the sandbox within the process. */
export interface ProviderSandboxCoreOptions extends ProviderWorldOptions {
  /** How a webhook leaves. Default: `fetch`, which gives a receiver 15 seconds of real time. */
  readonly post?: Post | undefined;
  /** How many webhooks of one provider may be on their way at the same time. Default 20. */
  readonly webhooksAtOnce?: number | undefined;
  /**
   * Whether calls that are signed with a private key are verified; default true. It is most of what such a call costs;
   * whatever else it shows is checked in any case.
   */
  readonly verifiesSignatures?: boolean | undefined;
  /** The clock by which webhooks are held back for reordering. Default: `now`. */
  readonly holdNow?: (() => number) | undefined;
}

/** The simulated providers, wherever they run. */
export interface ProviderWorld {
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
  /** Applies everything that is due by the clock. The sandbox on a port does so itself every fifth of a second. */
  tick(): void;
  /** Ticks, releases webhooks held for reordering, and resolves when none is on its way or due; attempts that are scheduled
   * for later do not count. */
  settle(): Promise<void>;
  /** Ends the sending of webhooks. */
  stop(): Promise<void>;
}

/** Listens on a port. */
export interface ProviderSandbox extends ProviderWorld {
  /** The control page. */
  readonly url: string;
  /** Rejects after `timeoutMs` of real time, 10 seconds by default. */
  settle(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** Within the process: nothing happens but by its methods, and nothing waits in real time. */
export interface ProviderSandboxCore extends ProviderWorld {
  /** Takes a call of an API or a page, as if it had come to `origin`. */
  readonly fetch: TakeCall;
  /**
   * The earliest moment at which `tick` would do something: not later than now if something is due, undefined if nothing
   * will happen by itself. What is on its way to a receiver does not count, nor webhooks that wait for the end of an outage.
   * Any call, visit or change of faults may change it.
   */
  nextDueAt(): number | undefined;
  /** References of the payments of which a webhook is on its way, or waits for its moment. */
  waitingWebhooks(provider: ProviderName): readonly string[];
  /** Whether webhooks are on their way, due or held for reordering. */
  hasWork(): boolean;
  /** Ends the waiting of webhooks that are held for reordering. */
  release(): void;
}
