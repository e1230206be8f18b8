import type { Order } from '#orders/order.ts';
import type { OrderStore } from '#orders/order-store.ts';
import { openPaymentStatuses } from '#payments/model/payment.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { rowCount, rowsOf } from '../../query/rows.ts';
import { contains, searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, getTableColumns, inArray, isNull, lte, or, sql } from '../../schema/drizzle.ts';

const firstOrderNumber = 1001;

export function createOrderStore(session: Session): OrderStore {
  const { db } = session;
  const { orders, payments } = session.tables;
  const { searchText, searchNote, ...columns } = getTableColumns(orders);
  const { list, prepare, prepareList } = rowsOf(session, orders, columns);
  const nextNumber = prepareNextNumber(session);
  const insert = prepareInsert(session, { name: 'insert_order', table: orders });
  const findById = prepare('find_order', ['id']);
  const findByNumber = prepare('find_order_by_number', ['number']);
  const compareAndSet = createCompareAndSet<Order>(session, { name: 'order', table: orders });
  const byCreation = keyset(orders, 'createdAt');
  const isOpen = and(inArray(payments.status, [...openPaymentStatuses]), isNull(payments.mismatchedAt));
  const openPayment = db
    .select({ id: payments.id })
    .from(payments)
    .where(and(eq(payments.orderId, orders.id), isOpen));
  return {
    async nextOrderNumber() {
      const [row] = await nextNumber();
      if (row === undefined) throw new Error('the counter of order numbers gave none');
      return row.value;
    },
    async insertOrder(order) {
      await insert({ ...order, ...searchColumns(order) });
    },
    findOrder: async (id) => (await findById({ id }))[0],
    findOrderByNumber: async (number) => (await findByNumber({ number }))[0],
    changeOrder(order, change) {
      const beside = change.note === undefined ? {} : { searchNote: searchable([change.note]) };
      return compareAndSet.change(order, change, beside);
    },
    async listOrders({ statuses, before, after = null, limit }) {
      const isWanted = statuses === null ? undefined : inArray(orders.status, [...statuses]);
      if (after === null) {
        return list(and(isWanted, byCreation.before(before)), { order: byCreation.newestFirst, limit });
      }
      const next = await list(and(isWanted, byCreation.after(after)), { order: byCreation.oldestFirst, limit });
      return next.reverse();
    },
    listOrdersByIds: (ids) => list(inArray(orders.id, [...ids]), { order: byCreation.oldestFirst }),
    listOrdersMadeBetween: ({ after, limit, ...made }) =>
      list(and(within(orders.createdAt, made), byCreation.after(after)), { order: byCreation.oldestFirst, limit }),
    listExpiredOrders: prepareList('list_expired_orders', {
      where: and(
        eq(orders.status, 'awaiting_payment'),
        lte(orders.expiresAt, sql.placeholder('now')),
        sql`not exists ${openPayment}`,
      ),
      order: keyset(orders, 'expiresAt').oldestFirst,
      limit: sql.placeholder('limit'),
    }),
    async searchOrders(query) {
      const text = query.text.trim();
      // An empty text is contained in every text; it finds nothing instead of everything.
      const hasText =
        text === '' ? undefined : or(contains(orders.searchText, text), contains(orders.searchNote, text));
      const hasAmount = query.amounts.map(({ amountMinor, currencies }) =>
        and(eq(orders.amountMinor, amountMinor), inArray(orders.currency, [...currencies])),
      );
      const where = or(hasText, ...hasAmount);
      return where === undefined ? [] : list(where, { order: byCreation.newestFirst, limit: query.limit });
    },
    async totalOrders(query) {
      // Buckets are whole numbers on both engines: SQLite binds a JS number as a real, and would divide as one.
      const from = sql`cast(${query.from} as bigint)`;
      const age = sql`(${orders.createdAt} - ${from})`;
      return db
        .select({
          bucketStart: sql<number>`${orders.createdAt} - ${age} % cast(${query.bucketMs} as bigint)`,
          status: orders.status,
          currency: orders.currency,
          count: rowCount,
          amountMinor: sql<number>`cast(sum(${orders.amountMinor}) as bigint)`,
        })
        .from(orders)
        .where(within(orders.createdAt, query))
        .groupBy(sql`1`, orders.status, orders.currency)
        .orderBy(sql`1`, asc(orders.status), asc(orders.currency));
    },
  };
}

/** The note can be changed later, so it has a search column of its own. */
function searchColumns(order: Order): { searchText: string; searchNote: string } {
  const names = order.items.map((item) => item.name);
  return {
    searchText: searchable([order.reference, order.customerEmail, order.customerName, ...names]),
    searchNote: searchable([order.note]),
  };
}

/** Orders are numbered one after the other; a transaction that is rolled back gives its number back. */
function prepareNextNumber(session: Session) {
  const { counters } = session.tables;
  return prepared(session, 'next_order_number', () =>
    session.db
      .insert(counters)
      .values({ name: 'order_number', value: firstOrderNumber })
      .onConflictDoUpdate({ target: counters.name, set: { value: sql`${counters.value} + 1` } })
      .returning({ value: counters.value }),
  );
}
