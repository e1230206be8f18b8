import type { SQL } from 'drizzle-orm';
import type { Order } from '#orders/order.ts';
import type { OrderChange, OrderStore } from '#orders/order-store.ts';
import { openPaymentStatuses } from '#payments/model/payment.ts';
import { keysOf, placeholdersOf, prepared, preparedByShape, settingsOf } from '../../query/prepared.ts';
import { contains, searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, desc, eq, getTableColumns, gte, inArray, isNull, lt, lte, or, sql } from '../../schema/drizzle.ts';

const firstOrderNumber = 1001;

export function createOrderStore(session: Session): OrderStore {
  const { db } = session;
  const { orders, payments } = session.tables;
  const { searchText, searchNote, ...columns } = getTableColumns(orders);
  const { nextNumber, insert, findById, findByNumber, change } = prepareStatements(session);

  function newestFirst(where: SQL | undefined, limit: number): Promise<Order[]> {
    return db.select(columns).from(orders).where(where).orderBy(desc(orders.createdAt), desc(orders.id)).limit(limit);
  }

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
    async changeOrder(input) {
      const values: OrderChange & { searchNote?: string } = { ...input.change };
      if (values.note !== undefined) values.searchNote = searchable([values.note]);
      const expected = {
        expectedId: input.id,
        expectedStatus: input.expected.status,
        expectedVersion: input.expected.version,
      };
      const changed = await change(keysOf(values), { ...values, ...expected });
      return changed.length === 1;
    },
    async listOrders(query) {
      const { before } = query;
      const isBefore =
        before === null ? undefined : sql`(${orders.createdAt}, ${orders.id}) < (${before.createdAt}, ${before.id})`;
      const isWanted = query.statuses === null ? undefined : inArray(orders.status, [...query.statuses]);
      return newestFirst(and(isWanted, isBefore), query.limit);
    },
    async listOrdersByIds(ids) {
      if (ids.length === 0) return [];
      return db
        .select(columns)
        .from(orders)
        .where(inArray(orders.id, [...ids]));
    },
    async listOrdersMadeBetween(query) {
      const { after } = query;
      const isAfter =
        after === null ? undefined : sql`(${orders.createdAt}, ${orders.id}) > (${after.createdAt}, ${after.id})`;
      return db
        .select(columns)
        .from(orders)
        .where(and(gte(orders.createdAt, query.from), lt(orders.createdAt, query.to), isAfter))
        .orderBy(asc(orders.createdAt), asc(orders.id))
        .limit(query.limit);
    },
    async listExpiredOrders(query) {
      const isOpen = and(inArray(payments.status, [...openPaymentStatuses]), isNull(payments.mismatchedAt));
      const openPayment = db
        .select({ id: payments.id })
        .from(payments)
        .where(and(eq(payments.orderId, orders.id), isOpen));
      return db
        .select(columns)
        .from(orders)
        .where(
          and(eq(orders.status, 'awaiting_payment'), lte(orders.expiresAt, query.now), sql`not exists ${openPayment}`),
        )
        .orderBy(asc(orders.expiresAt), asc(orders.id))
        .limit(query.limit);
    },
    async searchOrders(query) {
      const text = query.text.trim();
      // An empty text is part of everything: it finds nothing rather than all.
      const hasText =
        text === '' ? undefined : or(contains(orders.searchText, text), contains(orders.searchNote, text));
      const hasAmount = query.amountMinor === null ? undefined : eq(orders.amountMinor, query.amountMinor);
      const where = or(hasText, hasAmount);
      return where === undefined ? [] : newestFirst(where, query.limit);
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
          count: sql<number>`cast(count(*) as bigint)`,
          amountMinor: sql<number>`cast(sum(${orders.amountMinor}) as bigint)`,
        })
        .from(orders)
        .where(and(gte(orders.createdAt, query.from), lt(orders.createdAt, query.to)))
        .groupBy(sql`1`, orders.status, orders.currency)
        .orderBy(sql`1`, asc(orders.status), asc(orders.currency));
    },
  };
}

/** The note can be changed later, so it is searched apart from what stays. */
function searchColumns(order: Order): { searchText: string; searchNote: string } {
  const names = order.items.map((item) => item.name);
  return {
    searchText: searchable([order.reference, order.customerEmail, order.customerName, ...names]),
    searchNote: searchable([order.note]),
  };
}

function prepareStatements(session: Session) {
  const { db } = session;
  const { orders, counters } = session.tables;
  const { searchText, searchNote, ...columns } = getTableColumns(orders);
  const nextNumber = prepared(() =>
    db
      .insert(counters)
      .values({ name: 'order_number', value: firstOrderNumber })
      .onConflictDoUpdate({ target: counters.name, set: { value: sql`${counters.value} + 1` } })
      .returning({ value: counters.value })
      .prepare('next_order_number'),
  );
  const insert = prepared(() => db.insert(orders).values(placeholdersOf(orders)).prepare('insert_order'));
  const findById = prepared(() =>
    db
      .select(columns)
      .from(orders)
      .where(eq(orders.id, sql.placeholder('id')))
      .prepare('find_order'),
  );
  const findByNumber = prepared(() =>
    db
      .select(columns)
      .from(orders)
      .where(eq(orders.number, sql.placeholder('number')))
      .prepare('find_order_by_number'),
  );
  const change = preparedByShape((keys, suffix) =>
    db
      .update(orders)
      .set({ ...settingsOf(keys), version: sql`${orders.version} + 1` })
      .where(
        and(
          eq(orders.id, sql.placeholder('expectedId')),
          eq(orders.status, sql.placeholder('expectedStatus')),
          eq(orders.version, sql.placeholder('expectedVersion')),
        ),
      )
      .returning({ id: orders.id })
      .prepare(`change_order_${suffix}`),
  );
  return { nextNumber, insert, findById, findByNumber, change };
}
