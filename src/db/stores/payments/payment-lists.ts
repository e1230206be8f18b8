import type { OrderId } from '#kernel/ids.ts';
import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, gt, gte, inArray, isNull, lt, sql } from '../../schema/drizzle.ts';

type Lists = Pick<
  PaymentStore,
  | 'listPaymentsMadeBetween'
  | 'findMadeAfter'
  | 'listUncountedPayments'
  | 'listPaymentsChangedSince'
  | 'listPaymentsWithoutFees'
  | 'listPaymentsOfOrders'
>;

/** The lists that the daily close and the exports read. */
export function createPaymentLists(session: Session): Lists {
  const { payments } = session.tables;
  const { prepareList } = rowsOf(session, payments);
  const byCreation = keyset(payments, 'createdAt');
  const byUpdate = keyset(payments, 'updatedAt');
  const isOfProvider = eq(payments.provider, sql.placeholder('provider'));
  const listOfOrders = prepareList<{ ids: readonly OrderId[] }>('list_payments_of_orders', ({ among }) => ({
    where: inArray(payments.orderId, among('ids')),
    order: byCreation.oldestFirst,
  }));
  const findMadeAfter = prepared(session, 'find_payment_made_after', () =>
    session.db
      .select({ at: payments.createdAt })
      .from(payments)
      .where(and(isOfProvider, within(payments.createdAt)))
      .orderBy(...byCreation.oldestFirst)
      .limit(1)
      .offset(sql.placeholder('skipped')),
  );
  return {
    async findMadeAfter(query) {
      const [found] = await findMadeAfter(query);
      return found?.at;
    },
    listPaymentsMadeBetween: prepareList('list_payments_made_between', (shape) => ({
      where: and(isOfProvider, within(payments.createdAt), byCreation.after(shape, 'after')),
      order: byCreation.oldestFirst,
      limit,
    })),
    listPaymentsChangedSince: prepareList('list_payments_changed_since', (shape) => ({
      where: and(
        gte(payments.updatedAt, sql.placeholder('since')),
        lt(payments.createdAt, sql.placeholder('madeBefore')),
        byUpdate.after(shape, 'after'),
      ),
      order: byUpdate.oldestFirst,
      limit,
    })),
    listUncountedPayments: prepareList('list_uncounted_payments', ({ has }) => ({
      // Zero is a literal, so that both engines see that the partial index contains these rows.
      where: and(
        sql`${payments.capturedMinor} < 0`,
        has('after') ? gt(payments.id, sql.placeholder('after')) : undefined,
      ),
      order: [asc(payments.id)],
      limit,
    })),
    listPaymentsWithoutFees: prepareList('list_payments_without_fees', ({ among }) => ({
      where: and(
        isOfProvider,
        within(payments.createdAt),
        inArray(payments.status, among('statuses')),
        isNull(payments.figuresAsset),
      ),
      order: byCreation.oldestFirst,
      limit,
    })),
    listPaymentsOfOrders: (ids) => listOfOrders({ ids }),
  };
}
