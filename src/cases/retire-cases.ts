import { day, type Milliseconds } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { CaseKind } from './case.ts';
import type { CaseDeps } from './case-store.ts';
import { changeCase } from './raise-case.ts';
import { endedByItself } from './resolve-case.ts';

/** Nobody has to act on these: they are over when nobody took them up for a day. */
const informingKinds: readonly CaseKind[] = [
  'payment_expired',
  'order_marked_paid',
  'order_written_off',
  'keys_refused',
];
const informedForMs: Milliseconds = day;

/** Ends cases that only inform, older than a day and nobody's, at most `limit`; how many. */
export function retireCases(deps: CaseDeps, input: { limit: number }): Promise<{ retired: number }> {
  const before = deps.clock.now() - informedForMs;
  return inTransaction(deps, causeOf({ kind: 'job', id: 'retire-cases' }), async (tx) => {
    const old = await tx.stores.cases.listCases({
      statuses: ['open'],
      kinds: informingKinds,
      order: 'oldest_first',
      after: null,
      limit: input.limit,
    });
    const ending = old.filter(({ openedAt, assigneeId }) => openedAt < before && assigneeId === null);
    for (const one of ending) await changeCase(tx, one, endedByItself(tx, 'Nobody had to act for a day.'));
    return { retired: ending.length };
  });
}
