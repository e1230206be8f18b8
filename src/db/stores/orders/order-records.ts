import type { IdempotencyStore, TimelineStore } from '#orders/order-store.ts';
import { placeholdersOf, prepared } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import { asc, desc, eq, inArray, lt, sql } from '../../schema/drizzle.ts';

export function createTimelineStore(session: Session): TimelineStore {
  const { db } = session;
  const { timelineEntries } = session.tables;
  const insert = prepared(() =>
    db.insert(timelineEntries).values(placeholdersOf(timelineEntries)).prepare('append_to_timeline'),
  );
  const newest = prepared(() =>
    db
      .select()
      .from(timelineEntries)
      .where(eq(timelineEntries.orderId, sql.placeholder('orderId')))
      .orderBy(desc(timelineEntries.at), desc(timelineEntries.id))
      .limit(sql.placeholder('limit'))
      .prepare('list_timeline'),
  );
  return {
    async append(entry) {
      await insert({ ...entry });
    },
    listForOrder: async (query) => (await newest(query)).reverse(),
  };
}

export function createIdempotencyStore(session: Session): IdempotencyStore {
  const { db } = session;
  const { idempotentRequests: requests } = session.tables;
  const insert = prepared(() =>
    db
      .insert(requests)
      .values(placeholdersOf(requests))
      .onConflictDoNothing({ target: requests.key })
      .returning({ key: requests.key })
      .prepare('reserve_idempotency_key'),
  );
  const findByKey = prepared(() =>
    db
      .select()
      .from(requests)
      .where(eq(requests.key, sql.placeholder('key')))
      .prepare('find_idempotency_key'),
  );
  return {
    async reserve(request) {
      const stored = await insert({ ...request });
      return stored.length === 1 ? undefined : (await findByKey({ key: request.key }))[0];
    },
    find: async (key) => (await findByKey({ key }))[0],
    async prune(query) {
      const old = db
        .select({ key: requests.key })
        .from(requests)
        .where(lt(requests.createdAt, query.before))
        .orderBy(asc(requests.createdAt))
        .limit(query.limit);
      const gone = await db.delete(requests).where(inArray(requests.key, old)).returning({ key: requests.key });
      return gone.length;
    },
  };
}
