import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../../lifecycle/deps.ts';
import { checkRefund } from '../../refunds/follow-refunds.ts';
import { checkOrder, type OrderCheck } from '../../sync/check-order.ts';

export type ExceptionCheck = OrderCheck | { kind: 'refund'; result: Awaited<ReturnType<typeof checkRefund>> };

/** Asks the provider again about what the exception is about: the refund, or every payment of the order. Decides nothing. */
export async function checkException(
  deps: SnapshotDeps,
  input: { exceptionId: string; by: ActingAdmin },
): Promise<ExceptionCheck> {
  const { by } = input;
  const exception = await inTransaction(deps, causeOf(by.actor), async (tx) => {
    const found = await tx.stores.exceptions.findException(input.exceptionId);
    if (found === undefined) return undefined;
    const subject = `exception:${found.id}`;
    await recordAudit(tx, { action: 'exception.check', subject });
    return found;
  });
  if (exception === undefined || exception.orderId === null) return { kind: 'unknown' };
  const { refundId, orderId, kind } = exception;
  // A refund that an exception was settled by is not what the exception is about.
  const isAboutRefund = kind === 'refund_failed' || kind === 'refund_unknown';
  if (isAboutRefund && refundId !== null) return { kind: 'refund', result: await checkRefund(deps, { refundId }) };
  return checkOrder(deps, { orderId, actor: by.actor });
}
