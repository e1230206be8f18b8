import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import type { JsonObject } from '#kernel/json.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { type Case, isLive } from './case.ts';
import type { CaseChange, CaseDeps } from './case-store.ts';
import { changeCase } from './raise-case.ts';

/** Nothing is changed about a case that is over or not known. */
export type NoLiveCase = { kind: 'over' } | { kind: 'unknown' };

/** One change of a live case by an admin, with its audit row; `decide` may refuse instead. */
export function changeAsAdmin<Done, Refused = never>(
  deps: CaseDeps,
  input: { caseId: string; by: ActingAdmin; action: string; details?: JsonObject },
  decide: (one: Case) => { change: CaseChange; result: Done } | { refused: Refused },
): Promise<Done | Refused | NoLiveCase> {
  const { caseId, by, action, details = {} } = input;
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Done | Refused | NoLiveCase> => {
    const one = await tx.stores.cases.findCase(caseId);
    if (one === undefined) return { kind: 'unknown' };
    if (!isLive(one)) return { kind: 'over' };
    const decided = decide(one);
    if ('refused' in decided) return decided.refused;
    await changeCase(tx, one, decided.change);
    await recordAudit(tx, { action, subject: `case:${one.id}`, details });
    return decided.result;
  });
}
