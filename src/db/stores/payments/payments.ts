import type { SQL } from 'drizzle-orm';
import type { PaymentId } from '#kernel/ids.ts';
import { openPaymentStatuses, type Payment } from '#payments/model/payment.ts';
import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset } from '../../query/keyset.ts';
import { prepared, prepareInsert, settingsOf } from '../../query/prepared.ts';
import { limit, rowCount, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, eq, inArray, isNotNull, isNull, lte, notInArray, or, sql } from '../../schema/drizzle.ts';
import type { FeeChanges } from '../accounting/fee-changes.ts';
import { createPaymentLists } from './payment-lists.ts';
import { createWatchLists } from './payment-watch-lists.ts';

export function createPaymentStore(session: Session, feeChanges: FeeChanges): PaymentStore {
  const { db } = session;
  const { payments } = session.tables;
  const rows = rowsOf(session, payments);
  const insert = prepareInsert(session, { name: 'insert_payment', table: payments });
  const findById = rows.prepare('find_payment', ['id']);
  const findByReference = rows.prepare('find_payment_by_reference', ['reference', 'provider']);
  const listForOrder = rows.prepare('list_payments_for_order', ['orderId'], keyset(payments, 'createdAt').oldestFirst);
  const listBeside = rows.prepareList<{ id: PaymentId }>('list_payments_beside', () => {
    const ofPayment = db
      .select({ orderId: payments.orderId })
      .from(payments)
      .where(eq(payments.id, sql.placeholder('id')));
    return {
      where: eq(payments.orderId, sql`(${ofPayment})`),
      order: keyset(payments, 'createdAt').oldestFirst,
    };
  });
  const { lease, release } = prepareLease(session);
  const keepTransactionIds = createTransactionIds(session);
  const compareAndSet = createCompareAndSet<Payment>(session, { name: 'payment', table: payments });
  /** Of those that are named, or of all. */
  type Whose = { by: readonly string[] | null };
  const endLeases = preparedByQuery(session, 'end_payment_leases', ({ has, among }: ShapeOf<Whose>) =>
    db
      .update(payments)
      .set({ lockedUntil: null, lockedBy: null })
      .where(has('by') ? inArray(payments.lockedBy, among('by')) : isNotNull(payments.lockedBy))
      .returning({ id: payments.id }),
  );
  const listLeases = prepared(session, 'list_payment_leases', () =>
    db.selectDistinct({ by: payments.lockedBy }).from(payments).where(isNotNull(payments.lockedBy)),
  );
  return {
    async insertPayment(payment) {
      await insert(payment);
      await keepTransactionIds(payment, []);
      await feeChanges.noteNewPayment(payment);
    },
    findPayment: async (id) => (await findById({ id }))[0],
    findPaymentByReference: async (query) => (await findByReference(query))[0],
    listPaymentsForOrder: (orderId) => listForOrder({ orderId }),
    listPaymentsBeside: (id) => listBeside({ id }),
    async changePayment(payment, change) {
      const changed = await compareAndSet.change(payment, change);
      await keepTransactionIds(changed, payment.transactionIds);
      await feeChanges.notePayment(payment, changed);
      return changed;
    },
    async tryChangePayment(payment, change) {
      const changed = await compareAndSet.tryChange(payment, change);
      if (changed === undefined) return undefined;
      await keepTransactionIds(changed, payment.transactionIds);
      await feeChanges.notePayment(payment, changed);
      return changed;
    },
    async leasePayment(input) {
      await session.requirePresence();
      const [taken] = await lease({ id: input.id, lockedBy: input.by, now: input.now, lockedUntil: input.until });
      return taken;
    },
    async releasePayment(input) {
      await release({ id: input.id, by: input.by });
    },
    releaseAllPayments: async () => (await endLeases({ by: null })).length,
    listPaymentLeases: async () => (await listLeases()).flatMap(({ by }) => by ?? []),
    endPaymentLeases: async (by) => (await endLeases({ by })).length,
    ...createLists(session),
    ...createPaymentLists(session),
    ...createWatchLists(session),
  };
}

