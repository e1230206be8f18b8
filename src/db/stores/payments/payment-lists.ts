import type { PaymentStore } from '#payments/ports/payment-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, getTableColumns, gt, gte, inArray, isNotNull, isNull, lt, sql } from '../../schema/drizzle.ts';

type Lists = Pick<
  PaymentStore,
  | 'listUncountedPayments'
  | 'listPaymentsChangedSince'
  | 'listPaymentsWithoutFees'
  | 'listPaymentsWithFees'
  | 'listPaymentsOfOrders'
>;

/** What the books and the exports read. */
export function createPaymentLists(session: Session): Lists {
  const { db } = session;
  const { payments } = session.tables;
  const columns = getTableColumns(payments);
  return {
    async listPaymentsChangedSince(query) {
      const { after } = query;
      const isAfter =
        after === null ? undefined : sql`(${payments.updatedAt}, ${payments.id}) > (${after.updatedAt}, ${after.id})`;
      return db
        .select(columns)
        .from(payments)
        .where(and(gte(payments.updatedAt, query.since), lt(payments.createdAt, query.madeBefore), isAfter))
        .orderBy(asc(payments.updatedAt), asc(payments.id))
        .limit(query.limit);
    },
    async listUncountedPayments({ after, limit }) {
      // Zero is written out, so that both engines see that the small index holds all of them.
      const isUncounted = sql`${payments.creditedMinor} < 0`;
      const isAfter = after === null ? undefined : gt(payments.id, after);
      return db.select(columns).from(payments).where(and(isUncounted, isAfter)).orderBy(asc(payments.id)).limit(limit);
    },
    listPaymentsWithoutFees: async (query) =>
      db
        .select(columns)
        .from(payments)
        .where(
          and(
            eq(payments.provider, query.provider),
            gte(payments.createdAt, query.from),
            lt(payments.createdAt, query.to),
            inArray(payments.status, [...query.statuses]),
            isNull(payments.figuresAsset),
          ),
        )
        .orderBy(asc(payments.createdAt), asc(payments.id))
        .limit(query.limit),
    async listPaymentsWithFees(query) {
      const { after } = query;
      const isAfter =
        after === null ? undefined : sql`(${payments.createdAt}, ${payments.id}) > (${after.createdAt}, ${after.id})`;
      return db
        .select(columns)
        .from(payments)
        .where(
          and(
            eq(payments.provider, query.provider),
            gte(payments.createdAt, query.from),
            lt(payments.createdAt, query.to),
            isNotNull(payments.figuresAsset),
            isAfter,
          ),
        )
        .orderBy(asc(payments.createdAt), asc(payments.id))
        .limit(query.limit);
    },
    async listPaymentsOfOrders(orderIds) {
      if (orderIds.length === 0) return [];
      return db
        .select(columns)
        .from(payments)
        .where(inArray(payments.orderId, [...orderIds]))
        .orderBy(asc(payments.createdAt), asc(payments.id));
    },
  };
}
