import type { Milliseconds } from '#kernel/clock.ts';
import type { Refund } from '#payments/model/refund.ts';
import type { RefundStore } from '#payments/ports/refund-store.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, gt, gte, inArray, lte, notInArray, sql } from '../../schema/drizzle.ts';

export function createRefundStore(session: Session): RefundStore {
  const { db } = session;
  const { refunds } = session.tables;
  const compareAndSet = createCompareAndSet<Refund>(session, { name: 'refund', table: refunds });
  const insert = prepareInsert(session, { name: 'insert_refund', table: refunds });
  const { list, prepare, prepareListAmong } = rowsOf(session, refunds);
  const findById = prepare('find_refund', ['id']);
  const findByKey = prepare('find_refund_by_key', ['requestKey']);
  const order = keyset(refunds, 'createdAt').oldestFirst;
  const listForOrder = prepare('list_refunds_for_order', ['orderId'], order);
  const listForPayment = prepare('list_refunds_for_payment', ['paymentId'], order);
  const listToPoll = prepareListAmong<{ now: Milliseconds; limit: number }>('list_refunds_to_poll', (except) => ({
    where: and(lte(refunds.nextPollAt, sql.placeholder('now')), notInArray(refunds.provider, except)),
    order: keyset(refunds, 'nextPollAt').oldestFirst,
    limit: sql.placeholder('limit'),
  }));
  const byUpdate = keyset(refunds, 'updatedAt');
  return {
    async insertRefund(refund) {
      await insert(refund);
    },
    findRefund: async (id) => (await findById({ id }))[0],
    findRefundByKey: async (requestKey) => (await findByKey({ requestKey }))[0],
    listRefundsForOrder: (orderId) => listForOrder({ orderId }),
    listRefundsForPayment: (paymentId) => listForPayment({ paymentId }),
    listRefundsForPayments: (paymentIds) => list(inArray(refunds.paymentId, [...paymentIds]), { order }),
    listRefundsSucceededBetween: ({ provider, limit, ...settled }) =>
      list(and(within(refunds.settledAt, settled), eq(refunds.provider, provider), eq(refunds.status, 'succeeded')), {
        order: keyset(refunds, 'settledAt').oldestFirst,
        limit,
      }),
    listRefundsChangedSince: ({ since, after, limit }) =>
      list(and(gte(refunds.updatedAt, since), byUpdate.after(after)), { order: byUpdate.oldestFirst, limit }),
    changeRefund: (refund, change) => compareAndSet.change(refund, change),
    listRefundsToPoll: ({ except, ...query }) => listToPoll(except, query),
    async hastenPolls({ latest }) {
      await db.update(refunds).set({ nextPollAt: latest }).where(gt(refunds.nextPollAt, latest));
    },
  };
}
