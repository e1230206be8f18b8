import type { RefundStore } from '#payments/ports/refund-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gte, inArray, isNotNull, lt, lte, notInArray, sql } from '../../schema/drizzle.ts';

export function createRefundStore(session: Session): RefundStore {
  const { db } = session;
  const { refunds } = session.tables;
  return {
    async insertRefund(refund) {
      await db.insert(refunds).values(refund);
    },
    findRefund: async (id) => (await db.select().from(refunds).where(eq(refunds.id, id)))[0],
    findRefundByKey: async (requestKey) =>
      (await db.select().from(refunds).where(eq(refunds.requestKey, requestKey)))[0],
    listRefundsForOrder: async (orderId) =>
      db.select().from(refunds).where(eq(refunds.orderId, orderId)).orderBy(asc(refunds.createdAt), asc(refunds.id)),
    listRefundsForPayment: async (paymentId) =>
      db
        .select()
        .from(refunds)
        .where(eq(refunds.paymentId, paymentId))
        .orderBy(asc(refunds.createdAt), asc(refunds.id)),
    async listRefundsForPayments(paymentIds) {
      if (paymentIds.length === 0) return [];
      return db
        .select()
        .from(refunds)
        .where(inArray(refunds.paymentId, [...paymentIds]))
        .orderBy(asc(refunds.createdAt), asc(refunds.id));
    },
    listRefundsSucceededBetween: async (query) =>
      db
        .select()
        .from(refunds)
        .where(
          and(
            gte(refunds.settledAt, query.from),
            lt(refunds.settledAt, query.to),
            eq(refunds.provider, query.provider),
            eq(refunds.status, 'succeeded'),
          ),
        )
        .orderBy(asc(refunds.settledAt), asc(refunds.id))
        .limit(query.limit),
    async listRefundsChangedSince(query) {
      const { after } = query;
      const isAfter =
        after === null ? undefined : sql`(${refunds.updatedAt}, ${refunds.id}) > (${after.updatedAt}, ${after.id})`;
      return db
        .select()
        .from(refunds)
        .where(and(gte(refunds.updatedAt, query.since), isAfter))
        .orderBy(asc(refunds.updatedAt), asc(refunds.id))
        .limit(query.limit);
    },
    async changeRefund({ id, expected, change }) {
      const changed = await db
        .update(refunds)
        .set({ ...change, version: sql`${refunds.version} + 1` })
        .where(and(eq(refunds.id, id), eq(refunds.status, expected.status), eq(refunds.version, expected.version)))
        .returning({ id: refunds.id });
      return changed.length === 1;
    },
    listRefundsToPoll: async (query) =>
      db
        .select()
        .from(refunds)
        .where(
          and(
            isNotNull(refunds.nextPollAt),
            lte(refunds.nextPollAt, query.now),
            query.except.length === 0 ? undefined : notInArray(refunds.provider, [...query.except]),
          ),
        )
        .orderBy(asc(refunds.nextPollAt), asc(refunds.id))
        .limit(query.limit),
  };
}
