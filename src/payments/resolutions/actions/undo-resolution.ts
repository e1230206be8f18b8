import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { type Case, isLive } from '#cases/case.ts';
import { reopenCase } from '#cases/resolve-case.ts';
import { wakeCase } from '#cases/snooze-case.ts';
import type { JsonObject } from '#kernel/json.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { withdrawAcceptance } from '../../overrides/accept-into.ts';
import { withdrawWriteOff } from '../../overrides/write-off-order.ts';
import type { PaymentStores, PaymentTx } from '../../ports/payment-store.ts';
import { unlinkOrder } from './link-order.ts';
import { noteOnOrder, type Resolution } from './resolution.ts';
import { type ResolutionRefusal, refused } from './resolution-refusal.ts';

/** Takes a decision back; a refusal when that cannot be done any more, and then nothing was changed. */
type Undoer = (tx: PaymentTx, input: { undo: JsonObject; by: ActingAdmin }) => Promise<ResolutionRefusal | undefined>;

const nothingToUndo: Undoer = () => Promise.resolve(undefined);

/** A decision that is missing here cannot be undone: money or a link is on its way, or a provider was told. */
const undoers: ReadonlyMap<string, Undoer> = new Map([
  ['accept', withdrawAcceptance],
  ['mark_paid', withdrawAcceptance],
  ['write_off', withdrawWriteOff],
  ['link_order', unlinkOrder],
  ['keep', nothingToUndo],
  ['dismiss', nothingToUndo],
]);

export function canUndo(one: Case): boolean {
  const { status, undo, resolution } = one;
  if (isLive(one)) return status === 'snoozed';
  return undo !== null && resolution !== null && undoers.has(resolution);
}

/** Undoes an admin's decision as long as nothing has come of it: the case is open again, with its old age. */
export function undoResolution(
  deps: TransactionDeps<PaymentStores>,
  input: { caseId: string; by: ActingAdmin },
): Promise<Resolution> {
  const { by } = input;
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Resolution> => {
    const one = await tx.stores.cases.findCase(input.caseId);
    if (one === undefined) return { kind: 'unknown' };
    if (!canUndo(one)) return refused({ code: 'cannot_undo' });
    const refusal = await takeBack(tx, { one, by });
    if (refusal !== undefined) return refused(refusal);
    const { resolution } = one;
    await recordAudit(tx, {
      action: 'case.undo',
      subject: `case:${one.id}`,
      details: { kind: one.kind, undone: resolution ?? 'wait' },
    });
    const order = one.orderId === null ? undefined : await tx.stores.orders.findOrder(one.orderId);
    const text = `open again: ${by.name} took the decision back`;
    if (order !== undefined) await noteOnOrder(tx, { order, one, text });
    return { kind: 'decided', code: 'undone' };
  });
}

async function takeBack(
  tx: PaymentTx,
  { one, by }: { one: Case; by: ActingAdmin },
): Promise<ResolutionRefusal | undefined> {
  if (isLive(one)) {
    await wakeCase(tx, one);
    return undefined;
  }
  if ((await tx.stores.cases.findLiveCase(one.key)) !== undefined) {
    return { code: 'came_up_again' };
  }
  const undoer = undoers.get(one.resolution ?? '') ?? nothingToUndo;
  const refusal = await undoer(tx, { undo: one.undo ?? {}, by });
  if (refusal === undefined) await reopenCase(tx, one);
  return refusal;
}
