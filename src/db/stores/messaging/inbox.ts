import type { InboxEvent, InboxStore } from '#messaging/queues/messaging-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, eq, getTableColumns, sql } from '../../schema/drizzle.ts';
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
    onceProcessed: {},
  });
  const isFrom = eq(inboxEvents.source, sql.placeholder('source'));
  const isWithin = within(inboxEvents.receivedAt);
  const byArrival = keyset(inboxEvents, 'receivedAt');
  type Arrivals = Parameters<InboxStore['listArrivals']>[0];
  const listArrivals = rowsOf(session, inboxEvents).prepareList<Arrivals>('inbox_list_arrivals', (shape) => ({
    where: and(
      isFrom,
      isWithin,
      shape.has('eventType') ? eq(inboxEvents.eventType, sql.placeholder('eventType')) : undefined,
      byArrival.after(shape, 'after'),
    ),
    order: byArrival.oldestFirst,
    limit,
  }));
  const countReferences = prepared(session, 'inbox_count_references', () =>
    session.db
      .select({ references: sql<number>`count(distinct ${inboxEvents.reference})` })
      .from(inboxEvents)
      .where(and(isFrom, isWithin)),
  );
  const last = { at: sql<number | null>`max(${inboxEvents.receivedAt})` };
  // One look into the index for each: a grouping would walk through all events.
  type Sources = { sources: readonly string[] };
  const listLast = preparedByQuery(session, 'inbox_last_arrivals', ({ among }: ShapeOf<Sources>) => {
    const each = among('sources').map((source) =>
      session.db.select(last).from(inboxEvents).where(eq(inboxEvents.source, source)),
    );
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
    listArrivals: async (query) => asRows<InboxEvent>(await listArrivals(query)),
    countArrivals: async (query) => (await countReferences(query))[0]?.references ?? 0,
    async listLastArrivals(sources) {
      if (sources.length === 0) return new Map();
      const [found] = await listLast({ sources });
      const known = sources.map((source, index) => [source, found?.[String(index)] ?? null] as const);
      return new Map(known.flatMap(([source, at]) => (at === null ? [] : [[source, at]])));
    },
  };
}
