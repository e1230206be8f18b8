import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { AssetAmount } from '#kernel/money.ts';
import type { ProviderName, Trust } from '#kernel/provider-name.ts';

export const caseStatuses = ['open', 'acknowledged', 'snoozed', 'resolved'] as const;
export type CaseStatus = (typeof caseStatuses)[number];
export const liveStatuses = ['open', 'acknowledged', 'snoozed'] as const satisfies readonly CaseStatus[];

export const caseSeverities = ['critical', 'warning', 'info'] as const;
export type CaseSeverity = (typeof caseSeverities)[number];

/** What is wrong with one payment or one order. */
export const paymentKinds = [
  'payment_underpaid',
  'payment_overpaid',
  'payment_paid_twice',
  'payment_paid_late',
  'payment_failed',
  'payment_unconfirmed',
  'payment_double_spent',
  'payment_expired',
  'payment_reversed',
  'payment_duplicate',
  'payment_unexpected',
  'payment_mismatch',
  'payment_unknown',
  'payment_not_created',
  'payment_stuck',
  'payment_held',
  'payment_unread',
] as const;

export type PaymentKind = (typeof paymentKinds)[number];

/** What a comparison with a provider's list found and could not heal. */
export const findingKinds = [
  'finding_missing_here',
  'finding_missing_there',
  'finding_status',
  'finding_amount',
  'finding_currency',
] as const;

/** Kinds that wait for a decision: `/exceptions` lists them by age. */
export const decisionKinds = [
  ...paymentKinds,
  'refund_failed',
  'refund_unknown',
  'refund_held',
  ...findingKinds,
] as const;
export type DecisionKind = (typeof decisionKinds)[number];

/** Kinds that only inform: they end when what they tell of is over, or after a while. */
export const noticeKinds = [
  'order_marked_paid',
  'order_written_off',
  'provider_down',
  'provider_retired',
  'webhook_silent',
  'webhook_refused',
  'keys_refused',
  'channel_orders_held',
  'channel_refunds_waiting',
  'reconciliation',
  'shop_untold',
  'jobs_stuck',
  'dead_letter',
] as const;

export const caseKinds = [...decisionKinds, ...noticeKinds] as const;
export type CaseKind = (typeof caseKinds)[number];

/** Quick actions on the alert card, beside Acknowledge and Snooze; at most two. */
export const quickActions = [
  'new_payment_link',
  'check_again',
  'open_order',
  /** Leads to all that may be decided about the case. */
  'resolve',
  'mark_paid',
  'refund',
  /** Leads to the list of cases that wait for a decision. */
  'exceptions',
  'ask_provider',
  'check_quarantine',
] as const;
export type QuickAction = (typeof quickActions)[number];

/** What a card says. All texts are plain; the view escapes them. Amounts carry their currency. */
export interface CaseFacts {
  headline: string;
  orderNumber: string | null;
  amount: string | null;
  /** What came, or what to know beside it: `20.00 USD of 49.00 USD`. */
  detail: string | null;
  /** The provider's own words, or ours where no provider spoke. */
  why: string;
  trust: Trust | null;
  /** The shortfall or the overpayment, in the order's currency and in the coin; null where there is none. */
  differenceFiat: string | null;
  differenceCoin: string | null;
  /** What was asked for at the provider, where the payment is not in our records. */
  money: AssetAmount | null;
  /** What is written on the payment at the provider. */
  label: string | null;
  /** What our records and the provider say, where the two differ. */
  here: string | null;
  there: string | null;
}

/** Something that needs a human. One condition is one case until it is resolved, however often it is raised again. */
export interface Case {
  id: string;
  /** What makes two raises the same case, for example `payment_underpaid:<order id>`. Unique among cases not resolved. */
  key: string;
  kind: CaseKind;
  severity: CaseSeverity;
  status: CaseStatus;
  version: number;
  /** Whether it has a message of its own in the chats that alerts go to; findings of a comparison ring together. */
  rings: boolean;
  /** The group on whose card it is shown, among others of its kind; null: it has a card of its own. */
  groupId: string | null;
  orderId: OrderId | null;
  paymentId: PaymentId | null;
  refundId: RefundId | null;
  provider: ProviderName | null;
  /** The provider's id of the payment or refund, also where it is not ours. */
  reference: string | null;
  /** When the payment was made; tells whether a later comparison covers it. Null where that is not known. */
  subjectAt: Milliseconds | null;
  facts: CaseFacts;
  actions: QuickAction[];
  /** How often it was raised. */
  occurrences: number;
  openedAt: Milliseconds;
  lastRaisedAt: Milliseconds;
  /** The admin who works on it; stays while it is snoozed. */
  assigneeId: number | null;
  assigneeName: string | null;
  assignedAt: Milliseconds | null;
  acknowledgedAt: Milliseconds | null;
  /** The name of the admin who acknowledged or snoozed it. */
  acknowledgedBy: string | null;
  snoozedUntil: Milliseconds | null;
  resolvedAt: Milliseconds | null;
  /** The admin's decision that ended it, or `by_itself`. */
  resolution: string | null;
  /** The name of the admin who decided; null when it ended by itself. */
  resolvedBy: string | null;
  reason: string | null;
  /** What ended it, in a sentence. */
  outcome: string | null;
  /** What undoing the decision needs to know; null where it cannot be undone. */
  undo: JsonObject | null;
}

/** Cases of one kind that came in a burst, and share a card. */
export interface CaseGroup {
  id: string;
  kind: CaseKind;
  severity: CaseSeverity;
  openedAt: Milliseconds;
}

export function isLive({ status }: Pick<Case, 'status'>): boolean {
  return status !== 'resolved';
}

export function needsDecision<Some extends Pick<Case, 'kind'>>(one: Some): one is Some & { kind: DecisionKind } {
  return (decisionKinds as readonly string[]).includes(one.kind);
}

/** More came by one payment than it asked for: the surplus is what is decided about, not the payment. */
export function isAboutSurplus(kind: CaseKind): boolean {
  return kind === 'payment_overpaid' || kind === 'payment_paid_twice';
}

/** An admin looked at it and decided; it did not end by itself. */
export function wasDecided({ status, resolution }: Pick<Case, 'status' | 'resolution'>): boolean {
  return status === 'resolved' && resolution !== null && resolution !== 'by_itself';
}

/**
 * A payment of which the provider says what this version does not understand is one case, whether a fetch or a comparison
 * told of it; `subject` is our payment id, or the provider's reference of one that is not ours.
 */
export function unreadKey(provider: ProviderName, subject: string): string {
  return `payment_unread:${provider}:${subject}`;
}

/** A payment at a provider that no order of ours explains is one case, whether a webhook or a comparison told of it. */
export function unmatchedKey(provider: ProviderName, reference: string): string {
  return `unmatched:${provider}:${reference}`;
}
