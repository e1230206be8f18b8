import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores } from './messaging-store.ts';
import type { QueueDepth } from './queue-store.ts';

export type QueueName = 'inbox' | 'outbox';

/** How much waits in each queue, for the health checks, the metrics and the chat. */
export function readQueueDepths(deps: {
  database: Database<Pick<MessagingStores, QueueName>>;
  clock: Clock;
}): Promise<Record<QueueName, QueueDepth[]>> {
  const now = deps.clock.now();
  return deps.database.read(async (stores) => ({
    inbox: await stores.inbox.depths(now),
    outbox: await stores.outbox.depths(now),
  }));
}
