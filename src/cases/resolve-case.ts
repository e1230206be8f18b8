import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { Case, CaseKind } from './case.ts';
import type { CaseChange, CaseTx } from './case-store.ts';
import { changeCase, listLiveOrderCases, type RaisedCase, raiseCase, restateCase } from './raise-case.ts';

/** Ends the live case of this key because the facts changed; `by` says in a sentence what ended it. */
export async function resolveCase(tx: CaseTx, input: { key: string; by: string }): Promise<boolean> {
  const live = await tx.stores.cases.findLiveCase(input.key);
  if (live === undefined) return false;
  await changeCase(tx, live, endedByItself(tx, input.by));
  return true;
}

/** Ends the live cases of an order whose kinds are named, of one of its payments if one is named. */
export async function resolveOrderCases(
  tx: CaseTx,
  input: { orderId: OrderId; paymentId?: PaymentId; kinds: readonly CaseKind[]; by: string },
): Promise<void> {
  const isMeant = ({ kind, paymentId }: Case): boolean =>
    input.kinds.includes(kind) && (input.paymentId === undefined || paymentId === input.paymentId);
  const live = await listLiveOrderCases(tx, input.orderId);
  for (const one of live.filter(isMeant)) await changeCase(tx, one, endedByItself(tx, input.by));
}

export function endedByItself(tx: Pick<CaseTx, 'clock'>, by: string): CaseChange {
  return {
    status: 'resolved',
    snoozedUntil: null,
    resolvedAt: tx.clock.now(),
    resolution: 'by_itself',
    outcome: by,
  };
}

/** Opens a resolved case again with its old age; nobody has taken note of that yet. False when the same has begun anew since: that one goes on. */
export async function reopenCase(tx: CaseTx, one: Case): Promise<boolean> {
  if ((await tx.stores.cases.findLiveCase(one.key)) !== undefined) return false;
  await changeCase(tx, one, {
    status: 'open',
    lastRaisedAt: tx.clock.now(),
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    resolution: null,
    resolvedBy: null,
    reason: null,
    outcome: null,
    undo: null,
  });
  return true;
}

/**
 * Keeps one case for as long as something is so, for a job that looks again and again: raises it, brings it up to date
 * without counting it once more, and ends it when there is nothing to say any more.
 */
export async function keepCase(
  tx: CaseTx,
  kept: Omit<RaisedCase, 'facts'> & { facts: RaisedCase['facts'] | null; over: string },
): Promise<void> {
  const { facts, over, ...about } = kept;
  const { key } = about;
  if (facts === null) await resolveCase(tx, { key, by: over });
  else if (!(await restateCase(tx, { key, facts }))) await raiseCase(tx, { ...about, facts });
}
