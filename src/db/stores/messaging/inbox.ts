import type { InboxEvent, InboxStore } from '#messaging/queues/messaging-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, preparedByCount, prepareInsert } from '../../query/prepared.ts';
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
  const last = { at: sql<number | null>`max(${inboxEvents.receivedAt})` };
  // One look into the index for each: a grouping would walk through all events.
  const listLast = preparedByCount(session, 'inbox_last_arrivals', (among) => {
    const each = among.map((source) => session.db.select(last).from(inboxEvents).where(eq(inboxEvents.source, source)));
    const fields = Object.fromEntries(each.map((query, index) => [String(index), sql<number | null>`(${query})`]));
    return session.db.select(fields).from(sql`(select 1) as once`);
  });
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
    async listLastArrivals(sources) {
      if (sources.length === 0) return new Map();
      const [found] = await listLast(sources, {});
      const known = sources.map((source, index) => [source, found?.[String(index)] ?? null] as const);
      return new Map(known.flatMap(([source, at]) => (at === null ? [] : [[source, at]])));
    },
  };
}
