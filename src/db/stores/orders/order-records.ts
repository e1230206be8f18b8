import type { OrderId } from '#kernel/ids.ts';
import type { IdempotencyStore, TimelineStore } from '#orders/order-store.ts';
import { prepared, prepareInsert, settingsOf } from '../../query/prepared.ts';
import { limit, prepareDeleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, inArray, isNull, lt, sql } from '../../schema/drizzle.ts';

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
      .limit(limit),
  );
  // Without an order of the statement's own: both engines would sort.
  const ofOrders = rowsOf(session, timelineEntries).prepareList<{ orderIds: readonly OrderId[]; limit: number }>(
    'list_timelines_of_orders',
    ({ among }) => ({ where: inArray(timelineEntries.orderId, among('orderIds')), order: [], limit }),
  );
  return {
    async append(entry) {
      await insert(entry);
    },
    listForOrder: async (query) => (await newest(query)).reverse(),
    listForOrders: async (query) =>
      (await ofOrders(query)).sort((left, right) => left.at - right.at || (left.id < right.id ? -1 : 1)),
  };
}

export function createIdempotencyStore(session: Session): IdempotencyStore {
  const { idempotentRequests: requests } = session.tables;
  const insert = prepareInsert(session, { name: 'reserve_idempotency_key', table: requests, unless: [requests.key] });
  const findByKey = rowsOf(session, requests).prepare('find_idempotency_key', ['key']);
  const keepAnswer = prepared<unknown>(session, 'keep_answer_to_request', () =>
    session.db
      .update(requests)
      .set(settingsOf(requests, ['paymentId', 'paymentExpiresAt']))
      .where(and(eq(requests.key, sql.placeholder('key')), isNull(requests.paymentId))),
  );
  const deleteOld = prepareDeleteFirst(session, 'delete_old_requests', () => ({
    table: requests,
    key: requests.key,
    where: lt(requests.createdAt, sql.placeholder('before')),
    order: [asc(requests.createdAt)],
  }));
  return {
    async reserve(request) {
      const isNew = await insert({ ...request, paymentId: null, paymentExpiresAt: null });
      return isNew ? undefined : (await findByKey({ key: request.key }))[0];
    },
    find: async (key) => (await findByKey({ key }))[0],
    async keepAnswer({ key, answer }) {
      await keepAnswer({ key, ...answer });
      const kept = (await findByKey({ key }))[0];
      if (kept === undefined || kept.paymentId === null) return answer;
      return { paymentId: kept.paymentId, paymentExpiresAt: kept.paymentExpiresAt };
    },
    prune: async (query) => (await deleteOld(query)).length,
  };
}
