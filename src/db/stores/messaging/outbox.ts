import type { OutboxMessage, OutboxStore } from '#messaging/messaging-store.ts';
import { placeholdersOf, prepared } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { getTableColumns } from '../../schema/drizzle.ts';
import { createQueueStore } from './queue.ts';
import type { QueueShape } from './queue-shape.ts';

const begun = {
  lockedUntil: null,
  lockedBy: null,
  processedAt: null,
  abandonedAt: null,
  lastError: null,
  startedAttempts: 0,
  finishedAttempts: 0,
  outcome: null,
};

export function createOutboxStore(session: Session): OutboxStore {
  const { outboxMessages } = session.tables;
  const { outcome, ...columns } = getTableColumns(outboxMessages);
  const insert = prepared(() =>
    session.db
      .insert(outboxMessages)
      .values(placeholdersOf(outboxMessages))
      .onConflictDoNothing({ target: outboxMessages.key })
      .returning({ id: outboxMessages.id })
      .prepare('outbox_enqueue'),
  );
  const queue = createQueueStore<OutboxMessage>(session, {
    name: 'outbox',
    // The bookkeeping columns, the only ones that the shared queries name, are the same in both tables.
    table: outboxMessages as unknown as QueueShape['table'],
    columns,
    lane: outboxMessages.lane,
    priority: outboxMessages.priority,
  });
  return {
    ...queue,
    async enqueue(message) {
      const stored = await insert({ ...begun, ...message });
      if (stored.length === 1) session.noteDue('outbox', message.availableAt);
      return stored.length === 1;
    },
  };
}
