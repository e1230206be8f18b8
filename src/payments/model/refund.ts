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

/** Money of one payment that goes back to the buyer, or is meant to. It has a life of its own beside the payment's. */
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
  /** What the provider is asked to give back, in the unit that the payment was asked for in. */
  requestedAmount: string;
  requestedAsset: string;
  reason: string;
  /** Who asked for it; `provider` for one that was made there, past us. */
  requestedByKind: ActorKind;
  requestedById: string;
  /** Who approved it, where that took a second person. */
  approvedById: string | null;
  /** The provider's id of the refund, or of the claim that stands for it. */
  reference: string | null;
  /** Where the buyer claims the money; null where it is sent without that. */
  claimUrl: string | null;
  /** The provider's own words for its state, or why it did not come about. */
  providerStatus: string | null;
  transactionIds: string[];
  /** When the provider was last asked to carry it out; null before that. Set before the call, so that a crash is noticed. */
  sentAt: Milliseconds | null;
  /** How often it was asked. */
  sends: number;
  /** When it is looked at next; null when nothing more is expected. */
  nextPollAt: Milliseconds | null;
  /** The key of the request that made it: a repeat of that request finds this refund. Null for one without a key. */
  requestKey: string | null;
  requestHash: string | null;
  createdAt: Milliseconds;
  updatedAt: Milliseconds;
  /** When it came to an end, whichever; null while it has not. */
  settledAt: Milliseconds | null;
}

/** Statuses in which money has gone back, or may still: they count against what was captured. */
const countingStatuses = ['awaiting_approval', 'requested', 'pending', 'succeeded', 'unknown'] as const;

/** Statuses in which it is not decided yet whether money goes back. */
const openStatuses = ['awaiting_approval', 'requested', 'pending', 'unknown'] as const;

export function countsAgainstCaptured(refund: Pick<Refund, 'status'>): boolean {
  return (countingStatuses as readonly RefundStatus[]).includes(refund.status);
}

export function isOpenRefund(refund: Pick<Refund, 'status'>): boolean {
  return (openStatuses as readonly RefundStatus[]).includes(refund.status);
}
