// The life cycle of a refund. The newest snapshot counts, except that one which shows less than is known changes
// nothing; a command without an answer is `unknown` until a snapshot shows its result.
import type { RefundStatus } from './refund.ts';

export const refundEvents = [
  /** A second admin approves or declines; or the requester withdraws it before it was sent. */
  'approve',
  'decline',
  'withdraw',
  /** The provider was called and did not answer. */
  'unanswered',
  /** The provider rejected it: it was not carried out. */
  'refuse',
  /** An admin states the result where the provider does not. */
  'confirmed_refunded',
  'confirmed_not_refunded',
  'seen_pending',
  'seen_succeeded',
  'seen_failed',
  'seen_cancelled',
] as const;
export type RefundEvent = (typeof refundEvents)[number];

export type RefundDecision =
  | { kind: 'changed'; to: RefundStatus }
  | { kind: 'unchanged' }
  /** The event is not allowed in this status. */
  | { kind: 'refused' };

const unchanged: RefundDecision = { kind: 'unchanged' };
const refused: RefundDecision = { kind: 'refused' };
const changed = (to: RefundStatus): RefundDecision => ({ kind: 'changed', to });

export function decideRefund(status: RefundStatus, event: RefundEvent): RefundDecision {
  switch (event) {
    case 'approve':
      return status === 'awaiting_approval' ? changed('requested') : refused;
    case 'decline':
      return status === 'awaiting_approval' ? changed('cancelled') : refused;
    case 'withdraw':
      return status === 'awaiting_approval' || status === 'requested' ? changed('cancelled') : refused;
    case 'unanswered':
      return status === 'requested' ? changed('unknown') : unchanged;
    case 'refuse':
      return status === 'requested' || status === 'unknown' ? changed('failed') : unchanged;
    case 'confirmed_refunded':
      return status === 'unknown' ? changed('succeeded') : refused;
    case 'confirmed_not_refunded':
      return status === 'unknown' ? changed('failed') : refused;
    case 'seen_pending':
      return status === 'pending' || status === 'succeeded' ? unchanged : changed('pending');
    case 'seen_succeeded':
      return status === 'succeeded' ? unchanged : changed('succeeded');
    case 'seen_failed':
      return status === 'failed' ? unchanged : changed('failed');
    case 'seen_cancelled':
      return status === 'cancelled' || status === 'failed' ? unchanged : changed('cancelled');
    default:
      return event satisfies never;
  }
}
