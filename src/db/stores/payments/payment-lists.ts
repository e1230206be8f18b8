import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gt, gte, inArray, isNull, lt, sql } from '../../schema/drizzle.ts';

type Lists = Pick<
  PaymentStore,
  | 'listPaymentsMadeBetween'
  | 'listUncountedPayments'
  | 'listPaymentsChangedSince'
  | 'listPaymentsWithoutFees'
  | 'listPaymentsOfOrders'
>;

/** The lists that the daily close and the exports read. */
export function createPaymentLists(session: Session): Lists {
  const { payments } = session.tables;
  const { list } = rowsOf(session, payments);
  const byCreation = keyset(payments, 'createdAt');
  const byUpdate = keyset(payments, 'updatedAt');
  return {
    listPaymentsMadeBetween: ({ provider, after, limit, ...made }) =>
      list(and(eq(payments.provider, provider), within(payments.createdAt, made), byCreation.after(after)), {
        order: byCreation.oldestFirst,
        limit,
      }),
    listPaymentsChangedSince: ({ since, madeBefore, after, limit }) =>
      list(and(gte(payments.updatedAt, since), lt(payments.createdAt, madeBefore), byUpdate.after(after)), {
        order: byUpdate.oldestFirst,
        limit,
      }),
    listUncountedPayments: ({ after, limit }) =>
      // Zero is a literal, so that both engines see that the partial index contains these rows.
      list(and(sql`${payments.capturedMinor} < 0`, after === null ? undefined : gt(payments.id, after)), {
        order: [asc(payments.id)],
        limit,
      }),
    listPaymentsWithoutFees: ({ provider, statuses, limit, ...made }) =>
      list(
        and(
          eq(payments.provider, provider),
          within(payments.createdAt, made),
          inArray(payments.status, [...statuses]),
          isNull(payments.figuresAsset),
        ),
        { order: byCreation.oldestFirst, limit },
      ),
    listPaymentsOfOrders: (orderIds) =>
      list(inArray(payments.orderId, [...orderIds]), { order: byCreation.oldestFirst }),
  };
}
