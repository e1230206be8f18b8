import { describe, expect, test } from 'vitest';
import { type Case, type CaseKind, decisionKinds, liveStatuses } from '#cases/case.ts';
import type { CasePlace, CaseStore } from '#cases/case-store.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import { asOrderId, asRefundId } from '#kernel/ids.ts';
import { aCase } from '#test/support/builders/cases.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon } from './samples.ts';

export function sampleCase(id: string, change: Partial<Case> = {}): Case {
  return aCase({
    id,
    key: `payment_underpaid:${id}`,
    provider: 'btcpay',
    reference: 'invoice-1',
    facts: { differenceFiat: '9.00 USD', orderNumber: 'T-1042', trust: 'fetched' },
    actions: ['new_payment_link', 'open_order'],
    openedAt: noon,
    lastRaisedAt: noon,
    ...change,
  });
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

async function find(cases: CaseStore, id: string): Promise<Case> {
  const found = await cases.findCase(id);
  if (found === undefined) throw new Error(`there is no case ${id}`);
  return found;
}

export function describeCases(open: OpenContractDatabase): void {
  describe('cases', () => {
    test('are one per key while they live, also when they are raised at once', async () => {
      await using opened = await open();
      const { database } = opened;
      const key = 'provider_down:btcpay';
      const raised = await Promise.all(
        ['a', 'b', 'c'].map((id) => database.transaction(({ cases }) => cases.insertCase(sampleCase(id, { key })))),
      );
      expect(raised.filter(Boolean)).toHaveLength(1);
    });

    test('are changed as they were seen, or not at all: resolving frees the key, and reopening takes it', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        const key = 'payment_underpaid:order';
        const first = sampleCase('a', { key });
        expect(await cases.insertCase(first)).toBe(true);
        expect(await cases.insertCase(sampleCase('b', { key }))).toBe(false);
        const over = { status: 'resolved', resolvedAt: noon + 1, resolution: 'accept', undo: { to: 'open' } } as const;
        await expect(cases.changeCase({ ...first, version: 9 }, over)).rejects.toThrow(ConcurrentChange);
        await expect(cases.changeCase({ ...first, status: 'snoozed' }, over)).rejects.toThrow(ConcurrentChange);
        const resolved = await cases.changeCase(first, over);
        expect(resolved).toEqual({ ...first, ...over, version: 2 });
        expect(await cases.findCase('a')).toEqual(resolved);
        expect(await cases.findLiveCase(key)).toBeUndefined();
        const reopened = await cases.changeCase(resolved, {
          status: 'open',
          resolvedAt: null,
          resolution: null,
          undo: null,
        });
        expect(await cases.findLiveCase(key)).toEqual({ ...first, version: 3 });
        expect(await cases.insertCase(sampleCase('c', { key }))).toBe(false);
        await cases.changeCase(reopened, over);
        expect(await cases.insertCase(sampleCase('d', { key }))).toBe(true);
        expect(await cases.findCase('nobody')).toBeUndefined();
      });
    });

    test('stay alone under their key when they are acknowledged or snoozed, and wake, the longest over first', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        const key = 'webhook_refused:bitpay';
        await cases.insertCase(sampleCase('a', { key }));
        const change = { status: 'snoozed', snoozedUntil: noon + 9, acknowledgedBy: 'Ann', occurrences: 2 } as const;
        await cases.changeCase(await find(cases, 'a'), change);
        expect(await cases.insertCase(sampleCase('b', { key }))).toBe(false);
        expect(await cases.findLiveCase(key)).toEqual(sampleCase('a', { key, ...change, version: 2 }));
        await cases.insertCase(sampleCase('c', { status: 'snoozed', snoozedUntil: noon + 8, openedAt: noon + 1 }));
        await cases.insertCase(sampleCase('d', { status: 'resolved', snoozedUntil: noon }));
        await cases.insertCase(sampleCase('e'));
        expect(await cases.listCasesToWake({ now: noon + 7, limit: 5 })).toEqual([]);
        expect(idsOf(await cases.listCasesToWake({ now: noon + 9, limit: 5 }))).toEqual(['c', 'a']);
        expect(idsOf(await cases.listCasesToWake({ now: noon + 9, limit: 1 }))).toEqual(['c']);
      });
    });

    test('of one kind that are not resolved are listed, oldest first, at most so many', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        const one = (id: string, change: Parameters<typeof sampleCase>[1]) =>
          cases.insertCase(sampleCase(id, { kind: 'dead_letter', ...change }));
        await one('b', { openedAt: noon + 2, status: 'snoozed' });
        await one('a', { openedAt: noon + 1, status: 'acknowledged' });
        await one('c', { openedAt: noon + 3 });
        await one('over', { status: 'resolved' });
        await one('other', { kind: 'provider_down' });
        const list = (limit: number) => cases.listLiveCasesOfKind({ kind: 'dead_letter', limit });
        expect(idsOf(await list(9))).toEqual(['a', 'b', 'c']);
        expect(idsOf(await list(2))).toEqual(['a', 'b']);
      });
    });

    test('that were resolved long ago are pruned, oldest first, at most so many, and no live one', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        await cases.insertCase(sampleCase('live'));
        for (const [id, resolvedAt] of [
          ['a', noon + 1],
          ['b', noon + 2],
          ['late', noon + 9],
        ] as const) {
          const openedAt = id === 'b' ? noon + 1 : noon;
          await cases.insertCase(sampleCase(id, { status: 'resolved', openedAt, resolvedAt }));
        }
        expect(await cases.pruneResolvedCases({ before: noon + 9, limit: 1 })).toEqual(['a']);
        expect(await cases.pruneResolvedCases({ before: noon + 9, limit: 5 })).toEqual(['b']);
        expect(await cases.pruneResolvedCases({ before: noon + 9, limit: 5 })).toEqual([]);
        expect(await cases.findCase('late')).toBeDefined();
        expect(await cases.findCase('live')).toBeDefined();
      });
    });

    test('are listed by age from either end, page by page, by status and kind, and those that ring alone', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        await cases.insertCase(sampleCase('b', { openedAt: noon + 2 }));
        await cases.insertCase(sampleCase('a', { openedAt: noon + 1, kind: 'payment_reversed' }));
        await cases.insertCase(sampleCase('c', { openedAt: noon + 2, status: 'acknowledged', rings: false }));
        await cases.insertCase(sampleCase('d', { status: 'resolved' }));
        const list = async (
          order: 'oldest_first' | 'newest_first',
          more: { after?: CasePlace; kinds?: readonly CaseKind[]; rings?: true } = {},
        ) =>
          idsOf(await cases.listCases({ statuses: liveStatuses, kinds: null, after: null, limit: 2, order, ...more }));
        const after = { openedAt: noon + 2, id: 'b' };
        expect(await list('oldest_first')).toEqual(['a', 'b']);
        expect(await list('oldest_first', { after })).toEqual(['c']);
        expect(await list('oldest_first', { kinds: ['payment_underpaid'] })).toEqual(['b', 'c']);
        expect(await list('newest_first')).toEqual(['c', 'b']);
        expect(await list('newest_first', { after })).toEqual(['a']);
        expect(await list('newest_first', { rings: true })).toEqual(['b', 'a']);
      });
    });

    test('are found by their keys, live or not, the newest first, and by the refund that they were decided with', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        const orderId = asOrderId('order-1');
        const refundId = asRefundId('refund-1');
        const resolutions = ['refund'];
        const resolved = { status: 'resolved', resolvedAt: noon, resolution: 'refund', undo: {} } as const;
        await cases.insertCase(sampleCase('a', { key: 'k', ...resolved, orderId, refundId }));
        await cases.insertCase(sampleCase('b', { key: 'k', openedAt: noon + 1 }));
        await cases.insertCase(sampleCase('c', { key: 'l' }));
        await cases.insertCase(sampleCase('d', { key: 'm' }));
        expect(idsOf(await cases.listCasesByKeys(['k', 'l', 'none']))).toEqual(['b', 'c', 'a']);
        expect(await cases.listCasesByKeys([])).toEqual([]);
        expect(idsOf(await cases.listLiveCasesByKeys(['k', 'l', 'none']))).toEqual(['c', 'b']);
        expect(await cases.listLiveCasesByKeys([])).toEqual([]);
        const many = Array.from({ length: 40 }, (_, index) => `none-${index}`);
        expect(idsOf(await cases.listLiveCasesByKeys([...many, 'k']))).toEqual(['b']);
        expect(idsOf(await cases.listLiveCasesByKeys(['l', ...many.slice(9)]))).toEqual(['c']);
        expect((await cases.findCaseOfRefund({ orderId, refundId, resolutions }))?.id).toBe('a');
        const other = { orderId, refundId: asRefundId('refund-2'), resolutions };
        expect(await cases.findCaseOfRefund(other)).toBeUndefined();
      });
    });

    test('of a provider are listed by kind: the live ones, and all of them page by page', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        await cases.insertCase(sampleCase('a', { provider: 'bitpay' }));
        await cases.insertCase(sampleCase('b', { status: 'snoozed', snoozedUntil: noon, openedAt: noon + 1 }));
        await cases.insertCase(sampleCase('c', { kind: 'provider_down' }));
        await cases.insertCase(sampleCase('d', { status: 'resolved', resolvedAt: noon }));
        await cases.insertCase(sampleCase('e', { openedAt: noon - 1 }));
        await cases.insertCase(sampleCase('f', { provider: null }));
        const query = { provider: 'btcpay', kinds: decisionKinds, limit: 2 } as const;
        expect(idsOf(await cases.listLiveCasesOfProvider(query))).toEqual(['e', 'b']);
        expect(idsOf(await cases.listLiveCasesOfProvider({ ...query, limit: 1 }))).toEqual(['e']);
        expect(idsOf(await cases.listCasesOfProvider({ ...query, after: null }))).toEqual(['e', 'd']);
        const after = { openedAt: noon, id: 'd' };
        expect(idsOf(await cases.listCasesOfProvider({ ...query, after }))).toEqual(['b']);
      });
    });

    test('of an order are found, and all live ones are counted with the age of the oldest', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ cases }) => {
        const orderId = asOrderId('order-1');
        await cases.insertCase(sampleCase('a', { orderId, openedAt: noon + 5 }));
        await cases.insertCase(sampleCase('b', { orderId, status: 'resolved' }));
        await cases.insertCase(sampleCase('c', { orderId, openedAt: noon + 1 }));
        await cases.insertCase(sampleCase('d', { kind: 'payment_unknown', provider: null, rings: false }));
        await cases.insertCase(sampleCase('e', { status: 'acknowledged' }));
        expect(idsOf(await cases.listLiveCasesForOrder(orderId))).toEqual(['c', 'a']);
        const counted = { kind: 'payment_underpaid', provider: 'btcpay', rings: true } as const;
        expect(await cases.countLiveCases()).toEqual([
          { ...counted, status: 'acknowledged', count: 1, oldestAt: noon },
          { ...counted, status: 'open', count: 2, oldestAt: noon + 1 },
          { kind: 'payment_unknown', provider: null, rings: false, status: 'open', count: 1, oldestAt: noon },
        ]);
        await cases.insertCase(
          sampleCase('f', { orderId: asOrderId('order-2'), openedAt: noon + 3, status: 'snoozed' }),
        );
        const orderIds = [orderId, asOrderId('order-2'), asOrderId('order-3')];
        expect(idsOf(await cases.listLiveCasesOfOrders(orderIds))).toEqual(['c', 'f', 'a']);
      });
    });
  });
}
