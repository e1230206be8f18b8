import type { Milliseconds } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { CauseKind } from '#kernel/transaction-context.ts';
import type { PaymentStatus } from '#payments/model/payment.ts';
import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { keyset } from '../../query/keyset.ts';
import { prepared } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, asc, eq, gt, gte, inArray, isNotNull, lt, lte, sql } from '../../schema/drizzle.ts';

/** The payments that are polled, and those that show whether a provider is available. */
export function createWatchLists(
  session: Session,
): Pick<PaymentStore, 'hastenPolls' | 'boundPaymentLeases' | 'listAskedPayments' | 'listMovedPayments'> {
  const { db } = session;
  const { payments } = session.tables;
  const { prepareList } = rowsOf(session, payments);
  const listMovedByPolls = prepareMoved(session, ['poll', 'reconciliation']);
  const listMovedByAll = prepareMoved(session, ['poll', 'reconciliation', 'webhook']);
  const latest = sql.placeholder('latest');
  const hastenPolls = prepared<unknown>(session, 'hasten_payment_polls', () =>
    db
      .update(payments)
      .set({ nextPollAt: sql`${latest}` })
      .where(gt(payments.nextPollAt, latest)),
  );
  const boundLeases = prepared<unknown>(session, 'bound_payment_leases', () =>
    db
      .update(payments)
      .set({ lockedUntil: sql`${latest}` })
      .where(and(isNotNull(payments.lockedBy), gt(payments.lockedUntil, latest))),
  );
  return {
    async hastenPolls(input) {
      await hastenPolls(input);
    },
    async boundPaymentLeases(input) {
      await boundLeases(input);
    },
    listAskedPayments: prepareList('list_asked_payments', () => ({
      where: and(eq(payments.provider, sql.placeholder('provider')), isNotNull(payments.nextPollAt)),
      order: keyset(payments, 'nextPollAt').oldestFirst,
      limit,
    })),
    async listMovedPayments({ provider, made, moved, to, withWebhooks, limit: rowsMax }) {
      if (to?.length === 0) return [];
      const listMoved = withWebhooks ? listMovedByAll : listMovedByPolls;
      const times = { madeFrom: made.from, madeBefore: made.to, after: moved.after, until: moved.until };
      return (await listMoved({ provider, ...times, to, limit: rowsMax })).map(({ id }) => id);
    },
  };
}

interface Moved {
  provider: ProviderName;
  madeFrom: Milliseconds;
  madeBefore: Milliseconds;
  after: Milliseconds;
  until: Milliseconds;
  /** Null stands for any status. */
  to: readonly PaymentStatus[] | null;
  limit: number;
}

function prepareMoved(session: Session, causes: CauseKind[]) {
  const { payments, timelineEntries: timeline } = session.tables;
  return preparedByQuery(session, `list_payments_moved_by_${causes.length}`, ({ has, among }: ShapeOf<Moved>) =>
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
          has('to') ? inArray(timeline.toStatus, among('to')) : undefined,
        ),
      )
      .orderBy(asc(payments.id))
      .limit(limit),
  );
}
