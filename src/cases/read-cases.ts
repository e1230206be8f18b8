import type { Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { type Page, type PagePosition, readPage, type TimedKey } from '#kernel/page.ts';
import { type Case, type CaseGroup, type CaseStatus, type DecisionKind, decisionKinds, liveStatuses } from './case.ts';
import type { CaseCount, CaseStores } from './case-store.ts';

interface ReadDeps {
  database: Pick<Database<Pick<CaseStores, 'cases'>>, 'read'>;
}

export function findCase(deps: ReadDeps, id: string): Promise<Case | undefined> {
  return deps.database.read((stores) => stores.cases.findCase(id));
}

/** The live cases: `alerts` are those that ring, the newest first; the others wait for a decision, the oldest first. */
export type CaseFilter = 'alerts' | 'all' | DecisionKind;

/** A group as its card shows it. */
export interface GroupView {
  group: CaseGroup;
  counts: Readonly<Record<CaseStatus, number>>;
  /** The oldest of those in its status. */
  first: readonly Case[];
}

/** As the status of a case: what waits most for somebody. */
export function groupStatus({ counts }: Pick<GroupView, 'counts'>): CaseStatus {
  const byNeed = ['open', 'snoozed', 'acknowledged'] as const;
  return byNeed.find((status) => counts[status] > 0) ?? 'resolved';
}

export function readCaseGroup(
  deps: { database: Pick<Database<Pick<CaseStores, 'cases' | 'caseGroups'>>, 'read'> },
  query: { groupId: string; firstMax: number },
): Promise<GroupView | undefined> {
  const { groupId, firstMax } = query;
  return deps.database.read(async ({ caseGroups }) => {
    const group = await caseGroups.findGroup(groupId);
    if (group === undefined) return undefined;
    const counted = new Map((await caseGroups.countGroupCases(groupId)).map(({ status, count }) => [status, count]));
    const countOf = (status: CaseStatus): number => counted.get(status) ?? 0;
    const counts = {
      open: countOf('open'),
      acknowledged: countOf('acknowledged'),
      snoozed: countOf('snoozed'),
      resolved: countOf('resolved'),
    };
    const status = groupStatus({ counts });
    return { group, counts, first: await caseGroups.listGroupCases({ groupId, status, limit: firstMax }) };
  });
}

export function listCasePage(
  deps: ReadDeps,
  query: { filter: CaseFilter; position: PagePosition<TimedKey> | null; size: number },
): Promise<Page<Case, TimedKey>> {
  const { filter, position, size } = query;
  const wanted =
    filter === 'alerts'
      ? ({ kinds: null, rings: true, order: 'newest_first' } as const)
      : ({ kinds: filter === 'all' ? decisionKinds : [filter], order: 'oldest_first' } as const);
  return deps.database.read((stores) =>
    readPage<Case, TimedKey>({
      position,
      size,
      keyOf: ({ openedAt, id }) => ({ at: openedAt, id }),
      read(border, limit) {
        const place = border && { openedAt: border.key.at, id: border.key.id };
        const beside = border?.side === 'before' ? { before: place } : { after: place };
        return stores.cases.listCases({ statuses: liveStatuses, ...wanted, ...beside, limit });
      },
    }),
  );
}

export function countLiveCases(deps: ReadDeps): Promise<CaseCount[]> {
  return deps.database.read((stores) => stores.cases.countLiveCases());
}

/** Since when each of the oldest cases waits for a decision, and how bad it is. */
export function listOldestDecisions(
  deps: ReadDeps,
  limit: number,
): Promise<{ severity: Case['severity']; openedAt: Milliseconds }[]> {
  const query = { statuses: liveStatuses, kinds: decisionKinds, order: 'oldest_first', limit } as const;
  return deps.database.read((stores) => stores.cases.listCases(query));
}
