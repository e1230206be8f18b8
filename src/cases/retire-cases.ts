import { day, type Milliseconds } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { type Case, type CaseKind, needsDecision } from './case.ts';
import type { CaseDeps } from './case-store.ts';
import { changeCase } from './raise-case.ts';
import { endedByItself } from './resolve-case.ts';

/** Nobody has to act on these: they are over after a day, unless somebody has one that may be decided about. */
const informingKinds: readonly CaseKind[] = [
  'payment_expired',
  'order_marked_paid',
  'order_written_off',
  'keys_refused',
];
const informedForMs: Milliseconds = day;

/** Ends cases that only inform, older than a day, at most `limit`; how many. */
export function retireCases(deps: CaseDeps, input: { limit: number }): Promise<{ retired: number }> {
  const before = deps.clock.now() - informedForMs;
  return inTransaction(deps, causeOf({ kind: 'job', id: 'retire-cases' }), async (tx) => {
    const old = await tx.stores.cases.listCases({
      statuses: ['open', 'acknowledged'],
      kinds: informingKinds,
      order: 'oldest_first',
      after: null,
      limit: input.limit,
    });
    const ending = old.filter((one) => one.openedAt < before && (one.assigneeId === null || !needsDecision(one)));
    for (const one of ending) await changeCase(tx, one, endedByItself(tx, endOf(one)));
    return { retired: ending.length };
  });
}

function endOf({ assigneeId }: Case): string {
  return assigneeId === null ? 'Nobody had to act for a day.' : 'Nothing was left to do after a day.';
}
