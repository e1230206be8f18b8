import type { InboxEvent, InboxStore } from '#messaging/messaging-store.ts';
import type { Session } from '../dialect.ts';
import { getTableColumns } from '../drizzle.ts';
import { placeholdersOf, prepared } from './prepared.ts';
import { createQueueStore } from './queue.ts';

/** What no worker has touched yet: null, or zero attempts. */
const untouched = [
  'lockedUntil',
  'lockedBy',
  'processedAt',
  'abandonedAt',
  'lastError',
  'startedAttempts',
  'finishedAttempts',
  'outcome',
] as const;

export function createInboxStore(session: Session): InboxStore {
  const { inboxEvents } = session.tables;
  const insert = prepared(() =>
    session.db
      .insert(inboxEvents)
      .values(placeholdersOf(inboxEvents, untouched))
      .onConflictDoNothing({ target: [inboxEvents.source, inboxEvents.eventKey] })
      .returning({ id: inboxEvents.id })
      .prepare('inbox_append'),
  );
  const queue = createQueueStore<InboxEvent>(session, {
    name: 'inbox',
    table: inboxEvents,
    columns: getTableColumns(inboxEvents),
    lane: inboxEvents.source,
    priority: null,
  });
  return {
    ...queue,
    async append(event) {
      const stored = await insert({ ...event, availableAt: event.receivedAt });
      if (stored.length === 1) session.noteDue('inbox', null);
      return stored.length === 1;
    },
  };
}
