import type { TransactionContext } from '#kernel/transaction-context.ts';
import type { MessagingStores } from './messaging-store.ts';
import { type TopicMessage, topics } from './topics.ts';

/**
 * Puts a message into the outbox, in the transaction that decided it; false when the same fact was queued before. The
 * payload carries the cause, for the log.
 */
export function enqueueOutboxMessage(
  tx: TransactionContext<Pick<MessagingStores, 'outbox'>>,
  message: TopicMessage,
): Promise<boolean> {
  const { key, topic, payload, inTurn } = message;
  const { lane } = topics[topic];
  const { priority = topics[topic].priority } = message;
  const now = tx.clock.now();
  const { availableAt = now } = message;
  return tx.stores.outbox.enqueue({
    id: tx.ids.newId(),
    receivedAt: now,
    availableAt,
    key,
    topic,
    lane,
    priority,
    payload: { ...payload, cause: `${tx.cause.kind}:${tx.cause.id}` },
    ...inTurn,
  });
}
