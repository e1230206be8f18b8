import type { Refund } from '#payments/model/refund.ts';
import type { RefundStore } from '#payments/ports/refund-store.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset, within } from '../../query/keyset.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, gt, gte, inArray, lte, notInArray } from '../../schema/drizzle.ts';

export function createRefundStore(session: Session): RefundStore {
  const { db } = session;
  const { refunds } = session.tables;
  const compareAndSet = createCompareAndSet<Refund>(session, { name: 'refund', table: refunds });
  const { find, list } = rowsOf(db, refunds);
  const order = keyset(refunds, 'createdAt').oldestFirst;
  const byUpdate = keyset(refunds, 'updatedAt');
  return {
    async insertRefund(refund) {
      await db.insert(refunds).values(refund);
    },
    findRefund: (id) => find(eq(refunds.id, id)),
    findRefundByKey: (requestKey) => find(eq(refunds.requestKey, requestKey)),
    listRefundsForOrder: (orderId) => list(eq(refunds.orderId, orderId), { order }),
    listRefundsForPayment: (paymentId) => list(eq(refunds.paymentId, paymentId), { order }),
    listRefundsForPayments: (paymentIds) => list(inArray(refunds.paymentId, [...paymentIds]), { order }),
    listRefundsSucceededBetween: ({ provider, limit, ...settled }) =>
      list(and(within(refunds.settledAt, settled), eq(refunds.provider, provider), eq(refunds.status, 'succeeded')), {
        order: keyset(refunds, 'settledAt').oldestFirst,
        limit,
      }),
    listRefundsChangedSince: ({ since, after, limit }) =>
      list(and(gte(refunds.updatedAt, since), byUpdate.after(after)), { order: byUpdate.oldestFirst, limit }),
    changeRefund: (refund, change) => compareAndSet.change(refund, change),
    listRefundsToPoll: ({ now, except, limit }) =>
      list(and(lte(refunds.nextPollAt, now), notInArray(refunds.provider, [...except])), {
        order: keyset(refunds, 'nextPollAt').oldestFirst,
        limit,
      }),
    async hastenPolls({ latest }) {
      await db.update(refunds).set({ nextPollAt: latest }).where(gt(refunds.nextPollAt, latest));
    },
  };
}
