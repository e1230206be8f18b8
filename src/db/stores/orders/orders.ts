import type { OrderId } from '#kernel/ids.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import type { OrderFigures, OrderStore, PageCursor } from '#orders/order-store.ts';
import { openPaymentStatuses } from '#payments/model/payment.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import { searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import type { ShapeOf } from '../../query/shapes.ts';
import { and, eq, getTableColumns, inArray, isNull, lte, sql } from '../../schema/drizzle.ts';
import { createOrderSearch } from './order-search.ts';
import { prepareStoring } from './order-trigrams.ts';

const firstOrderNumber = 1001;

export function createOrderStore(session: Session): OrderStore {
  const { db } = session;
  const { orders, payments } = session.tables;
  const { searchText, searchNote, countedStatus, ...columns } = getTableColumns(orders);
  const { prepare, prepareList } = rowsOf(session, orders, columns);
  const nextNumber = prepareNextNumber(session);
  const insert = prepareInsert(session, { name: 'insert_order', table: orders });
  const putIntoIndex = prepareStoring(session, 'put');
  const findById = prepare('find_order', ['id']);
  const findByNumber = prepare('find_order_by_number', ['number']);
  const compareAndSet = createCompareAndSet<Order>(session, {
    name: 'order',
    table: orders,
    // The sums of days go on counting it with the status that it had when they were counted.
    noted: { countedStatus: sql`coalesce(${countedStatus}, ${orders.status})` },
  });
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
      await insert({ ...order, ...text, countedStatus: 'none' });
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
    listOrderFigures: prepareFigures(session),
    ...createOrderSearch(session),
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

function prepareFigures(session: Session): OrderStore['listOrderFigures'] {
  const { orders } = session.tables;
  const byCreation = keyset(orders, 'createdAt');
  const { id, createdAt, status, currency, amountMinor, countedStatus } = orders;
  type Query = Parameters<OrderStore['listOrderFigures']>[0];
  const list = rowsOf(session, orders, {
    id,
    createdAt,
    status,
    currency,
    amountMinor,
    countedStatus,
  }).prepareList<Query>('list_order_figures', (shape) => ({
    where: and(within(createdAt), byCreation.after(shape, 'after')),
    order: byCreation.oldestFirst,
    limit,
  }));
  return async (query) => (await list(query)).map(toFigures);
}

/** Without a mark the sums of days count the order as it is. */
export function toFigures({
  countedStatus,
  ...order
}: Omit<OrderFigures, 'countedAs'> & { countedStatus: OrderStatus | 'none' | null }): OrderFigures {
  return { ...order, countedAs: countedStatus === 'none' ? null : (countedStatus ?? order.status) };
}
