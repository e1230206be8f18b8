import type { AccessStores } from '#access/access-store.ts';
import { type Clock, day } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores } from './messaging-store.ts';

/** Settled inbox events are kept so long: the identity of an event must outlive every provider's last retry (eight days). */
export const inboxKeptMs = 90 * day;
export const outboxKeptMs = 30 * day;

/** Deletes settled rows that nobody needs any more, at most `limit` of each kind; how many went. */
export async function pruneQueues(
  deps: { database: Database<MessagingStores & AccessStores>; clock: Clock },
  input: { limit: number },
): Promise<{ deleted: number }> {
  const now = deps.clock.now();
  const { limit } = input;
  const deleted = await deps.database.transaction(async (stores) => {
    const inbox = await stores.inbox.prune({ before: now - inboxKeptMs, limit });
    const outbox = await stores.outbox.prune({ before: now - outboxKeptMs, limit });
    const pending = await stores.pendingActions.prune({ before: now - day, limit });
    return inbox + outbox + pending;
  });
  return { deleted };
}
