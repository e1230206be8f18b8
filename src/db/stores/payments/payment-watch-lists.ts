import type { CauseKind } from '#kernel/transaction-context.ts';
import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { keyset } from '../../query/keyset.ts';
import { preparedByCount } from '../../query/prepared.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gt, gte, inArray, isNotNull, lt, lte, sql } from '../../schema/drizzle.ts';

/** The payments that are polled, and those that show whether a provider is available. */
export function createWatchLists(
  session: Session,
): Pick<PaymentStore, 'hastenPolls' | 'boundPaymentLeases' | 'listAskedPayments' | 'listMovedPayments'> {
  const { db } = session;
  const { payments } = session.tables;
  const { list } = rowsOf(session, payments);
  const listMovedByPolls = prepareMoved(session, ['poll', 'reconciliation']);
  const listMovedByAll = prepareMoved(session, ['poll', 'reconciliation', 'webhook']);
  return {
    async hastenPolls({ latest }) {
      await db.update(payments).set({ nextPollAt: latest }).where(gt(payments.nextPollAt, latest));
    },
    async boundPaymentLeases({ latest }) {
      await db
        .update(payments)
        .set({ lockedUntil: latest })
        .where(and(isNotNull(payments.lockedBy), gt(payments.lockedUntil, latest)));
    },
    listAskedPayments: ({ provider, limit }) =>
      list(and(eq(payments.provider, provider), isNotNull(payments.nextPollAt)), {
        order: keyset(payments, 'nextPollAt').oldestFirst,
        limit,
      }),
    async listMovedPayments({ provider, made, moved, to, withWebhooks, limit }) {
      if (to?.length === 0) return [];
      const listMoved = withWebhooks ? listMovedByAll : listMovedByPolls;
      const times = { madeFrom: made.from, madeBefore: made.to, after: moved.after, until: moved.until };
      return (await listMoved(to ?? [], { provider, ...times, limit })).map(({ id }) => id);
    },
  };
}

/** By the statuses that a payment may have moved to; none stands for any. */
function prepareMoved(session: Session, causes: CauseKind[]) {
  const { payments, timelineEntries: timeline } = session.tables;
  return preparedByCount(session, `list_payments_moved_by_${causes.length}`, (to) =>
    session.db
      .selectDistinct({ id: payments.id })
      .from(payments)
      .innerJoin(timeline, and(eq(timeline.orderId, payments.orderId), sql`${timeline.paymentId} = ${payments.id}`))
      .where(
        and(
          eq(payments.provider, sql.placeholder('provider')),
          gte(payments.createdAt, sql.placeholder('madeFrom')),
          lt(payments.createdAt, sql.placeholder('madeBefore')),
          eq(timeline.subject, 'payment'),
          inArray(timeline.causeKind, causes),
          gt(timeline.at, sql.placeholder('after')),
          lte(timeline.at, sql.placeholder('until')),
          to.length === 0 ? undefined : inArray(timeline.toStatus, to),
        ),
      )
      .orderBy(asc(payments.id))
      .limit(sql.placeholder('limit')),
  );
}
