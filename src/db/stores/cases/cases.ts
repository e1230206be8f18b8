import { type Case, liveStatuses } from '#cases/case.ts';
import type { CaseStore } from '#cases/case-store.ts';
import type { OrderId } from '#kernel/ids.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset } from '../../query/keyset.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { deleteFirst, rowCount, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, asc, eq, getTableColumns, inArray, isNotNull, lt, lte, or, sql } from '../../schema/drizzle.ts';

export function createCaseStore(session: Session): CaseStore {
  const { db } = session;
  const { cases } = session.tables;
  const { liveKey, formerId, ...columns } = getTableColumns(cases);
  const rows = rowsOf(session, cases, columns);
  const byAge = keyset(cases, 'openedAt');
  const insert = prepareInsert(session, { name: 'insert_case', table: cases, unless: [cases.liveKey] });
  const update = createCompareAndSet<Case>(session, { name: 'case', table: cases });
  const isLive = inArray(cases.status, [...liveStatuses]);
  const findLive = rows.prepare('find_live_case', ['liveKey']);
  const findById = rows.prepareList<{ id: string }>('find_case', {
    where: or(eq(cases.id, sql.placeholder('id')), eq(cases.formerId, sql.placeholder('id'))),
    order: [],
  });
  const listForOrder = rows.prepareList<{ orderId: OrderId }>('list_live_cases_for_order', {
    where: and(eq(cases.orderId, sql.placeholder('orderId')), isNotNull(cases.liveKey)),
    order: byAge.oldestFirst,
  });
  const listLiveByKeys = rows.prepareListAmong('list_live_cases_by_keys', (keys) => ({
    where: inArray(cases.liveKey, keys),
    order: byAge.oldestFirst,
  }));
  const listByKeys = rows.prepareListAmong('list_cases_by_keys', (keys) => ({
    where: inArray(cases.key, keys),
    order: byAge.newestFirst,
  }));
  return {
    insertCase: (one) => insert({ ...one, formerId: null, liveKey: one.status === 'resolved' ? null : one.key }),
    findCase: async (id) => (await findById({ id }))[0],
    findLiveCase: async (key) => (await findLive({ liveKey: key }))[0],
    changeCase(one, change) {
      const isOver = (change.status ?? one.status) === 'resolved';
      return update.change(one, change, { liveKey: isOver ? null : one.key });
    },
    listLiveCasesForOrder: (orderId) => listForOrder({ orderId }),
    listLiveCasesByKeys: (keys) => listLiveByKeys(keys, {}),
    listCasesByKeys: (keys) => listByKeys(keys, {}),
    findCaseOfRefund: ({ orderId, refundId, resolutions }) =>
      rows.find(
        and(
          eq(cases.orderId, orderId),
          eq(cases.refundId, refundId),
          eq(cases.status, 'resolved'),
          inArray(cases.resolution, [...resolutions]),
        ),
      ),
    async listCases({ statuses, kinds, rings, order, after = null, before = null, limit }) {
      const isWanted = and(
        inArray(cases.status, [...statuses]),
        kinds === null ? undefined : inArray(cases.kind, [...kinds]),
        rings === undefined ? undefined : eq(cases.rings, rings),
      );
      const isOldestFirst = (order === 'oldest_first') === (before === null);
      const place = before ?? after;
      const found = await rows.list(and(isWanted, isOldestFirst ? byAge.after(place) : byAge.before(place)), {
        order: isOldestFirst ? byAge.oldestFirst : byAge.newestFirst,
        limit,
      });
      return before === null ? found : found.toReversed();
    },
    async listCasesAbout({ provider, reference, paymentId, kinds, limit }) {
      const ofReference =
        reference === null ? undefined : and(eq(cases.reference, reference), eq(cases.provider, provider));
      const ofPayment = paymentId === null ? undefined : eq(cases.paymentId, paymentId);
      if (ofReference === undefined && ofPayment === undefined) return [];
      const isAbout = and(or(ofReference, ofPayment), inArray(cases.kind, [...kinds]));
      return rows.list(isAbout, { order: byAge.newestFirst, limit });
    },
    listLiveCasesOfProvider: ({ provider, kinds, limit }) =>
      rows.list(and(isLive, eq(cases.provider, provider), inArray(cases.kind, [...kinds])), {
        order: byAge.oldestFirst,
        limit,
      }),
    listLiveCasesOfKind: rows.prepareList('list_live_cases_of_kind', {
      where: and(isLive, eq(cases.kind, sql.placeholder('kind'))),
      order: byAge.oldestFirst,
      limit: sql.placeholder('limit'),
    }),
    listCasesToWake: rows.prepareList('list_cases_to_wake', {
      where: and(eq(cases.status, 'snoozed'), lte(cases.snoozedUntil, sql.placeholder('now'))),
      order: [asc(cases.snoozedUntil), asc(cases.id)],
      limit: sql.placeholder('limit'),
    }),
    listCasesOfProvider({ provider, kinds, rings, after, limit }) {
      const isWanted = and(
        eq(cases.provider, provider),
        inArray(cases.kind, [...kinds]),
        rings === undefined ? undefined : eq(cases.rings, rings),
      );
      return rows.list(and(isWanted, byAge.after(after)), { order: byAge.oldestFirst, limit });
    },
    pruneResolvedCases: ({ before, limit }) =>
      deleteFirst(db, {
        table: cases,
        key: cases.id,
        // A case that was resolved before then was opened before then, and the index is on the opening.
        where: and(eq(cases.status, 'resolved'), lt(cases.openedAt, before), lt(cases.resolvedAt, before)),
        order: byAge.oldestFirst,
        limit,
      }),
    countLiveCases: async () =>
      db
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
  };
}
