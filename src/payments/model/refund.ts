import type { ActorKind } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId, RefundId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';

export const refundStatuses = [
  'awaiting_approval',
  'requested',
  'pending',
  'succeeded',
  'failed',
  'cancelled',
  'unknown',
] as const;
export type RefundStatus = (typeof refundStatuses)[number];

/** A refund of one payment, with statuses of its own beside the payment's. */
export interface Refund {
  id: RefundId;
  orderId: OrderId;
  paymentId: PaymentId;
  provider: ProviderName;
  status: RefundStatus;
  version: number;
  /** In the order's currency. */
  currency: string;
  amountMinor: number;
  /** What the provider is asked to refund, in the unit that the payment was requested in. */
  requestedAmount: string;
  requestedAsset: string;
  reason: string;
  /** Who requested it; `provider` for one that was made at the provider, without us. */
  requestedByKind: ActorKind;
  requestedById: string;
  /** Who approved it, where a second admin had to. */
  approvedById: string | null;
  /** The provider's id of the refund, or of the claim that stands for it. */
  reference: string | null;
  /** Where the buyer claims the money; null where it is sent without that. */
  claimUrl: string | null;
  /** The provider's own words for its state, or the reason of its failure. */
  providerStatus: string | null;
  transactionIds: string[];
  /** When it was last sent to the provider; null before that. Set before the call, so that a crash is noticed. */
  sentAt: Milliseconds | null;
  /** How often it was sent. */
  sends: number;
  /** When it is polled next; null when nothing more is expected. */
  nextPollAt: Milliseconds | null;
  /** The idempotency key of the request: a repeat of it finds this refund. Null for one without a key. */
  requestKey: string | null;
  requestHash: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
  /** When it reached a final status; null while it has not. */
  settledAt: Milliseconds | null;
}

/** Statuses in which money was refunded or may still be: they count against what was captured. */
const countingStatuses = ['awaiting_approval', 'requested', 'pending', 'succeeded', 'unknown'] as const;

/** Statuses in which the result of the refund is not known yet. */
const openStatuses = ['awaiting_approval', 'requested', 'pending', 'unknown'] as const;

export function countsAgainstCaptured(refund: Pick<Refund, 'status'>): boolean {
  return (countingStatuses as readonly RefundStatus[]).includes(refund.status);
}

export function isOpenRefund(refund: Pick<Refund, 'status'>): boolean {
  return (openStatuses as readonly RefundStatus[]).includes(refund.status);
}
