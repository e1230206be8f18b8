import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../../lifecycle/deps.ts';
import { checkRefund } from '../../refunds/follow-refunds.ts';
import { checkOrder, type OrderCheck } from '../../sync/check-order.ts';

export type CaseCheck = OrderCheck | { kind: 'refund'; result: Awaited<ReturnType<typeof checkRefund>> };

/** Asks the provider again about what the case is about: the refund, or every payment of the order. Decides nothing. */
export async function checkCase(deps: SnapshotDeps, input: { caseId: string; by: ActingAdmin }): Promise<CaseCheck> {
  const { by } = input;
  const one = await inTransaction(deps, causeOf(by.actor), async (tx) => {
    const found = await tx.stores.cases.findCase(input.caseId);
    if (found === undefined) return undefined;
    const subject = `case:${found.id}`;
    await recordAudit(tx, { action: 'case.check', subject });
    return found;
  });
  if (one === undefined || one.orderId === null) return { kind: 'unknown' };
  const { refundId, orderId, kind } = one;
  // A refund that a case was decided with is not what the case is about.
  const isAboutRefund = kind === 'refund_failed' || kind === 'refund_unknown';
  if (isAboutRefund && refundId !== null) return { kind: 'refund', result: await checkRefund(deps, { refundId }) };
  return checkOrder(deps, { orderId, actor: by.actor });
}
