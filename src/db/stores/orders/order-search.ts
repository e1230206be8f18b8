import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Order } from '#orders/order.ts';
import type { OrderStore, SearchedAmount } from '#orders/order-store.ts';
import { prepared } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import { contains, patternOf, searchable } from '../../query/search.ts';
import type { Session } from '../../query/session.ts';
import type { ShapeOf } from '../../query/shapes.ts';
import { trigramsOf } from '../../query/trigrams.ts';
import { and, asc, desc, eq, getTableColumns, gt, inArray, lte, or, sql } from '../../schema/drizzle.ts';
import { searchKey } from '../../schema/kit.ts';
import { prepareFinding, prepareStoring } from './order-trigrams.ts';

/** Without the index, because the text is too short for it or it has yet to be filled, so many of the newest orders are looked at. */
const walkedMax = 5_000;
/** Of a text that so many of the newest orders have in them, an index that is not in order would sort very many. */
const nearMax = 1_000;
/** Orders that have the trigrams, and are looked at in one step; there are so many steps. */
const candidatesMax = 128;
const stepsMax = 16;
/** More than there are in ISO 4217. */
const currenciesMax = 250;
/** Orders with a lower number have yet to be put into the index of trigrams; 0 when all are in it. */
const filledFrom = 'order_trigrams_from';

type Search = Pick<OrderStore, 'listOrdersCalled' | 'listOrdersOfAmounts' | 'searchOrders' | 'indexOrders'>;

export function createOrderSearch(session: Session): Search {
  return { ...createExact(session), ...createParts(session) };
}

function createExact(session: Session): Pick<Search, 'listOrdersCalled' | 'listOrdersOfAmounts'> {
  const { orders } = session.tables;
  const { searchText, searchNote, countedStatus, ...columns } = getTableColumns(orders);
  const { prepareList } = rowsOf(session, orders, columns);
  const newestFirst = [desc(orders.number)];
  const is = (column: PgColumn) => eq(searchKey(column), searchKey(sql.placeholder('text')));
  type Called = { text: string; limit: number };
  const byEmail = prepareList<Called>('list_orders_by_email', () => ({
    where: is(orders.customerEmail),
    order: newestFirst,
    limit,
  }));
  const byReference = prepareList<Called>('list_orders_by_reference', () => ({
    where: is(orders.reference),
    order: newestFirst,
    limit,
  }));
  const hasAmount = eq(orders.amountMinor, sql.placeholder('amountMinor'));
  const nextCurrency = prepared(session, 'next_currency_of_amount', () =>
    session.db
      .select({ currency: orders.currency })
      .from(orders)
      .where(and(hasAmount, gt(orders.currency, sql.placeholder('after'))))
      .orderBy(asc(orders.currency))
      .limit(1),
  );
  type OfAmount = { amountMinor: number; currency: string; limit: number };
  const byAmount = prepareList<OfAmount>('list_orders_by_amount', () => ({
    where: and(hasAmount, eq(orders.currency, sql.placeholder('currency'))),
    order: newestFirst,
    limit,
  }));

  /** Few of the currencies that it could be in are in use, and the index leads from one to the next. */
  async function currenciesWith({ amountMinor, currencies }: SearchedAmount): Promise<string[]> {
    if (currencies.length < 2) return [...currencies];
    const found: string[] = [];
    let after = '';
    for (let count = 0; count < currenciesMax; count += 1) {
      const [next] = await nextCurrency({ amountMinor, after });
      if (next === undefined) break;
      after = next.currency;
      if (currencies.includes(after)) found.push(after);
    }
    return found;
  }

  return {
    async listOrdersCalled(query) {
      const text = searchable([query.text]);
      const found = [
        ...(await byEmail({ text, limit: query.limit })),
        ...(await byReference({ text, limit: query.limit })),
      ];
      return newestOf(found, query.limit);
    },
    async listOrdersOfAmounts({ amounts, limit: ordersMax }) {
      const found: Order[] = [];
      for (const amount of amounts) {
        for (const currency of await currenciesWith(amount)) {
          found.push(...(await byAmount({ amountMinor: amount.amountMinor, currency, limit: ordersMax })));
        }
      }
      return newestOf(found, ordersMax);
    },
  };
}

/** Each once. */
function newestOf(found: readonly Order[], ordersMax: number): Order[] {
  const byNumber = new Map(found.map((order) => [order.number, order]));
  return [...byNumber.values()].sort((a, b) => b.number - a.number).slice(0, ordersMax);
}

