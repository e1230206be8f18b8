import type { IdempotencyStore, TimelineStore } from '#orders/order-store.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { deleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, isNull, lt, sql } from '../../schema/drizzle.ts';

export function createTimelineStore(session: Session): TimelineStore {
  const { db } = session;
  const { timelineEntries } = session.tables;
  const insert = prepareInsert(session, { name: 'append_to_timeline', table: timelineEntries });
  const newest = prepared(session, 'list_timeline', () =>
    db
      .select()
      .from(timelineEntries)
      .where(eq(timelineEntries.orderId, sql.placeholder('orderId')))
      .orderBy(desc(timelineEntries.at), desc(timelineEntries.id))
      .limit(sql.placeholder('limit')),
  );
  return {
    async append(entry) {
      await insert(entry);
    },
    listForOrder: async (query) => (await newest(query)).reverse(),
  };
}

export function createIdempotencyStore(session: Session): IdempotencyStore {
  const { db } = session;
  const { idempotentRequests: requests } = session.tables;
  const insert = prepareInsert(session, { name: 'reserve_idempotency_key', table: requests, unless: [requests.key] });
  const findByKey = rowsOf(session, requests).prepare('find_idempotency_key', ['key']);
  return {
    async reserve(request) {
      const isNew = await insert({ ...request, paymentId: null, paymentExpiresAt: null });
      return isNew ? undefined : (await findByKey({ key: request.key }))[0];
    },
    find: async (key) => (await findByKey({ key }))[0],
    async keepAnswer({ key, answer }) {
      const isFirst = and(eq(requests.key, key), isNull(requests.paymentId));
      await db.update(requests).set(answer).where(isFirst);
      const kept = (await findByKey({ key }))[0];
      if (kept === undefined || kept.paymentId === null) return answer;
      return { paymentId: kept.paymentId, paymentExpiresAt: kept.paymentExpiresAt };
    },
    async prune({ before, limit }) {
      const where = lt(requests.createdAt, before);
      const order = [asc(requests.createdAt)];
      return (await deleteFirst(db, { table: requests, key: requests.key, where, order, limit })).length;
    },
  };
}
