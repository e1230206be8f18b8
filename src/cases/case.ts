import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { Trust } from '#kernel/trust.ts';

export const alertStatuses = ['open', 'acknowledged', 'snoozed', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

export const alertSeverities = ['critical', 'warning', 'info'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

export const alertKinds = [
  'payment_underpaid',
  'payment_overpaid',
  'payment_paid_late',
  'payment_failed',
  'payment_expired',
  'payment_reversed',
  'payment_duplicate',
  'payment_unexpected',
  'payment_mismatch',
  'payment_unknown',
  'payment_not_created',
  'payment_stuck',
  'payment_held',
  'refund_failed',
  'refund_unknown',
  'finding_missing_here',
  'finding_missing_there',
  'finding_status',
  'finding_amount',
  'finding_currency',
  'order_marked_paid',
  'order_written_off',
  'provider_down',
  'provider_retired',
  'webhook_silent',
  'webhook_refused',
  'reconciliation',
  'dead_letter',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** The buttons that help this kind of trouble, beside Acknowledge and Snooze; at most two. */
export const alertActions = [
  'new_payment_link',
  'check_again',
  'open_order',
  /** Leads to the exception of the same key, and what may be done about it. */
  'resolve',
  'mark_paid',
  'refund',
  /** Leads to the list of exceptions. */
  'exceptions',
  'ask_provider',
  'check_quarantine',
] as const;
export type AlertAction = (typeof alertActions)[number];

/** What the card says. All texts are plain; the view escapes them. Amounts carry their currency. */
export interface AlertFacts {
  headline: string;
  orderNumber: string | null;
  amount: string | null;
  /** What came, or what is missing, where that is the trouble: `20.00 USD of 49.00 USD`. */
  detail: string | null;
  provider: string | null;
  /** The provider's own words, or ours where no provider spoke. */
  why: string;
  trust: Trust | null;
}

/** A condition that needs a human. One trouble is one alert until it is resolved, however often it happens again. */
export interface Alert {
  id: string;
  /** What makes two raises the same trouble, for example `payment_underpaid:<order id>`. Unique among alerts not resolved. */
  key: string;
  kind: AlertKind;
  severity: AlertSeverity;
  status: AlertStatus;
  version: number;
  orderId: OrderId | null;
  paymentId: PaymentId | null;
  facts: AlertFacts;
  actions: AlertAction[];
  /** How often it was raised. */
  occurrences: number;
  openedAt: Milliseconds;
  lastRaisedAt: Milliseconds;
  acknowledgedAt: Milliseconds | null;
  /** The name to show of who acknowledged or snoozed it. */
  acknowledgedBy: string | null;
  snoozedUntil: Milliseconds | null;
  resolvedAt: Milliseconds | null;
  /** What ended it, in a sentence. */
  resolvedBy: string | null;
}
