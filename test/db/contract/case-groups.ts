import { describe, expect, test } from 'vitest';
import type { CaseGroup } from '#cases/case.ts';
import { sampleCase } from './cases.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);
const about = { kind: 'payment_underpaid', severity: 'warning' } as const;

function sampleGroup(id: string, change: Partial<CaseGroup> = {}): CaseGroup {
  return { id, ...about, openedAt: noon, ...change };
}

export function describeCaseGroups(open: OpenContractDatabase): void {
  describe('groups of cases', () => {
    test('are open one at a time for each kind and severity, also when they are opened at once', async () => {
      await using opened = await open();
      const { database } = opened;
      const opening = await Promise.all(
        ['a', 'b'].map((id) => database.transaction(({ caseGroups }) => caseGroups.insertGroup(sampleGroup(id)))),
      );
      expect(opening.filter(Boolean)).toHaveLength(1);
      await database.transaction(async ({ caseGroups }) => {
        expect(await caseGroups.insertGroup(sampleGroup('c', { severity: 'critical' }))).toBe(true);
        expect(await caseGroups.insertGroup(sampleGroup('d', { kind: 'payment_failed' }))).toBe(true);
        const first = await caseGroups.findOpenGroup(about);
        expect(await caseGroups.findOpenGroup({ ...about, kind: 'payment_held' })).toBeUndefined();
        await caseGroups.closeGroup({ id: first?.id ?? '' });
        await caseGroups.closeGroup({ id: first?.id ?? '' });
        expect(await caseGroups.findOpenGroup(about)).toBeUndefined();
        expect(await caseGroups.findGroup(first?.id ?? '')).toEqual(first);
        expect(await caseGroups.findGroup('none')).toBeUndefined();
        expect(await caseGroups.insertGroup(sampleGroup('e', { openedAt: noon + 1 }))).toBe(true);
        expect(await caseGroups.findOpenGroup(about)).toEqual(sampleGroup('e', { openedAt: noon + 1 }));
      });
    });

    test('count their cases by status, and list those of one, oldest first, at most so many', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases, caseGroups }) => {
        await caseGroups.insertGroup(sampleGroup('g'));
        await cases.insertCase(sampleCase('b', { groupId: 'g', openedAt: noon + 2 }));
        await cases.insertCase(sampleCase('a', { groupId: 'g', openedAt: noon + 1 }));
        await cases.insertCase(sampleCase('c', { groupId: 'g', status: 'resolved' }));
        await cases.insertCase(sampleCase('d', { groupId: 'h' }));
        await cases.insertCase(sampleCase('e'));
        const counts = await caseGroups.countGroupCases('g');
        expect(new Map(counts.map(({ status, count }) => [status, count]))).toEqual(
          new Map([
            ['open', 2],
            ['resolved', 1],
          ]),
        );
        expect(await caseGroups.countGroupCases('none')).toEqual([]);
        expect(idsOf(await caseGroups.listGroupCases({ groupId: 'g', status: 'open', limit: 9 }))).toEqual(['a', 'b']);
        expect(idsOf(await caseGroups.listGroupCases({ groupId: 'g', status: 'open', limit: 1 }))).toEqual(['a']);
      });
    });

    test('are pruned without a case, the oldest first, at most so many', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases, caseGroups }) => {
        for (const [id, openedAt] of Object.entries({ b: noon + 1, a: noon, used: noon, late: noon + 5 })) {
          const group = sampleGroup(id, { openedAt });
          await caseGroups.insertGroup(group);
          await caseGroups.closeGroup(group);
        }
        await cases.insertCase(sampleCase('x', { groupId: 'used' }));
        expect(await caseGroups.pruneGroups({ before: noon + 5, limit: 1 })).toEqual(['a']);
        expect(await caseGroups.pruneGroups({ before: noon + 5, limit: 9 })).toEqual(['b']);
        expect(await caseGroups.pruneGroups({ before: noon + 5, limit: 9 })).toEqual([]);
      });
    });

    test('begin where several of a kind that ring were opened within a while', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        const since = noon + 5;
        await cases.insertCase(sampleCase('before', { openedAt: since - 1 }));
        await cases.insertCase(sampleCase('a', { openedAt: since }));
        await cases.insertCase(sampleCase('b', { openedAt: since, status: 'resolved' }));
        await cases.insertCase(sampleCase('silent', { openedAt: since, rings: false }));
        await cases.insertCase(sampleCase('worse', { openedAt: since, severity: 'critical' }));
        await cases.insertCase(sampleCase('other', { openedAt: since, kind: 'payment_held' }));
        expect(await cases.countRecentCases({ ...about, since, limit: 9 })).toBe(2);
        expect(await cases.countRecentCases({ ...about, since, limit: 1 })).toBe(1);
      });
    });
  });
}
