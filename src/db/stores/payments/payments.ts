import type { Payment } from '#payments/model/payment.ts';
import type { PaymentStore } from '#payments/ports/payment-store.ts';
import { keysOf, placeholdersOf, prepared, preparedByShape, settingsOf } from '../../query/prepared.ts';
import type { Session } from '../../query/session.ts';
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  notInArray,
  or,
  sql,
} from '../../schema/drizzle.ts';
import { createPaymentLists } from './payment-lists.ts';
import { createWatchLists } from './payment-watch-lists.ts';

export function createPaymentStore(session: Session): PaymentStore {
  const { db } = session;
  const { payments } = session.tables;
  const { insert, findById, findByReference, listForOrder, change, lease } = prepareStatements(session);
  return {
    async insertPayment(payment) {
      await insert({ ...payment });
      if (payment.transactionIds.length > 0) await keepTransactionIds(session, payment);
    },
    findPayment: async (id) => (await findById({ id }))[0],
    findPaymentByReference: async (query) => (await findByReference(query))[0],
    listPaymentsForOrder: (orderId) => listForOrder({ orderId }),
    async changePayment(input) {
      const expected = {
        expectedId: input.id,
        expectedStatus: input.expected.status,
        expectedVersion: input.expected.version,
      };
      const changed = await change(keysOf(input.change), { ...input.change, ...expected });
      if (changed.length === 0) return false;
      const { transactionIds } = input.change;
      if (transactionIds !== undefined) await keepTransactionIds(session, { id: input.id, transactionIds });
      return true;
    },
    async leasePayment(input) {
      const taken = await lease({ id: input.id, lockedBy: input.by, now: input.now, lockedUntil: input.until });
      return taken.length === 1;
    },
    async releasePayment(input) {
      await db
        .update(payments)
        .set({ lockedUntil: null, lockedBy: null })
        .where(and(eq(payments.id, input.id), eq(payments.lockedBy, input.by)));
    },
    async releaseAllPayments() {
      const freed = await db
        .update(payments)
        .set({ lockedUntil: null, lockedBy: null })
        .where(isNotNull(payments.lockedBy))
        .returning({ id: payments.id });
      return freed.length;
    },
    ...createLists(session),
    ...createPaymentLists(session),
    ...createWatchLists(session),
  };
}

function createLists(
  session: Session,
): Pick<PaymentStore, 'listPaymentsToPoll' | 'listPaymentsMadeBetween' | 'searchPayments' | 'countPayments'> {
  const { db } = session;
  const { payments, paymentTransactionIds } = session.tables;
  const columns = getTableColumns(payments);
  return {
    async listPaymentsToPoll(query) {
      const isFree = or(isNull(payments.lockedUntil), lte(payments.lockedUntil, query.now));
      return db
        .select(columns)
        .from(payments)
        .where(
          and(
            isNotNull(payments.nextPollAt),
            lte(payments.nextPollAt, query.now),
            isFree,
            query.except.length === 0 ? undefined : notInArray(payments.provider, [...query.except]),
          ),
        )
        .orderBy(asc(payments.nextPollAt), asc(payments.id))
        .limit(query.limit);
    },
    async listPaymentsMadeBetween(query) {
      const { after } = query;
      const isAfter =
        after === null ? undefined : sql`(${payments.createdAt}, ${payments.id}) > (${after.createdAt}, ${after.id})`;
      return db
        .select(columns)
        .from(payments)
        .where(
          and(
            eq(payments.provider, query.provider),
            gte(payments.createdAt, query.from),
            lt(payments.createdAt, query.to),
            isAfter,
          ),
        )
        .orderBy(asc(payments.createdAt), asc(payments.id))
        .limit(query.limit);
    },
    async searchPayments({ text, limit }) {
      const withTransaction = db
        .select({ paymentId: paymentTransactionIds.paymentId })
        .from(paymentTransactionIds)
        .where(eq(paymentTransactionIds.transactionId, text));
      return db
        .select(columns)
        .from(payments)
        .where(
          or(
            sql`${payments.reference} = ${text}`,
            sql`${payments.id} = ${text}`,
            inArray(payments.id, withTransaction),
          ),
        )
        .orderBy(desc(payments.createdAt), desc(payments.id))
        .limit(limit);
    },
    async countPayments() {
      return db
        .select({
          provider: payments.provider,
          status: payments.status,
          count: sql<number>`cast(count(*) as bigint)`,
        })
        .from(payments)
        .groupBy(payments.provider, payments.status)
        .orderBy(asc(payments.provider), asc(payments.status));
    },
  };
}

/** The side table follows the list in the payment's own row. */
async function keepTransactionIds(session: Session, payment: Pick<Payment, 'id' | 'transactionIds'>): Promise<void> {
  const { db } = session;
  const { paymentTransactionIds } = session.tables;
  const paymentId = payment.id;
  const ofPayment = eq(paymentTransactionIds.paymentId, paymentId);
  const rows = [...new Set(payment.transactionIds)].map((transactionId) => ({ paymentId, transactionId }));
  const kept = rows.map((row) => row.transactionId);
  await db
    .delete(paymentTransactionIds)
    .where(kept.length === 0 ? ofPayment : and(ofPayment, notInArray(paymentTransactionIds.transactionId, kept)));
  if (rows.length > 0) await db.insert(paymentTransactionIds).values(rows).onConflictDoNothing();
}

function prepareStatements(session: Session) {
  const { db } = session;
  const { payments } = session.tables;
  const columns = getTableColumns(payments);
  const insert = prepared(() => db.insert(payments).values(placeholdersOf(payments)).prepare('insert_payment'));
  const findById = prepared(() =>
    db
      .select(columns)
      .from(payments)
      .where(eq(payments.id, sql.placeholder('id')))
      .prepare('find_payment'),
  );
  const findByReference = prepared(() =>
    db
      .select(columns)
      .from(payments)
      .where(
        and(eq(payments.reference, sql.placeholder('reference')), eq(payments.provider, sql.placeholder('provider'))),
      )
      .prepare('find_payment_by_reference'),
  );
  const listForOrder = prepared(() =>
    db
      .select(columns)
      .from(payments)
      .where(eq(payments.orderId, sql.placeholder('orderId')))
      .orderBy(asc(payments.createdAt), asc(payments.id))
      .prepare('list_payments_for_order'),
  );
  const change = preparedByShape((keys, suffix) =>
    db
      .update(payments)
      .set({ ...settingsOf(keys), version: sql`${payments.version} + 1` })
      .where(
        and(
          eq(payments.id, sql.placeholder('expectedId')),
          eq(payments.status, sql.placeholder('expectedStatus')),
          eq(payments.version, sql.placeholder('expectedVersion')),
        ),
      )
      .returning({ id: payments.id })
      .prepare(`change_payment_${suffix}`),
  );
  const lease = prepared(() =>
    db
      .update(payments)
      .set(settingsOf(['lockedUntil', 'lockedBy']))
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
      .returning({ id: payments.id })
      .prepare('lease_payment'),
  );
  return { insert, findById, findByReference, listForOrder, change, lease };
}
