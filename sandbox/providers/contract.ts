// The words of the simulated providers. Everything a test or the demo may rely on is declared here; what a simulator must
// do is in simulator.ts.
import type { ProviderName } from '#kernel/provider-name.ts';

/** What a visitor, the block chain or the provider's own staff can make happen to a checkout. */
export const visitActions = [
  'pay',
  'pay_unconfirmed',
  'confirm',
  'complete',
  'underpay',
  'overpay',
  'pay_late',
  'pay_again',
  'fail',
  'expire',
  'double_spend',
  'invalidate',
  'take_back',
  'decline',
  'claim_refund',
  'complete_refund',
  'fail_refund',
  'refund_part',
  'refund_full',
  'walk_away',
] as const;
export type VisitAction = (typeof visitActions)[number];

export interface VisitInput {
  readonly provider: ProviderName;
  /** The provider's own id of the checkout; of a refund too, where it has a page of its own. */
  readonly reference: string;
  readonly action: VisitAction;
  /**
   * Share of the amount that is sent, as a decimal string: `0.5` is the default of `underpay`, `1.5` that of `overpay`, and
   * all that is left that of `claim_refund`. Of `refund_part` it is the share of what is left, a half by default.
   */
  readonly fraction?: string | undefined;
}

/** Thrown when a checkout in its present state, or this provider at all, does not know the action. */
export class VisitRefused extends Error {
  override readonly name = 'VisitRefused';
}

export interface RefundRecord {
  readonly id: string;
  readonly status: string;
  readonly amount: string;
  /** Made by the provider's or the shop's own staff on its pages, and not through the API. */
  readonly isByHand: boolean;
}

/** What the provider holds, in the provider's own status words. Amounts are decimal strings. */
export interface ProviderRecord {
  readonly provider: ProviderName;
  readonly reference: string;
  readonly status: string;
  /** What some providers say beside the status (`additionalStatus`, `exceptionStatus`); `''` for nothing. */
  readonly exception: string;
  readonly amount: string;
  readonly currency: string;
  /** What has been received, in `currency`. */
  readonly paid: string;
  /** The same in the coin that the buyer chose, where the provider compares in that: of a few cents `paid` shows too little. */
  readonly inCoin?: { readonly amount: string; readonly paid: string } | undefined;
  /** The order id as we sent it, in whichever field the provider has for it. */
  readonly orderId: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly checkoutUrl: string;
  /** What makes a repeated create the same one; undefined where the provider has nothing of the kind. */
  readonly idempotencyKey: string | undefined;
  /** How often creation was asked for under that key, the first time included. */
  readonly createCalls: number;
  readonly refunds: readonly RefundRecord[];
  /** True for a payment that was made in the provider's dashboard and not through the API. */
  readonly isForeign: boolean;
}

export interface ForeignInput {
  /** Decimal string. */
  readonly amount: string;
  /** Default: the currency that the provider's API asks for. */
  readonly currency?: string | undefined;
  readonly description?: string | undefined;
  readonly orderId?: string | undefined;
}

/** `5xx`, `429`, `reset` and `timeout_before` do not execute the call; the two `…_after` do, and lose the answer. */
export const faultKinds = ['5xx', '429', 'reset', 'reset_after', 'timeout_before', 'timeout_after'] as const;
/**
 * These give no answer either, and execute the call only when the clock has moved by `lateMs`: a failing provider that
 * works off its queue after the client has given up. Kept apart, because without an idempotency key no client outwits them.
 */
export const lateFaultKinds = ['reset_late', 'timeout_late'] as const;
export const allFaultKinds = [...faultKinds, ...lateFaultKinds] as const;
export type FaultKind = (typeof allFaultKinds)[number];

export interface FaultSettings {
  /** Every API call is cut off, the checkout pages answer 503, and webhooks wait until the provider is back. */
  outage: boolean;
  /** Every API call is answered with this status, as by a provider that has closed or knows the shop no more; 0: none is. */
  refuseWith: number;
  /** Share of API calls that fail, 0 to 1. */
  failRate: number;
  /** What those failures are; each is as likely as the others. At first all but the late ones. */
  failKinds: readonly FaultKind[];
  /** How long a late call waits for its execution, by the sandbox's clock. */
  lateMs: number;
  /** Value of `Retry-After` on a 429, in seconds. */
  retryAfterSeconds: number;
  /** Share of webhook events that are never sent, 0 to 1. */
  dropWebhooks: number;
  /** How many extra copies of each webhook are sent. */
  duplicateWebhooks: number;
  /** Share of webhook events that are repeated, 0 to 1. */
  duplicateWebhooksRate: number;
  delayWebhooksMs: number;
  /** Share of webhooks, each copy by itself, that come so late, 0 to 1. */
  delayWebhooksRate: number;
  /** How much of that delay is left to chance, 0 to 1: at 0 all are as late, at 1 each is late by some part of it. */
  delayWebhooksSpread: number;
  /** Holds webhooks back for a moment, or until `settle()`, and sends the youngest first. */
  reorderWebhooks: boolean;
  /** Share of webhooks, each copy by itself, that are held back so, 0 to 1. */
  reorderWebhooksRate: number;
}

export interface FaultControls extends FaultSettings {
  set(change: Partial<FaultSettings>): void;
  get(): FaultSettings;
  /** Back to no faults, forgetting `failNext` too. */
  reset(): void;
  /** The next calls of the API fail in exactly this order, before `failRate` has a say. */
  failNext(...kinds: FaultKind[]): void;
  /** The same for the next calls that are no GET: the command itself, whatever a client fetches before it. */
  failNextCommand(...kinds: FaultKind[]): void;
}

/**
 * One call of a provider's API. `fault` tells why the client did not hear `status`, if it did not. A late call stands here
 * twice: when it came, and when it was executed.
 */
export interface ApiCall {
  readonly atMs: number;
  readonly method: string;
  /** With the query string, without scheme and host. */
  readonly path: string;
  readonly wasExecuted: boolean;
  /** The status that was sent, or would have been; undefined if the call was not executed and nothing was sent. */
  readonly status: number | undefined;
  readonly fault: FaultKind | 'outage' | 'refusal' | undefined;
}

export type DeliveryOutcome = 'delivered' | 'refused' | 'unreachable' | 'dropped' | 'no_target';

/** One attempt to deliver a webhook, or the fact that there was none. */
export interface WebhookDelivery {
  readonly provider: ProviderName;
  readonly reference: string;
  readonly type: string;
  readonly eventId: string;
  /** Counts from 1; 0 if nothing was sent. */
  readonly attempt: number;
  readonly atMs: number;
  readonly url: string | undefined;
  readonly outcome: DeliveryOutcome;
  /** The receiver's answer. */
  readonly status: number | undefined;
  readonly willRetry: boolean;
  /** Exactly what was sent, so that a test can replay or tamper with it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the hosted page shows. */
export interface CheckoutView {
  readonly provider: ProviderName;
  readonly reference: string;
  readonly title: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
  readonly statusText: string;
  readonly tone: 'waiting' | 'busy' | 'good' | 'bad';
  /** In the order in which the buttons stand. */
  readonly actions: readonly VisitAction[];
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly expiresAtMs: number;
  readonly isOpen: boolean;
  readonly returnUrl: string | undefined;
  /** Where the page is, if that is not the address of the checkout. */
  readonly pageUrl?: string | undefined;
}
