import type { OutboxMessage, OutboxStore } from '#messaging/queues/messaging-store.ts';
import { prepareInsert } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { getTableColumns } from '../../schema/drizzle.ts';
import { createQueueStore } from './queue.ts';
import { type QueueShape, untouched } from './queue-shape.ts';
import { createUntoldOrders } from './untold-orders.ts';

export function createOutboxStore(session: Session): OutboxStore {
  const { outboxMessages } = session.tables;
  const { outcome, ...columns } = getTableColumns(outboxMessages);
  const insert = prepareInsert(session.db, {
    name: 'outbox_enqueue',
    table: outboxMessages,
    unless: [outboxMessages.key],
    leftOut: untouched,
  });
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
    ...createUntoldOrders(session),
    async enqueue(message) {
      const isNew = await insert(message);
      if (isNew) session.noteDue('outbox', message.availableAt);
      return isNew;
    },
  };
}
