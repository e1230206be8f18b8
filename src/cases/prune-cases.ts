import { day, type Milliseconds } from '#kernel/clock.ts';
import type { AlertDeps } from './acknowledge-case.ts';

/** What is over is kept so long; the history of its order is kept for ever. */
const alertsKeptMs: Milliseconds = 180 * day;

/** Deletes alerts that have been resolved for long, and where their cards stand, at most `limit` alerts; how many went. */
export async function pruneAlerts(deps: AlertDeps, input: { limit: number }): Promise<{ deleted: number }> {
  const before = deps.clock.now() - alertsKeptMs;
  return deps.database.transaction(async (stores) => {
    const gone = await stores.alerts.pruneResolved({ before, limit: input.limit });
    await stores.sentMessages.forgetSubjects(gone.map((id) => `alert:${id}`));
    return { deleted: gone.length };
  });
}
