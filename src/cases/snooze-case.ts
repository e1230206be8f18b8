// A snoozed case is silent and not due; it opens again when its time is over, or when what was waited for did not come. One that is made to
// wait by itself leaves the group that it was shown with: its own card rings when it is due.

import type { ActingAdmin } from '#access/acting-admin.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { Case } from './case.ts';
import type { CaseChange, CaseDeps, CaseTx } from './case-store.ts';
import { changeAsAdmin, type NoLiveCase } from './change-as-admin.ts';
import { changeCase, listLiveOrderCases } from './raise-case.ts';

export type Snooze = { kind: 'snoozed'; until: Milliseconds } | NoLiveCase;

export function snoozeCase(
  deps: CaseDeps,
  input: { caseId: string; by: ActingAdmin; forMs: Milliseconds },
): Promise<Snooze> {
  const { caseId, by } = input;
  const until = deps.clock.now() + input.forMs;
  return changeAsAdmin<Snooze>(deps, { caseId, by, action: 'case.snooze', details: { until } }, (one) => ({
    change: snoozed(one, { until, by: by.name }),
    result: { kind: 'snoozed', until },
  }));
}

/** The same inside the transaction of a verb that makes the case wait; `by` is the name of the admin behind it. */
export async function postponeCase(
  tx: CaseTx,
  input: { one: Case; until: Milliseconds; by: string | null },
): Promise<void> {
  await changeCase(tx, input.one, snoozed(input.one, input));
}

/** Who acknowledged it and then makes it wait has still acknowledged it; another one has not. */
function snoozed(one: Case, { until, by }: { until: Milliseconds; by: string | null }): CaseChange {
  const acknowledgedAt = one.acknowledgedBy === by ? one.acknowledgedAt : null;
  return { status: 'snoozed', snoozedUntil: until, acknowledgedAt, acknowledgedBy: by, groupId: null };
}

const awake: CaseChange = { status: 'open', snoozedUntil: null, acknowledgedAt: null, acknowledgedBy: null };

/** False when it is not snoozed. */
export async function wakeCase(tx: CaseTx, one: Case): Promise<boolean> {
  if (one.status !== 'snoozed') return false;
  await changeCase(tx, one, { ...awake, groupId: null });
  return true;
}

export async function wakeOrderCases(tx: CaseTx, orderId: OrderId): Promise<void> {
  for (const one of await listLiveOrderCases(tx, orderId)) await wakeCase(tx, one);
}

/** Opens snoozed cases whose time has come, at most `limit`; how many. */
export async function wakeCases(deps: CaseDeps, input: { limit: number }): Promise<{ woken: number }> {
  const now = deps.clock.now();
  // Most of the time none is due, and a read costs less than a transaction.
  const [first] = await deps.database.read((stores) => stores.cases.listCasesToWake({ now, limit: 1 }));
  if (first === undefined) return { woken: 0 };
  return inTransaction(deps, causeOf({ kind: 'job', id: 'wake-cases' }), async (tx) => {
    const due = await tx.stores.cases.listCasesToWake({ now, limit: input.limit });
    // Those that were made to wait together ring together.
    for (const one of due) await changeCase(tx, one, awake);
    return { woken: due.length };
  });
}
