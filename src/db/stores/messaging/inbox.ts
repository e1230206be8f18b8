import type { InboxEvent, InboxStore } from '#messaging/queues/messaging-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, getTableColumns, gte, lt, sql } from '../../schema/drizzle.ts';
import { createQueueStore } from './queue.ts';
import { asRows, untouched } from './queue-shape.ts';

export function createInboxStore(session: Session): InboxStore {
  const { inboxEvents } = session.tables;
  const insert = prepareInsert(session, {
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
  const isFrom = eq(inboxEvents.source, sql.placeholder('source'));
  const isWithin = and(
    gte(inboxEvents.receivedAt, sql.placeholder('from')),
    lt(inboxEvents.receivedAt, sql.placeholder('to')),
  );
  const countReferences = prepared(session, 'inbox_count_references', () =>
    session.db
      .select({ references: sql<number>`count(distinct ${inboxEvents.reference})` })
      .from(inboxEvents)
      .where(and(isFrom, isWithin)),
  );
  const findLast = prepared(session, 'inbox_last_arrival', () =>
    session.db
      .select({ at: sql<number | null>`max(${inboxEvents.receivedAt})` })
      .from(inboxEvents)
      .where(isFrom),
  );
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
            eq(inboxEvents.source, query.source),
            within(inboxEvents.receivedAt, query),
            eventType === null ? undefined : eq(inboxEvents.eventType, eventType),
            byArrival.after(after),
          ),
        )
        .orderBy(...byArrival.oldestFirst)
        .limit(query.limit);
      return asRows<InboxEvent>(rows);
    },
    countArrivals: async (query) => (await countReferences(query))[0]?.references ?? 0,
    findLastArrival: async (source) => (await findLast({ source }))[0]?.at ?? null,
  };
}
