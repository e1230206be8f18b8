// The simulator contract: what the folder of a simulated provider declares, and what it must do. Its promises are
// tested for every simulator of the registry in test/sandbox/providers/simulators.test.ts.
//
// - Its API is written from the provider's documentation alone, refuses what the provider would refuse, and speaks of
//   errors in the provider's own bodies.
// - All that happens, happens by the clock of the host: nothing waits in real time, `tick` lets happen what is due, and
//   `nextDueAt` says when that will be. All chance is that of the host: the same calls give the same answers again.
// - It holds every checkout in `records`, newest first, also those that were made in its dashboard (`createForeign`).
// - Each checkout has a hosted page at `checkoutUrl`, below `/<name>`, that offers what may happen in its present state.
// - Every event is sent through the host as the provider reports it, signed as the provider signs it. Loss,
//   repetition, delay and order of webhooks, and the faults of the API, are the host's and need no code of its own.
import type { ProviderName } from '#kernel/provider-name.ts';
import type { VisitAction } from './contract.ts';
import type { RetryPolicy } from './deliveries.ts';
import type { ProviderHost, SimulatedProvider } from './host.ts';
import type { RandomIds } from './ids.ts';

export interface SimulatorAccount {
  /** Where all webhooks go; unset: where each payment says, or nowhere. */
  readonly webhookUrl?: string | undefined;
}

export interface MadeUp<Account> {
  readonly account: Account;
  /** The product's settings of this account, without its address. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface WebhookToSign {
  readonly secret: string;
  readonly nowMs: number;
  /** Names in lower case, without that of the signature. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the provider signs its webhooks, for tests that forge them. */
export interface WebhookSigning {
  /** Header of the signature, in lower case; null: it stands in the body. */
  readonly header: string | null;
  /** The field of the body that holds the signature, where no header does. */
  readonly field?: string;
  /** The product's setting that holds the secret. */
  readonly secretSetting: string;
  /**
   * `values`: signed is the body written anew, so that blanks between its values do not count. `nothing`: it shows who
   * sends, and says nothing about the body.
   */
  readonly covers: 'bytes' | 'values' | 'nothing';
  /** The value of the header; of any body, also one that is no JSON. */
  sign(webhook: WebhookToSign): string;
}

export interface Simulator<Account extends SimulatorAccount> {
  readonly name: ProviderName;
  /** Who runs it, as its pages say. */
  readonly maker: string;
  /** Colour of its pages. */
  readonly accent: string;
  /** Where its API lies. */
  readonly apiPath: string;
  /** The product's setting of its address, and the path that belongs into it. */
  readonly address: { readonly setting: string; readonly path: string };
  /** Routes of its hosted pages, below `/<name>`. */
  readonly pagePaths: readonly string[];
  /** An account made up on the spot, of the system's chance by default. */
  makeAccount(ids?: RandomIds): MadeUp<Account>;
  create(host: ProviderHost, about: { account: Account; refundDelayMs: number }): SimulatedProvider;
  /** Its own body under a fault of the server. */
  failureBody(status: 500 | 503 | 429, ids: RandomIds): string;
  /** How it goes on after a webhook that was not accepted. */
  readonly retry: Omit<RetryPolicy, 'delaysMs'>;
  /** The pauses between its attempts in reality, as far as it says. */
  readonly realRetryDelaysMs: readonly number[];
  /** `payment`: each payment carries the webhook address; `account`: an admin sets the address on its pages, once. */
  readonly webhookTarget: 'payment' | 'account';
  /** The product's setting of the secret that the address of its webhooks ends in, where it has one. */
  readonly addressSecretSetting?: string;
  readonly signing: WebhookSigning;
  /** Collects payments that the shop requests; a sales channel only reports the sales that it makes itself. */
  readonly collectsForUs: boolean;
  /** All that may ever happen to a checkout of it. */
  readonly visits: readonly VisitAction[];
  /** Underpayments and surpluses are returned to the buyer automatically. */
  readonly returnsOddPayments: boolean;
}
