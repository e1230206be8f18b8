import type { DailySumsStore, UncountedFees, UncountedOrder } from '#accounting/ledger/daily-sums-store.ts';
import { type Fees, feesOf } from '#accounting/ledger/tally.ts';
import { day } from '#kernel/clock.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import { keyset, within } from '../../query/keyset.ts';
import { prepared, prepareReplace } from '../../query/prepared.ts';
import { limit, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { preparedByQuery, type ShapeOf } from '../../query/shapes.ts';
import { and, asc, eq, gt, inArray, isNotNull, lt, sql } from '../../schema/drizzle.ts';
import { toFigures } from '../orders/orders.ts';

/** How often days were counted. */
const counter = 'daily_sums';
/** No day of a calendar is longer. */
const dayMaxMs = 2 * day;
/** Those of two time zones, and of any test. */
const daysMax = 1_000;

export function createDailySumsStore(session: Session): DailySumsStore {
  return { ...createDays(session), ...createUncountedOrders(session), ...createUncountedFees(session) };
}

type Days = Pick<DailySumsStore, 'beginCount' | 'countsMade' | 'listBounds' | 'listDays' | 'saveDay' | 'removeDays'>;

function createDays(session: Session): Days {
  const { db } = session;
  const { counters, dailySums: days } = session.tables;
  const begin = prepared(session, 'begin_daily_sums', () =>
    db
      .insert(counters)
      .values({ name: counter, value: 1 })
      .onConflictDoUpdate({ target: counters.name, set: { value: sql`${counters.value} + 1` } })
      .returning({ value: counters.value }),
  );
  const made = prepared(session, 'daily_sums_made', () =>
    db.select({ value: counters.value }).from(counters).where(eq(counters.name, counter)),
  );
  type Between = { from: number; earliest: number; to: number };
  const list = rowsOf(session, days).prepareList<Between>('list_daily_sums', () => ({
    where: and(
      gt(days.from, sql.placeholder('earliest')),
      lt(days.from, sql.placeholder('to')),
      gt(days.to, sql.placeholder('from')),
    ),
    order: [asc(days.from)],
  }));
  const { from, to } = days;
  const listBounds = rowsOf(session, days, { from, to }).prepareList<{ limit: number }>('list_bounds_of_days', () => ({
    where: undefined,
    order: [asc(from)],
    limit,
  }));
  const remove = preparedByQuery(session, 'remove_daily_sums', ({ among }: ShapeOf<{ froms: readonly number[] }>) =>
    db
      .delete(days)
      .where(inArray(days.from, among('froms')))
      .returning({ from: days.from }),
  );
  const first = (rows: readonly { value: number }[]): number => rows[0]?.value ?? 0;
  return {
    beginCount: async () => first(await begin()),
    countsMade: async () => first(await made()),
    listBounds: () => listBounds({ limit: daysMax }),
    listDays: (query) => list({ ...query, earliest: query.from - dayMaxMs }),
    saveDay: prepareReplace(session, { name: 'save_daily_sums', table: days, key: ['from'] }),
    async removeDays(froms) {
      if (froms.length > 0) await remove({ froms });
    },
  };
}

function createUncountedOrders(session: Session): Pick<DailySumsStore, 'listUncountedOrders' | 'countOrders'> {
  const { orders } = session.tables;
  const { id, createdAt, status, currency, amountMinor, countedStatus } = orders;
  type Query = Parameters<DailySumsStore['listUncountedOrders']>[0];
  const list = rowsOf(session, orders, {
    id,
    createdAt,
    status,
    currency,
    amountMinor,
    countedStatus,
  }).prepareList<Query>('list_uncounted_orders', () => ({
    where: and(isNotNull(countedStatus), within(createdAt)),
    order: keyset(orders, 'createdAt').oldestFirst,
    limit,
  }));
  type Counted = { ids: readonly OrderId[]; status: string };
  const count = preparedByQuery(session, 'count_orders_in_days', ({ among }: ShapeOf<Counted>) =>
    session.db
      .update(orders)
      .set({ countedStatus: null })
      .where(and(inArray(id, among('ids')), eq(status, sql.placeholder('status'))))
      .returning({ id }),
  );
  return {
    listUncountedOrders: async (query) => (await list(query)).map(toFigures),
    async countOrders(listed) {
      const counted: OrderId[] = [];
      for (const [word, of] of Map.groupBy(listed, (order: UncountedOrder) => order.status)) {
        const rows = await count({ ids: of.map((order) => order.id), status: word });
        counted.push(...rows.map((row) => row.id));
      }
      return counted;
    },
  };
}

function createUncountedFees(session: Session): Pick<DailySumsStore, 'listUncountedFees' | 'countFees'> {
  const { db } = session;
  const { payments, providerFees, uncountedFees: uncounted } = session.tables;
  type Query = Parameters<DailySumsStore['listUncountedFees']>[0];
  const list = rowsOf(session, uncounted).prepareList<Query>('list_uncounted_fees', () => ({
    where: within(uncounted.createdAt),
    order: [asc(uncounted.createdAt), asc(uncounted.paymentId)],
    limit,
  }));
  type Ids = { ids: readonly PaymentId[] };
  // In one statement: of two, the second would see what was committed between them.
  const listKnown = preparedByQuery(session, 'list_known_fees_of_payments', ({ among }: ShapeOf<Ids>) =>
    db
      .select({
        own: {
          id: payments.id,
          feeAmount: payments.feeAmount,
          netAmount: payments.netAmount,
          figuresAsset: payments.figuresAsset,
        },
        further: { asset: providerFees.asset, fee: providerFees.fee, net: providerFees.net },
      })
      .from(payments)
      .leftJoin(providerFees, and(eq(providerFees.paymentId, payments.id), eq(providerFees.standing, 'further')))
      .where(inArray(payments.id, among('ids'))),
  );
  const count = prepared(session, 'count_fees_in_days', () =>
    db
      .delete(uncounted)
      .where(
        and(eq(uncounted.paymentId, sql.placeholder('paymentId')), eq(uncounted.changes, sql.placeholder('changes'))),
      )
      .returning({ id: uncounted.paymentId }),
  );

  async function readKnown(ids: readonly PaymentId[]): Promise<Map<PaymentId, Fees[]>> {
    const known = new Map<PaymentId, Fees[]>();
    for (const { own, further } of ids.length === 0 ? [] : await listKnown({ ids })) {
      if (own.figuresAsset === null) continue;
      const fees = known.get(own.id) ?? feesOf(own);
      known.set(own.id, further === null ? fees : [...fees, further]);
    }
    return known;
  }

  return {
    async listUncountedFees(query) {
      const rows = await list(query);
      const known = await readKnown(rows.map(({ paymentId }) => paymentId));
      return rows.map((row): UncountedFees => ({ ...row, known: known.get(row.paymentId) ?? [] }));
    },
    countFees: async ({ paymentId, changes }) => (await count({ paymentId, changes })).length === 1,
  };
}
