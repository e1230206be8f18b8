import type { PaymentId } from '#kernel/ids.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { RefundStore } from '#payments/ports/refund-store.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, gt, gte, inArray, lte, notInArray, sql } from '../../schema/drizzle.ts';

export function createRefundStore(session: Session): RefundStore {
  const { refunds } = session.tables;
  const compareAndSet = createCompareAndSet<Refund>(session, { name: 'refund', table: refunds });
  const insert = prepareInsert(session, { name: 'insert_refund', table: refunds });
  const { prepare, prepareList } = rowsOf(session, refunds);
  const findById = prepare('find_refund', ['id']);
  const findByKey = prepare('find_refund_by_key', ['requestKey']);
  const order = keyset(refunds, 'createdAt').oldestFirst;
  const listForOrder = prepare('list_refunds_for_order', ['orderId'], order);
  const listForPayment = prepare('list_refunds_for_payment', ['paymentId'], order);
  const listForPayments = prepareList<{ ids: readonly PaymentId[] }>('list_refunds_for_payments', ({ among }) => ({
    where: inArray(refunds.paymentId, among('ids')),
    order,
  }));
  const latest = sql.placeholder('latest');
  const hastenPolls = prepared<unknown>(session, 'hasten_refund_polls', () =>
    session.db
      .update(refunds)
      .set({ nextPollAt: sql`${latest}` })
      .where(gt(refunds.nextPollAt, latest)),
  );
  const byUpdate = keyset(refunds, 'updatedAt');
  return {
    async insertRefund(refund) {
      await insert(refund);
    },
    findRefund: async (id) => (await findById({ id }))[0],
    findRefundByKey: async (requestKey) => (await findByKey({ requestKey }))[0],
    listRefundsForOrder: (orderId) => listForOrder({ orderId }),
    listRefundsForPayment: (paymentId) => listForPayment({ paymentId }),
    listRefundsForPayments: (ids) => listForPayments({ ids }),
    listRefundsSucceededBetween: prepareList('list_refunds_succeeded_between', () => ({
      where: and(
        within(refunds.settledAt),
        eq(refunds.provider, sql.placeholder('provider')),
        eq(refunds.status, 'succeeded'),
      ),
      order: keyset(refunds, 'settledAt').oldestFirst,
      limit,
    })),
    listRefundsChangedSince: prepareList('list_refunds_changed_since', (shape) => ({
      where: and(gte(refunds.updatedAt, sql.placeholder('since')), byUpdate.after(shape, 'after')),
      order: byUpdate.oldestFirst,
      limit,
    })),
    changeRefund: (refund, change) => compareAndSet.change(refund, change),
    listRefundsToPoll: prepareList('list_refunds_to_poll', ({ among }) => ({
      where: and(lte(refunds.nextPollAt, sql.placeholder('now')), notInArray(refunds.provider, among('except'))),
      order: keyset(refunds, 'nextPollAt').oldestFirst,
      limit,
    })),
    async hastenPolls(input) {
      await hastenPolls(input);
    },
  };
}
