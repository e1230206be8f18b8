import type { CaseGroup, CaseStatus } from '#cases/case.ts';
import type { CaseGroupStore } from '#cases/case-store.ts';
import { keyset } from '../../query/keyset.ts';
import { prepared, prepareInsert } from '../../query/prepared.ts';
import { limit, prepareDeleteFirst, rowCount, rowsOf } from '../../query/rows.ts';
import type { Session } from '../../query/session.ts';
import { and, eq, getTableColumns, lt, notExists, sql } from '../../schema/drizzle.ts';

export function createCaseGroupStore(session: Session): CaseGroupStore {
  const { cases, caseGroups } = session.tables;
  const { liveKey: _, ...columns } = getTableColumns(caseGroups);
  const { prepare } = rowsOf(session, caseGroups, columns);
  const insert = prepareInsert(session, { name: 'insert_case_group', table: caseGroups, unless: [caseGroups.liveKey] });
  const findById = prepare('find_case_group', ['id']);
  const findOpen = prepare('find_open_case_group', ['liveKey']);
  const close = prepared<unknown>(session, 'close_case_group', () =>
    session.db
      .update(caseGroups)
      .set({ liveKey: null })
      .where(eq(caseGroups.id, sql.placeholder('id'))),
  );
  const { liveKey: __, formerId, ...caseColumns } = getTableColumns(cases);
  const count = prepared(session, 'count_group_cases', () =>
    session.db
      .select({ status: cases.status, count: rowCount })
      .from(cases)
      .where(eq(cases.groupId, sql.placeholder('groupId')))
      .groupBy(cases.status),
  );
  const list = rowsOf(session, cases, caseColumns).prepareList<{ groupId: string; status: CaseStatus; limit: number }>(
    'list_group_cases',
    () => ({
      where: and(eq(cases.groupId, sql.placeholder('groupId')), eq(cases.status, sql.placeholder('status'))),
      order: keyset(cases, 'openedAt').oldestFirst,
      limit,
    }),
  );
  return {
    insertGroup: (group) => insert({ ...group, liveKey: liveKeyOf(group) }),
    findGroup: async (id) => (await findById({ id }))[0],
    findOpenGroup: async (query) => (await findOpen({ liveKey: liveKeyOf(query) }))[0],
    async closeGroup({ id }) {
      await close({ id });
    },
    countGroupCases: (groupId) => count({ groupId }),
    listGroupCases: list,
    pruneGroups: prepareDeleteFirst(session, 'delete_case_groups', () => ({
      table: caseGroups,
      key: caseGroups.id,
      where: and(
        lt(caseGroups.openedAt, sql.placeholder('before')),
        notExists(session.db.select({ id: cases.id }).from(cases).where(eq(cases.groupId, caseGroups.id))),
      ),
      order: keyset(caseGroups, 'openedAt').oldestFirst,
    })),
  };
}

function liveKeyOf({ kind, severity }: Pick<CaseGroup, 'kind' | 'severity'>): string {
  return `${kind}:${severity}`;
}
