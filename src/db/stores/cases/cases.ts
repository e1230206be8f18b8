import type { Case } from '#cases/case.ts';
import type { CaseStore } from '#cases/case-store.ts';
import type { OrderId, RefundId } from '#kernel/ids.ts';
import { createCompareAndSet } from '../../query/compare-and-set.ts';
import { keyset } from '../../query/keyset.ts';
import { prepareInsert } from '../../query/prepared.ts';
import { prepareDeleteFirst, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, getTableColumns, inArray, lt, or, sql } from '../../schema/drizzle.ts';
import { createCaseLists } from './case-lists.ts';

export function createCaseStore(session: Session): CaseStore {
  const { cases } = session.tables;
  const { liveKey, formerId, ...columns } = getTableColumns(cases);
  const { prepare, prepareList } = rowsOf(session, cases, columns);
  const insert = prepareInsert(session, { name: 'insert_case', table: cases, unless: [cases.liveKey] });
  const update = createCompareAndSet<Case>(session, { name: 'case', table: cases });
  const findLive = prepare('find_live_case', ['liveKey']);
  const findById = prepareList<{ id: string }>('find_case', () => ({
    where: or(eq(cases.id, sql.placeholder('id')), eq(cases.formerId, sql.placeholder('id'))),
    order: [],
  }));
  type OfRefund = { orderId: OrderId; refundId: RefundId; resolutions: readonly string[] };
  const findOfRefund = prepareList<OfRefund>('find_case_of_refund', ({ among }) => ({
    where: and(
      eq(cases.orderId, sql.placeholder('orderId')),
      eq(cases.refundId, sql.placeholder('refundId')),
      eq(cases.status, 'resolved'),
      inArray(cases.resolution, among('resolutions')),
    ),
    order: [],
  }));
  const before = sql.placeholder('before');
  return {
    insertCase: (one) => insert({ ...one, formerId: null, liveKey: one.status === 'resolved' ? null : one.key }),
    findCase: async (id) => (await findById({ id }))[0],
    findLiveCase: async (key) => (await findLive({ liveKey: key }))[0],
    changeCase(one, change) {
      const isOver = (change.status ?? one.status) === 'resolved';
      return update.change(one, change, { liveKey: isOver ? null : one.key });
    },
    findCaseOfRefund: async (query) => (await findOfRefund(query))[0],
    pruneResolvedCases: prepareDeleteFirst(session, 'delete_resolved_cases', () => ({
      table: cases,
      key: cases.id,
      // A case that was resolved before then was opened before then, and the index is on the opening.
      where: and(eq(cases.status, 'resolved'), lt(cases.openedAt, before), lt(cases.resolvedAt, before)),
      order: keyset(cases, 'openedAt').oldestFirst,
    })),
    ...createCaseLists(session),
  };
}
