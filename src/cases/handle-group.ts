// What an admin does about all cases of a group that are open: each is changed and written down as if it had been done to it alone.
import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { acknowledged } from './acknowledge-case.ts';
import type { Case } from './case.ts';
import type { CaseChange, CaseDeps } from './case-store.ts';
import { changeCase } from './raise-case.ts';

interface GroupInput {
  groupId: string;
  by: ActingAdmin;
}

/** `count` may be 0: somebody else was quicker, or nothing is open any more. */
export type GroupChange = { kind: 'changed'; count: number } | { kind: 'unknown' };

/** So many share a transaction, and nobody takes more in one tap than this. */
const casesPerTransaction = 50;
const transactionsMax = 400;

export function acknowledgeGroup(deps: CaseDeps, input: GroupInput): Promise<GroupChange> {
  const { by } = input;
  return changeOpen(deps, { ...input, action: 'case.acknowledge', details: {} }, (one) => acknowledged(deps, one, by));
}

/** They rest together, and ring together. */
export function snoozeGroup(deps: CaseDeps, input: GroupInput & { until: Milliseconds }): Promise<GroupChange> {
  const { by, until } = input;
  const change = { status: 'snoozed', snoozedUntil: until, acknowledgedAt: null, acknowledgedBy: by.name } as const;
  return changeOpen(deps, { ...input, action: 'case.snooze', details: { until } }, () => change);
}

/** Whoever has seen the group hears of what comes from here on, so that it takes no more cases. */
async function changeOpen(
  deps: CaseDeps,
  input: GroupInput & { action: string; details: JsonObject },
  changeOf: (one: Case) => CaseChange,
): Promise<GroupChange> {
  const { groupId, by, action, details } = input;
  const changeSome = (): Promise<number | undefined> =>
    inTransaction(deps, causeOf(by.actor), async (tx) => {
      const { caseGroups } = tx.stores;
      const group = await caseGroups.findGroup(groupId);
      if (group === undefined) return undefined;
      await caseGroups.closeGroup(group);
      const open = await caseGroups.listGroupCases({ groupId, status: 'open', limit: casesPerTransaction });
      for (const one of open) {
        await changeCase(tx, one, changeOf(one));
        await recordAudit(tx, { action, subject: `case:${one.id}`, details });
      }
      return open.length;
    });
  let count = 0;
  for (let number = 1; number <= transactionsMax; number += 1) {
    const changed = await changeSome();
    if (changed === undefined) return { kind: 'unknown' };
    count += changed;
    if (changed < casesPerTransaction) break;
  }
  return { kind: 'changed', count };
}
