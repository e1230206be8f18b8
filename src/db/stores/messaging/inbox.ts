import type { InboxEvent, InboxStore } from '#messaging/messaging-store.ts';
import { placeholdersOf, prepared } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, getTableColumns, gte, lt, sql } from '../../schema/drizzle.ts';
import { createQueueStore } from './queue.ts';
import { asRows } from './queue-shape.ts';

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
  const isFrom = (query: { source: string }) => eq(inboxEvents.source, query.source);
  return {
    ...queue,
    async append(event) {
      const stored = await insert({ headers: null, ...event, availableAt: event.receivedAt });
      if (stored.length === 1) session.noteDue('inbox', null);
      return stored.length === 1;
    },
    async listArrivals(query) {
      const { after, eventType } = query;
      const isAfter =
        after === null
          ? undefined
          : sql`(${inboxEvents.receivedAt}, ${inboxEvents.id}) > (${after.receivedAt}, ${after.id})`;
      const rows = await session.db
        .select(getTableColumns(inboxEvents))
        .from(inboxEvents)
        .where(
          and(
            isFrom(query),
            gte(inboxEvents.receivedAt, query.from),
            lt(inboxEvents.receivedAt, query.to),
            eventType === null ? undefined : eq(inboxEvents.eventType, eventType),
            isAfter,
          ),
        )
        .orderBy(asc(inboxEvents.receivedAt), asc(inboxEvents.id))
        .limit(query.limit);
      return asRows<InboxEvent>(rows);
    },
    async countArrivals(query) {
      const isWithin = and(gte(inboxEvents.receivedAt, query.from), lt(inboxEvents.receivedAt, query.to));
      const [within] = await session.db
        .select({ references: sql<number>`cast(count(distinct ${inboxEvents.reference}) as bigint)` })
        .from(inboxEvents)
        .where(and(isFrom(query), isWithin));
      const [last] = await session.db
        .select({ at: sql<number | null>`max(${inboxEvents.receivedAt})` })
        .from(inboxEvents)
        .where(isFrom(query));
      return { references: within?.references ?? 0, lastAt: last?.at ?? null };
    },
  };
}