function createParts(session: Session): Pick<Search, 'searchOrders' | 'indexOrders'> {
  const { counters, orders } = session.tables;
  const { searchText, searchNote, countedStatus, ...columns } = getTableColumns(orders);
  const { prepareList } = rowsOf(session, orders, columns);
  const pattern = sql.placeholder('pattern');
  const hasText = or(contains(searchText, pattern), contains(searchNote, pattern));
  const newestFirst = [desc(orders.number)];
  type Walk = { pattern: string; above: number; limit: number };
  const walk = prepareList<Walk>('search_newest_orders', () => ({
    where: and(gt(orders.number, sql.placeholder('above')), hasText),
    order: newestFirst,
    limit,
  }));
  type Among = { pattern: string; numbers: readonly number[]; limit: number };
  const lookAt = prepareList<Among>('search_orders_among', ({ among }: ShapeOf<Among>) => ({
    where: and(inArray(orders.number, among('numbers')), hasText),
    order: newestFirst,
    limit,
  }));
  const listUpTo = prepared(session, 'list_order_texts_up_to', () =>
    session.db
      .select({ number: orders.number, searchText, searchNote })
      .from(orders)
      .where(lte(orders.number, sql.placeholder('number')))
      .orderBy(desc(orders.number))
      .limit(limit),
  );
  const numberUpTo = prepared(session, 'order_number_up_to', () =>
    session.db
      .select({ number: orders.number })
      .from(orders)
      .where(lte(orders.number, sql.placeholder('number')))
      .orderBy(desc(orders.number))
      .limit(1),
  );
  const from = prepared(session, 'order_trigrams_from', () =>
    session.db.select({ value: counters.value }).from(counters).where(eq(counters.name, filledFrom)),
  );
  const moveFrom = prepared<unknown>(session, 'move_order_trigrams_from', () =>
    session.db
      .update(counters)
      .set({ value: sql`${sql.placeholder('value')}` })
      .where(eq(counters.name, filledFrom)),
  );
  const fill = prepareStoring(session, 'fill');
  const findNumbers = prepareFinding(session);
  const readFrom = async (): Promise<number> => (await from())[0]?.value ?? 0;
  const highest = async (number: number): Promise<number> => (await numberUpTo({ number }))[0]?.number ?? 0;

  async function searchNewest(
    query: { pattern: string; limit: number },
    newest: number,
  ): ReturnType<Search['searchOrders']> {
    const above = Math.max(newest - walkedMax, 0);
    const found = await walk({ ...query, above });
    return { orders: found, newest: (await highest(above)) > 0 ? walkedMax : null };
  }

  async function searchIndex(
    query: { pattern: string; limit: number },
    trigrams: readonly string[],
  ): Promise<{ orders: Order[]; below: number }> {
    const found: Order[] = [];
    const find = await findNumbers(trigrams);
    let below = Number.MAX_SAFE_INTEGER;
    for (let step = 0; step < stepsMax; step += 1) {
      const numbers = await find({ below, limit: candidatesMax });
      if (numbers.length > 0) {
        found.push(...(await lookAt({ pattern: query.pattern, numbers, limit: query.limit - found.length })));
      }
      if (numbers.length < candidatesMax || found.length >= query.limit) return { orders: found, below: 0 };
      below = numbers.at(-1) ?? 0;
    }
    return { orders: found, below };
  }

  return {
    async searchOrders(query) {
      const text = searchable([query.text]).trim();
      // An empty text is contained in every text; it finds nothing instead of everything.
      if (text === '') return { orders: [], newest: null };
      const wanted = { pattern: patternOf(text), limit: query.limit };
      const trigrams = trigramsOf(text);
      const newest = await highest(Number.MAX_SAFE_INTEGER);
      const filled = await readFrom();
      if (trigrams.length === 0 || (filled > 0 && newest - filled < walkedMax)) return searchNewest(wanted, newest);
      if (!session.trigrams.isInOrder) {
        const near = await walk({ ...wanted, above: Math.max(newest - nearMax, 0) });
        if (near.length >= query.limit) return { orders: near, newest: null };
      }
      const { orders: found, below } = await searchIndex(wanted, trigrams);
      const reached = Math.max(below, filled);
      return { orders: found, newest: reached === 0 ? null : newest - reached + 1 };
    },
    async indexOrders(query) {
      const filled = await readFrom();
      if (filled === 0) return 0;
      const texts = await listUpTo({ number: filled - 1, limit: query.limit });
      for (const { number, ...text } of texts) await fill(number, text);
      const last = texts.length < query.limit ? undefined : texts.at(-1);
      await moveFrom({ value: last?.number ?? 0 });
      return texts.length;
    },
  };
}
