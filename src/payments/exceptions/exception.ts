import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import type { AssetAmount } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { findingKinds } from '../model/reconciliation.ts';

/** What is wrong with one payment or one order; each is the kind of the alert that rings for it as well. */
export const paymentExceptionKinds = [
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
] as const;

export const refundExceptionKinds = ['refund_failed', 'refund_unknown'] as const;

/** What a comparison with a provider's list found and could not heal. */
export const findingExceptionKinds = [
  'finding_missing_here',
  'finding_missing_there',
  'finding_status',
  'finding_amount',
  'finding_currency',
] as const satisfies readonly `finding_${(typeof findingKinds)[number]}`[];

export const exceptionKinds = [...paymentExceptionKinds, ...refundExceptionKinds, ...findingExceptionKinds] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

export const exceptionStatuses = ['open', 'resolved'] as const;
export type ExceptionStatus = (typeof exceptionStatuses)[number];

/** What a person reads of it. Plain texts; amounts carry their currency. */
export interface ExceptionFacts {
  summary: string;
  /** What is missing, or too much, in the order's currency and in the coin; null where there is no gap. */
  gapFiat: string | null;
  gapCoin: string | null;
  /** What was asked for there, where the exception is about a payment that is not in our books. */
  money: AssetAmount | null;
  /** What is written on it there. */
  label: string | null;
  /** What our books and the provider say, where the two differ. */
  here: string | null;
  there: string | null;
  /** The provider's own words, or ours where no provider spoke. */
  why: string;
}

/**
 * Something about money that a person has to decide. It has an age and, once somebody takes it, an owner; it ends by a
 * person's action, with a reason, or by itself when the facts change.
 */
export interface PaymentException {
  id: string;
  /** What makes two of them the same, for example `payment_underpaid:<order id>`. Unique among those that are open. */
  key: string;
  kind: ExceptionKind;
  status: ExceptionStatus;
  version: number;
  provider: ProviderName | null;
  /** The provider's id of what it is about, also where that is not ours. */
  reference: string | null;
  orderId: OrderId | null;
  paymentId: PaymentId | null;
  refundId: RefundId | null;
  facts: ExceptionFacts;
  /** The admin who took it, with the name to show. */
  ownerId: number | null;
  ownerName: string | null;
  takenAt: Milliseconds | null;
  /** When the payment that it is about was made; tells whether a later comparison covers it. Null where nobody knows. */
  subjectAt: Milliseconds | null;
  openedAt: Milliseconds;
  lastSeenAt: Milliseconds;
  /** Until when somebody decided to wait; null while it counts as due. */
  waitsUntil: Milliseconds | null;
  resolvedAt: Milliseconds | null;
  /** The action that ended it, or `by_itself`. */
  resolution: string | null;
  /** Who or what ended it, for people: a name, or a sentence. */
  resolvedBy: string | null;
  reason: string | null;
  /** What taking the action back needs to know; null where it cannot be taken back. */
  undo: JsonObject | null;
}

/** Not by itself: somebody looked at it and decided. */
export function wasSettledByPerson(exception: Pick<PaymentException, 'status' | 'resolution'>): boolean {
  const { status, resolution } = exception;
  return status === 'resolved' && resolution !== null && resolution !== 'by_itself';
}

/** A payment made past us is heard of by its webhook and found by a comparison: the key of the same trouble, heard the other way. */
export function twinKey({ kind, provider, reference }: Pick<PaymentException, 'kind' | 'provider' | 'reference'>) {
  if (provider === null || reference === null) return undefined;
  if (kind === 'payment_unknown') return `finding_missing_here:${provider}:${reference}`;
  return kind === 'finding_missing_here' ? `payment_unknown:${provider}:${reference}` : undefined;
}
