import type { PaymentStore } from '#payments/ports/payment-store.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, getTableColumns, gt, gte, inArray, isNotNull, lt, lte, sql } from '../../schema/drizzle.ts';

/** What the watch over providers wants to know of their payments. */
export function createWatchLists(session: Session): Pick<PaymentStore, 'listAskedPayments' | 'listMovedPayments'> {
  const { db } = session;
  const { payments, timelineEntries: timeline } = session.tables;
  const columns = getTableColumns(payments);
  return {
    listAskedPayments: async (query) =>
      db
        .select(columns)
        .from(payments)
        .where(and(eq(payments.provider, query.provider), isNotNull(payments.nextPollAt)))
        .orderBy(asc(payments.nextPollAt), asc(payments.id))
        .limit(query.limit),
    async listMovedPayments(query) {
      const { made, moved } = query;
      const causes = ['poll', 'reconciliation', ...(query.withWebhooks ? (['webhook'] as const) : [])] as const;
      const rows = await db
        .selectDistinct({ id: payments.id })
        .from(payments)
        .innerJoin(timeline, and(eq(timeline.orderId, payments.orderId), sql`${timeline.paymentId} = ${payments.id}`))
        .where(
          and(
            eq(payments.provider, query.provider),
            gte(payments.createdAt, made.from),
            lt(payments.createdAt, made.to),
            eq(timeline.subject, 'payment'),
            inArray(timeline.causeKind, [...causes]),
            gt(timeline.at, moved.after),
            lte(timeline.at, moved.until),
            query.to === null ? undefined : inArray(timeline.toStatus, [...query.to]),
          ),
        )
        .orderBy(asc(payments.id))
        .limit(query.limit);
      return rows.map(({ id }) => id);
    },
  };
}
