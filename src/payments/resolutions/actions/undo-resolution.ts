import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import type { JsonObject } from '#kernel/json.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { PaymentException } from '../../exceptions/exception.ts';
import { wakeTrouble } from '../../exceptions/wait-for-trouble.ts';
import { withdrawAcceptance } from '../../overrides/accept-into.ts';
import { refused } from '../../overrides/override.ts';
import { withdrawWriteOff } from '../../overrides/write-off-order.ts';
import type { PaymentStores, PaymentTx } from '../../ports/payment-store.ts';
import { reopenException } from '../../refunds/reopen-for-refund.ts';
import { unlinkOrder } from './link-order.ts';
import { noteOnOrder, type Resolution } from './resolution.ts';

/** Takes a decision back; a sentence when that cannot be done any more, and then nothing was changed. */
type Undoer = (tx: PaymentTx, input: { undo: JsonObject; by: ActingAdmin }) => Promise<string | undefined>;

const nothingToUndo: Undoer = () => Promise.resolve(undefined);

/** What is not here cannot be taken back: money or a link is on its way, or a provider was told. */
const undoers: ReadonlyMap<string, Undoer> = new Map([
  ['accept', withdrawAcceptance],
  ['mark_paid', withdrawAcceptance],
  ['mark_received', withdrawAcceptance],
  ['write_off', withdrawWriteOff],
  ['link_order', unlinkOrder],
  ['keep', nothingToUndo],
  ['link', nothingToUndo],
  ['ignore', nothingToUndo],
  ['force_match', nothingToUndo],
]);

export function canUndo({ status, waitsUntil, undo, resolution }: PaymentException): boolean {
  if (status === 'open') return waitsUntil !== null;
  return undo !== null && resolution !== null && undoers.has(resolution);
}

/** Takes a person's decision back as long as nothing has come of it: the exception is open again, with its old age. */
export function undoResolution(
  deps: TransactionDeps<PaymentStores>,
  input: { exceptionId: string; by: ActingAdmin },
): Promise<Resolution> {
  const { by } = input;
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Resolution> => {
    const exception = await tx.stores.exceptions.findException(input.exceptionId);
    if (exception === undefined) return { kind: 'unknown' };
    if (!canUndo(exception)) return refused('That cannot be taken back.');
    const refusal = await takeBack(tx, { exception, by });
    if (refusal !== undefined) return refused(refusal);
    const { resolution } = exception;
    await recordAudit(tx, {
      action: 'exception.undo',
      subject: `exception:${exception.id}`,
      details: { kind: exception.kind, undone: resolution ?? 'wait' },
    });
    const order = exception.orderId === null ? undefined : await tx.stores.orders.findOrder(exception.orderId);
    const text = `open again: ${by.name} took the decision back`;
    if (order !== undefined) await noteOnOrder(tx, { order, exception, text });
    return { kind: 'decided', said: 'Taken back: it is open again.' };
  });
}

async function takeBack(
  tx: PaymentTx,
  { exception, by }: { exception: PaymentException; by: ActingAdmin },
): Promise<string | undefined> {
  if (exception.status === 'open') {
    await wakeTrouble(tx, exception);
    return undefined;
  }
  if ((await tx.stores.exceptions.findOpenException(exception.key)) !== undefined) {
    return 'The same trouble has come up anew since.';
  }
  const undoer = undoers.get(exception.resolution ?? '') ?? nothingToUndo;
  const refusal = await undoer(tx, { undo: exception.undo ?? {}, by });
  if (refusal === undefined) await reopenException(tx, exception);
  return refusal;
}
