import type { Clock } from '#kernel/clock.ts';
import type { Ids } from '#kernel/ids.ts';
import type { MessagingStores } from './messaging-store.ts';
import { type TopicMessage, topics } from './topics.ts';

/** Owes an effect to the outside; false when the same fact was queued before. Call it in the transaction that decided it. */
export function enqueueOutboxMessage(
  deps: {
    stores: Pick<MessagingStores, 'outbox'>;
    clock: Clock;
    ids: Ids;
    /** What brought it about; travels with the message into the log. */
    cause?: { kind: string; id: string };
  },
  effect: TopicMessage,
): Promise<boolean> {
  const { lane, priority } = topics[effect.topic];
  const now = deps.clock.now();
  return deps.stores.outbox.enqueue({
    id: deps.ids.newId(),
    receivedAt: now,
    availableAt: now,
    key: effect.key,
    topic: effect.topic,
    lane,
    priority,
    payload:
      deps.cause === undefined ? effect.payload : { ...effect.payload, cause: `${deps.cause.kind}:${deps.cause.id}` },
  });
}
