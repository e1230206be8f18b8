import { day } from '#kernel/clock.ts';
import type { Retention } from '#kernel/retention.ts';
import type { AlertStores } from './case-store.ts';

/** What is over is kept so long, and where its cards stand; the history of its order is kept for ever. */
export const alertRetention: Retention<AlertStores> = {
  name: 'alerts',
  keptMs: 180 * day,
  async prune(stores, query) {
    const deleted = await stores.alerts.pruneResolved(query);
    await stores.sentMessages.forgetSubjects(deleted.map((id) => `alert:${id}`));
    return deleted.length;
  },
};
