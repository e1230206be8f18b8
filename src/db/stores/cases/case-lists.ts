import { liveStatuses } from '#cases/case.ts';
import type { CasePlace, CaseStore } from '#cases/case-store.ts';
import type { OrderId } from '#kernel/ids.ts';
import { keyset } from '../../query/keyset.ts';
import { prepared } from '../../query/prepared.ts';
import { limit, rowCount, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import type { ShapeOf } from '../../query/shapes.ts';
import { and, asc, eq, getTableColumns, gte, inArray, isNotNull, lte, or, sql } from '../../schema/drizzle.ts';

type Wanted = Omit<Parameters<CaseStore['listCases']>[0], 'order' | 'after' | 'before'> & { place: CasePlace | null };

export function createCaseLists(
  session: Session,
): Pick<
  CaseStore,
  | 'listLiveCasesForOrder'
  | 'listLiveCasesOfOrders'
  | 'listLiveCasesByKeys'
  | 'listCasesByKeys'
  | 'listCases'
  | 'listCasesAbout'
  | 'listLiveCasesOfProvider'
  | 'listLiveCasesOfKind'
  | 'listCasesToWake'
  | 'listCasesOfProvider'
  | 'countLiveCases'
  | 'countRecentCases'
> {
  const { cases } = session.tables;
  const { liveKey, formerId, ...columns } = getTableColumns(cases);
  const { prepareList } = rowsOf(session, cases, columns);
  const byAge = keyset(cases, 'openedAt');
  const isLive = inArray(cases.status, [...liveStatuses]);
  const isOfProvider = eq(cases.provider, sql.placeholder('provider'));
  const listForOrder = prepareList<{ orderId: OrderId }>('list_live_cases_for_order', () => ({
    where: and(eq(cases.orderId, sql.placeholder('orderId')), isNotNull(cases.liveKey)),
    order: byAge.oldestFirst,
  }));
  const listOfOrders = prepareList<{ orderIds: readonly OrderId[] }>('list_live_cases_of_orders', ({ among }) => ({
    where: and(inArray(cases.orderId, among('orderIds')), isNotNull(cases.liveKey)),
    order: byAge.oldestFirst,
  }));
  const listLiveByKeys = prepareList<{ keys: readonly string[] }>('list_live_cases_by_keys', ({ among }) => ({
    where: inArray(cases.liveKey, among('keys')),
    order: byAge.oldestFirst,
  }));
  const listByKeys = prepareList<{ keys: readonly string[] }>('list_cases_by_keys', ({ among }) => ({
    where: inArray(cases.key, among('keys')),
    order: byAge.newestFirst,
  }));
  const isWanted = ({ has, among }: ShapeOf<Wanted>) =>
    and(
      inArray(cases.status, among('statuses')),
      has('kinds') ? inArray(cases.kind, among('kinds')) : undefined,
      has('rings') ? eq(cases.rings, true) : undefined,
    );
  const listOldestFirst = prepareList<Wanted>('list_cases_oldest_first', (shape) => ({
    where: and(isWanted(shape), byAge.after(shape, 'place')),
    order: byAge.oldestFirst,
    limit,
  }));
  const listNewestFirst = prepareList<Wanted>('list_cases_newest_first', (shape) => ({
    where: and(isWanted(shape), byAge.before(shape, 'place')),
    order: byAge.newestFirst,
    limit,
  }));
  type About = Parameters<CaseStore['listCasesAbout']>[0];
  const listAbout = prepareList<About>('list_cases_about', ({ has, among }) => {
    const ofReference = has('reference')
      ? and(eq(cases.reference, sql.placeholder('reference')), isOfProvider)
      : undefined;
    const ofPayment = has('paymentId') ? eq(cases.paymentId, sql.placeholder('paymentId')) : undefined;
    return {
      where: and(or(ofReference, ofPayment), inArray(cases.kind, among('kinds'))),
      order: byAge.newestFirst,
      limit,
    };
  });
  const listRecent = prepared(session, 'list_recent_cases', () =>
    session.db
      .select({ id: cases.id })
      .from(cases)
      .where(
        and(
          eq(cases.kind, sql.placeholder('kind')),
          eq(cases.severity, sql.placeholder('severity')),
          eq(cases.rings, true),
          gte(cases.openedAt, sql.placeholder('since')),
        ),
      )
      .orderBy(...byAge.oldestFirst)
      .limit(limit),
  );
  return {
    listLiveCasesForOrder: (orderId) => listForOrder({ orderId }),
    listLiveCasesOfOrders: (orderIds) => listOfOrders({ orderIds }),
    listLiveCasesByKeys: (keys) => listLiveByKeys({ keys }),
    listCasesByKeys: (keys) => listByKeys({ keys }),
    async listCases({ order, after = null, before = null, ...wanted }) {
      const isOldestFirst = (order === 'oldest_first') === (before === null);
      const list = isOldestFirst ? listOldestFirst : listNewestFirst;
      const found = await list({ ...wanted, place: before ?? after });
      return before === null ? found : found.toReversed();
    },
    listCasesAbout: async (query) => (query.reference === null && query.paymentId === null ? [] : listAbout(query)),
    listLiveCasesOfProvider: prepareList('list_live_cases_of_provider', ({ among }) => ({
      where: and(isLive, isOfProvider, inArray(cases.kind, among('kinds'))),
      order: byAge.oldestFirst,
      limit,
    })),
    listLiveCasesOfKind: prepareList('list_live_cases_of_kind', () => ({
      where: and(isLive, eq(cases.kind, sql.placeholder('kind'))),
      order: byAge.oldestFirst,
      limit,
    })),
    listCasesToWake: prepareList('list_cases_to_wake', () => ({
      where: and(eq(cases.status, 'snoozed'), lte(cases.snoozedUntil, sql.placeholder('now'))),
      order: [asc(cases.snoozedUntil), asc(cases.id)],
      limit,
    })),
    listCasesOfProvider: prepareList('list_cases_of_provider', (shape) => ({
      where: and(
        isOfProvider,
        inArray(cases.kind, shape.among('kinds')),
        shape.has('rings') ? eq(cases.rings, true) : undefined,
        byAge.after(shape, 'after'),
      ),
      order: byAge.oldestFirst,
      limit,
    })),
    async countRecentCases(query) {
      return (await listRecent(query)).length;
    },
    countLiveCases: prepared(session, 'count_live_cases', () =>
      session.db
        .select({
          kind: cases.kind,
          provider: cases.provider,
          status: cases.status,
          rings: cases.rings,
          count: rowCount,
          oldestAt: sql<number>`min(${cases.openedAt})`,
        })
        .from(cases)
        .where(isLive)
        .groupBy(cases.kind, cases.provider, cases.status, cases.rings)
        .orderBy(asc(cases.kind), asc(cases.provider), asc(cases.status), asc(cases.rings)),
    ),
  };
}