const newestFirst = (a: Payment, b: Payment): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);

function createLists(
  session: Session,
): Pick<PaymentStore, 'listPaymentsToPoll' | 'searchPayments' | 'countOpenPayments'> {
  const { db } = session;
  const { payments, paymentTransactionIds } = session.tables;
  const { prepareList } = rowsOf(session, payments);
  const now = sql.placeholder('now');
  const text = sql.placeholder('text');
  const withTransaction = db
    .select({ paymentId: paymentTransactionIds.paymentId })
    .from(paymentTransactionIds)
    .where(eq(paymentTransactionIds.transactionId, text));
  // Each by its own index: PostgreSQL reads all payments for the three conditions in one.
  const called = (name: string, where: SQL) =>
    prepareList<{ text: string; limit: number }>(name, () => ({
      where,
      order: keyset(payments, 'createdAt').newestFirst,
      limit,
    }));
  const byId = called('search_payments_by_id', eq(payments.id, text));
  const byReference = called('search_payments_by_reference', eq(payments.reference, text));
  const byTransaction = called('search_payments_by_transaction', inArray(payments.id, withTransaction));
  const countOpen = prepared(session, 'count_open_payments', () =>
    db
      .select({ count: rowCount.mapWith(Number) })
      .from(payments)
      .where(
        and(eq(payments.provider, sql.placeholder('provider')), inArray(payments.status, [...openPaymentStatuses])),
      ),
  );
  return {
    listPaymentsToPoll: prepareList('list_payments_to_poll', ({ among }) => ({
      where: and(
        lte(payments.nextPollAt, now),
        or(isNull(payments.lockedUntil), lte(payments.lockedUntil, now)),
        notInArray(payments.provider, among('except')),
      ),
      order: keyset(payments, 'nextPollAt').oldestFirst,
      limit,
    })),
    async searchPayments({ text: named, limit: paymentsMax }) {
      const query = { text: named, limit: paymentsMax };
      const found = [...(await byId(query)), ...(await byReference(query)), ...(await byTransaction(query))];
      const once = new Map(found.map((payment) => [payment.id, payment]));
      return [...once.values()].sort(newestFirst).slice(0, paymentsMax);
    },
    countOpenPayments: async (provider) => (await countOpen({ provider }))[0]?.count ?? 0,
  };
}

/** Copies what changed in the list of the payment's row into the side table, which is searched. */
function createTransactionIds(session: Session) {
  const { paymentTransactionIds: table } = session.tables;
  const insert = prepareInsert(session, { name: 'insert_transaction_id', table, unless: 'taken' });
  const remove = prepared<unknown>(session, 'delete_transaction_id', () =>
    session.db
      .delete(table)
      .where(and(eq(table.paymentId, sql.placeholder('paymentId')), eq(table.transactionId, sql.placeholder('id')))),
  );
  return async ({ id: paymentId, transactionIds }: Payment, former: readonly string[]): Promise<void> => {
    const [now, before] = [new Set(transactionIds), new Set(former)];
    for (const id of before.difference(now)) await remove({ paymentId, id });
    for (const transactionId of now.difference(before)) await insert({ paymentId, transactionId });
  };
}

function prepareLease(session: Session) {
  const { payments } = session.tables;
  const lease = prepared(session, 'lease_payment', () =>
    session.db
      .update(payments)
      .set(settingsOf(payments, ['lockedUntil', 'lockedBy']))
      .where(
        and(
          eq(payments.id, sql.placeholder('id')),
          or(
            isNull(payments.lockedUntil),
            lte(payments.lockedUntil, sql.placeholder('now')),
            eq(payments.lockedBy, sql.placeholder('lockedBy')),
          ),
        ),
      )
      .returning(),
  );
  const release = prepared(session, 'release_payment', () =>
    session.db
      .update(payments)
      .set({ lockedUntil: null, lockedBy: null })
      .where(and(eq(payments.id, sql.placeholder('id')), eq(payments.lockedBy, sql.placeholder('by')))),
  );
  return { lease, release };
}
