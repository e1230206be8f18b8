import { day } from '#kernel/clock.ts';
import type { Retention } from '#kernel/retention.ts';
import type { CaseStores } from './case-store.ts';

/** What is over is kept so long, and where its cards stand; the history of its order is kept for ever. */
export const caseRetention: Retention<CaseStores> = {
  name: 'cases',
  keptMs: 180 * day,
  async prune(stores, query) {
    const deleted = await stores.cases.pruneResolvedCases(query);
    await stores.sentMessages.forgetSubjects(deleted.map((id) => `case:${id}`));
    const groups = await stores.caseGroups.pruneGroups(query);
    await stores.sentMessages.forgetSubjects(groups.map((id) => `group:${id}`));
    return deleted.length;
  },
};
