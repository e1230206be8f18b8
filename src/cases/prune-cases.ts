import { day, type Milliseconds } from '#kernel/clock.ts';
import type { CaseDeps } from './case-store.ts';

/** What is over is kept so long; the history of its order is kept for ever. */
const casesKeptMs: Milliseconds = 180 * day;

/** Deletes cases that were resolved long ago, and where their cards stand, at most `limit`; how many went. */
export async function pruneCases(deps: CaseDeps, input: { limit: number }): Promise<{ deleted: number }> {
  const before = deps.clock.now() - casesKeptMs;
  return deps.database.transaction(async (stores) => {
    const pruned = await stores.cases.pruneResolvedCases({ before, limit: input.limit });
    await stores.sentMessages.forgetSubjects(pruned.map((id) => `case:${id}`));
    return { deleted: pruned.length };
  });
}
