import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { RefundId } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { Refund, RefundStatus } from '../model/refund.ts';
import { applyRefundEvent } from './change-refund.ts';
import { enqueueSend } from './request-refund.ts';

export type ApprovalDecision =
  | { kind: 'decided'; refund: Refund }
  /** Nobody approves a refund that they requested. */
  | { kind: 'own_request' }
  | { kind: 'refused'; status: RefundStatus }
  | { kind: 'unknown' };

const words = { approve: 'was approved', decline: 'was declined', withdraw: 'was withdrawn' } as const;

/**
 * Decides about a refund that was not sent yet: a second admin approves or declines it, or an admin who may refund
 * withdraws it. A refund that may have been sent cannot be withdrawn.
 */
export function decideApproval(
  deps: ProviderDeps,
  input: { refundId: RefundId; decision: keyof typeof words; actor: Actor; reason: string | null },
): Promise<ApprovalDecision> {
  const { actor, decision, reason } = input;
  return inTransaction(deps, causeOf(actor), async (tx): Promise<ApprovalDecision> => {
    const refund = await tx.stores.refunds.findRefund(input.refundId);
    if (refund === undefined) return { kind: 'unknown' };
    const isOwn = refund.requestedByKind === actor.kind && refund.requestedById === actor.id;
    if (decision === 'approve' && isOwn) return { kind: 'own_request' };
    if (refund.sentAt !== null) return { kind: 'refused', status: refund.status };
    const applied = await applyRefundEvent(
      { tx, providers: deps.providers },
      {
        refund,
        event: decision,
        facts: decision === 'approve' ? { approvedById: actor.id } : {},
        text: reason === null ? words[decision] : `${words[decision]}: ${reason}`,
      },
    );
    if (applied.kind === 'refused') return { kind: 'refused', status: refund.status };
    await recordAudit(tx, { action: `refund.${decision}`, subject: `refund:${refund.id}`, reason });
    if (decision === 'approve') await enqueueSend(tx, applied.refund);
    return { kind: 'decided', refund: applied.refund };
  });
}
