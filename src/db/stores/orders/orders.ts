import type { OrderId } from '#kernel/ids.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import type { OrderStore, PageCursor } from '#orders/order-store.ts';
import { openPaymentStatuses } from '#payments/model/payment.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { limit, rowCount, rowsOf } from '../../query/rows.ts';
import { searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import type { ShapeOf } from '../../query/shapes.ts';
import { and, asc, eq, getTableColumns, inArray, isNull, lte, sql } from '../../schema/drizzle.ts';
import { createOrderSearch } from './order-search.ts';
import { prepareStoring } from './order-trigrams.ts';

const firstOrderNumber = 1001;

export function createOrderStore(session: Session): OrderStore {
  const { db } = session;
  const { orders, payments } = session.tables;
  const { searchText, searchNote, ...columns } = getTableColumns(orders);
  const { prepare, prepareList } = rowsOf(session, orders, columns);
  const nextNumber = prepareNextNumber(session);
  const insert = prepareInsert(session, { name: 'insert_order', table: orders });
  const putIntoIndex = prepareStoring(session, 'put');
  const findById = prepare('find_order', ['id']);
  const findByNumber = prepare('find_order_by_number', ['number']);
  const compareAndSet = createCompareAndSet<Order>(session, { name: 'order', table: orders });
  const byCreation = keyset(orders, 'createdAt');
  const isOpen = and(inArray(payments.status, [...openPaymentStatuses]), isNull(payments.mismatchedAt));
  const openPayment = db
    .select({ id: payments.id })
    .from(payments)
    .where(and(eq(payments.orderId, orders.id), isOpen));
  type Query = Parameters<OrderStore['listOrders']>[0];
  type Page = Omit<Query, 'statuses'> & { status: OrderStatus | null };
  const isWanted = ({ has }: ShapeOf<Page>) =>
    has('status') ? eq(orders.status, sql.placeholder('status')) : undefined;
  const listBefore = prepareList<Page>('list_orders_before', (shape) => ({
    where: and(isWanted(shape), byCreation.before(shape, 'before')),
    order: byCreation.newestFirst,
    limit,
  }));
  const listAfter = prepareList<Page>('list_orders_after', (shape) => ({
    where: and(isWanted(shape), byCreation.after(shape, 'after')),
    order: byCreation.oldestFirst,
    limit,
  }));
  /** Of one status, or of all: the index has them in their order. */
  const listPage = async ({ after = null, ...page }: Page): Promise<Order[]> =>
    after === null ? listBefore(page) : (await listAfter({ ...page, after })).reverse();
  const listByIds = prepareList<{ ids: readonly OrderId[] }>('list_orders_by_ids', ({ among }) => ({
    where: inArray(orders.id, among('ids')),
    order: byCreation.oldestFirst,
  }));
  return {
    async nextOrderNumber() {
      const [row] = await nextNumber();
      if (row === undefined) throw new Error('the counter of order numbers gave none');
      return row.value;
    },
    async insertOrder(order) {
      const text = searchColumns(order);
      await insert({ ...order, ...text });
      await putIntoIndex(order.number, text);
    },
    findOrder: async (id) => (await findById({ id }))[0],
    findOrderByNumber: async (number) => (await findByNumber({ number }))[0],
    async changeOrder(order, change) {
      if (change.note === undefined) return compareAndSet.change(order, change);
      const { searchText: text, searchNote: note } = searchColumns({ ...order, note: change.note });
      const changed = await compareAndSet.change(order, change, { searchNote: note });
      await putIntoIndex(order.number, { searchText: text, searchNote: note });
      return changed;
    },
    async listOrders({ statuses, ...query }) {
      if (statuses === null) return listPage({ status: null, ...query });
      const pages: Order[][] = [];
      for (const status of new Set(statuses)) pages.push(await listPage({ status, ...query }));
      return mergePages(pages, query);
    },
    listOrdersByIds: (ids) => listByIds({ ids }),
    listOrdersMadeBetween: prepareList('list_orders_made_between', (shape) => ({
      where: and(within(orders.createdAt), byCreation.after(shape, 'after')),
      order: byCreation.oldestFirst,
      limit,
    })),
    listExpiredOrders: prepareList('list_expired_orders', () => ({
      where: and(
        eq(orders.status, 'awaiting_payment'),
        lte(orders.expiresAt, sql.placeholder('now')),
        sql`not exists ${openPayment}`,
      ),
      order: keyset(orders, 'expiresAt').oldestFirst,
      limit,
    })),
    ...createOrderSearch(session),
    totalOrders: prepareTotals(session),
  };
}

/** The pages of single statuses as one: sorting all orders of several statuses would take longer the more there are. */
function mergePages(
  pages: readonly Order[][],
  { after, limit: ordersMax }: { after?: PageCursor | null; limit: number },
) {
  const newestFirst = pages.flat().sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  // What comes next to a place on its newer side is at the end.
  return after ? newestFirst.slice(-ordersMax) : newestFirst.slice(0, ordersMax);
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

function prepareTotals(session: Session): OrderStore['totalOrders'] {
  const { orders } = session.tables;
  // Buckets are whole numbers on both engines: SQLite binds a JS number as a real, and would divide as one.
  const from = sql`cast(${sql.placeholder('from')} as bigint)`;
  const age = sql`(${orders.createdAt} - ${from})`;
  return prepared(session, 'total_orders', () =>
    session.db
      .select({
        bucketStart: sql<number>`${orders.createdAt} - ${age} % cast(${sql.placeholder('bucketMs')} as bigint)`,
        status: orders.status,
        currency: orders.currency,
        count: rowCount,
        amountMinor: sql<number>`cast(sum(${orders.amountMinor}) as bigint)`,
      })
      .from(orders)
      .where(within(orders.createdAt))
      .groupBy(sql`1`, orders.status, orders.currency)
      .orderBy(sql`1`, asc(orders.status), asc(orders.currency)),
  );
}
