import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gt, inArray, isNotNull, lte, sql } from '../../schema/drizzle.ts';

/** The payments that are polled, and those that show whether a provider is available. */
export function createWatchLists(
  session: Session,
): Pick<PaymentStore, 'hastenPolls' | 'listAskedPayments' | 'listMovedPayments'> {
  const { db } = session;
  const { payments, timelineEntries: timeline } = session.tables;
  const { list } = rowsOf(db, payments);
  return {
    async hastenPolls({ latest }) {
      await db.update(payments).set({ nextPollAt: latest }).where(gt(payments.nextPollAt, latest));
    },
    listAskedPayments: ({ provider, limit }) =>
      list(and(eq(payments.provider, provider), isNotNull(payments.nextPollAt)), {
        order: keyset(payments, 'nextPollAt').oldestFirst,
        limit,
      }),
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
            within(payments.createdAt, made),
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
