import type { InboxEvent, InboxStore } from '#messaging/queues/messaging-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepareInsert } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, getTableColumns, sql } from '../../schema/drizzle.ts';
import { createQueueStore } from './queue.ts';
import { asRows, untouched } from './queue-shape.ts';

export function createInboxStore(session: Session): InboxStore {
  const { inboxEvents } = session.tables;
  const insert = prepareInsert(session.db, {
    name: 'inbox_append',
    table: inboxEvents,
    unless: [inboxEvents.source, inboxEvents.eventKey],
    leftOut: untouched,
  });
  const queue = createQueueStore<InboxEvent>(session, {
    name: 'inbox',
    table: inboxEvents,
    columns: getTableColumns(inboxEvents),
    lane: inboxEvents.source,
    priority: null,
  });
  const isFrom = (query: { source: string }) => eq(inboxEvents.source, query.source);
  return {
    ...queue,
    async append(event) {
      const isNew = await insert({ headers: null, ...event, availableAt: event.receivedAt });
      if (isNew) session.noteDue('inbox', null);
      return isNew;
    },
    async listArrivals(query) {
      const { after, eventType } = query;
      const byArrival = keyset(inboxEvents, 'receivedAt');
      const rows = await session.db
        .select(getTableColumns(inboxEvents))
        .from(inboxEvents)
        .where(
          and(
            isFrom(query),
            within(inboxEvents.receivedAt, query),
            eventType === null ? undefined : eq(inboxEvents.eventType, eventType),
            byArrival.after(after),
          ),
        )
        .orderBy(...byArrival.oldestFirst)
        .limit(query.limit);
      return asRows<InboxEvent>(rows);
    },
    async countArrivals(query) {
      const [counted] = await session.db
        .select({ references: sql<number>`count(distinct ${inboxEvents.reference})` })
        .from(inboxEvents)
        .where(and(isFrom(query), within(inboxEvents.receivedAt, query)));
      const [last] = await session.db
        .select({ at: sql<number | null>`max(${inboxEvents.receivedAt})` })
        .from(inboxEvents)
        .where(isFrom(query));
      return { references: counted?.references ?? 0, lastAt: last?.at ?? null };
    },
  };
}
