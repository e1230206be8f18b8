import { describe, expect, test } from 'vitest';
import { asOrderId } from '#kernel/ids.ts';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleAlert, sampleAudit, samplePendingAction } from './samples.ts';

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

export function describeAlerts(open: OpenContractDatabase): void {
  describe('alerts', () => {
    test('are one per key while they live, and resolving frees the key', async () => {
      await using opened = await open();
      const { database } = opened;
      const key = 'provider_down:btcpay';
      const raised = await Promise.all(
        ['a', 'b', 'c'].map((id) =>
          database.transaction((stores) => stores.alerts.insertAlert(sampleAlert(id, { key }))),
        ),
      );
      expect(raised.filter(Boolean)).toHaveLength(1);
      await database.transaction(async ({ alerts }) => {
        const live = await alerts.findLiveAlert(key);
        if (live === undefined) throw new Error('no alert lives');
        const { id, status, version } = live;
        const change = { status: 'resolved', resolvedAt: noon + 1, resolvedBy: 'it came back' } as const;
        expect(await alerts.changeAlert({ id, expected: { status, version: 9 }, change })).toBe(false);
        expect(await alerts.changeAlert({ id, expected: { status: 'snoozed', version }, change })).toBe(false);
        expect(await alerts.changeAlert({ id, expected: { status, version }, change })).toBe(true);
        expect(await alerts.findAlert(id)).toEqual({ ...live, ...change, version: 2 });
        expect(await alerts.findLiveAlert(key)).toBeUndefined();
        expect(await alerts.insertAlert(sampleAlert('d', { key }))).toBe(true);
        expect(await alerts.findAlert('nobody')).toBeUndefined();
      });
    });

    test('stay alone under their key when they are acknowledged or snoozed', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ alerts }) => {
        const key = 'webhook_refused:bitpay';
        await alerts.insertAlert(sampleAlert('a', { key }));
        const change = { status: 'snoozed', snoozedUntil: noon + 9, acknowledgedBy: 'Ann', occurrences: 2 } as const;
        expect(await alerts.changeAlert({ id: 'a', expected: { status: 'open', version: 1 }, change })).toBe(true);
        expect(await alerts.insertAlert(sampleAlert('b', { key }))).toBe(false);
        expect(await alerts.findLiveAlert(key)).toEqual(sampleAlert('a', { key, ...change, version: 2 }));
        expect(await alerts.listAlertsToWake({ now: noon + 8, limit: 5 })).toEqual([]);
        expect(idsOf(await alerts.listAlertsToWake({ now: noon + 9, limit: 5 }))).toEqual(['a']);
      });
    });

    test('that were resolved long ago are pruned, oldest first, and no live one', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ alerts }) => {
        await alerts.insertAlert(sampleAlert('live', { key: 'live', openedAt: noon }));
        for (const [id, resolvedAt] of [
          ['a', noon + 1],
          ['b', noon + 2],
          ['late', noon + 9],
        ] as const) {
          const openedAt = id === 'b' ? noon + 1 : noon;
          await alerts.insertAlert(
            sampleAlert(id, { key: id, status: 'resolved', openedAt, resolvedAt, resolvedBy: 'x' }),
          );
        }
        expect(await alerts.pruneResolved({ before: noon + 9, limit: 1 })).toEqual(['a']);
        expect(await alerts.pruneResolved({ before: noon + 9, limit: 5 })).toEqual(['b']);
        expect(await alerts.pruneResolved({ before: noon + 9, limit: 5 })).toEqual([]);
        const left = await alerts.listAlerts({ statuses: ['open', 'resolved'], before: null, limit: 9 });
        expect(idsOf(left).sort()).toEqual(['late', 'live']);
      });
    });

    test('are listed newest first by status, by order, and counted', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ alerts }) => {
        await alerts.insertAlert(sampleAlert('a', { openedAt: noon }));
        await alerts.insertAlert(sampleAlert('b', { openedAt: noon, orderId: asOrderId('order-2') }));
        await alerts.insertAlert(sampleAlert('c', { openedAt: noon + 1, status: 'acknowledged' }));
        await alerts.insertAlert(sampleAlert('d', { openedAt: noon + 2, status: 'resolved' }));
        const live = ['open', 'acknowledged'] as const;
        expect(idsOf(await alerts.listAlerts({ statuses: live, before: null, limit: 2 }))).toEqual(['c', 'b']);
        const before = { openedAt: noon, id: 'b' };
        expect(idsOf(await alerts.listAlerts({ statuses: live, before, limit: 2 }))).toEqual(['a']);
        expect(idsOf(await alerts.listLiveAlertsForOrder(asOrderId('order-1')))).toEqual(['a', 'c']);
        expect(await alerts.countAlerts()).toEqual([
          { status: 'acknowledged', count: 1 },
          { status: 'open', count: 2 },
          { status: 'resolved', count: 1 },
        ]);
      });
    });
  });

  describe('the audit trail', () => {
    test('is listed newest first, whole or for one subject', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ audit }) => {
        await audit.record(sampleAudit('a', { reason: 'asked to' }));
        await audit.record(sampleAudit('b', { subject: 'alert:1' }));
        await audit.record(sampleAudit('c', { at: noon - 1 }));
        expect(idsOf(await audit.listAudit({ subject: null, limit: 2 }))).toEqual(['b', 'a']);
        const ofOrder = await audit.listAudit({ subject: 'order:order-1', limit: 9 });
        expect(ofOrder).toEqual([sampleAudit('a', { reason: 'asked to' }), sampleAudit('c', { at: noon - 1 })]);
      });
    });
  });

  describe('a pending action', () => {
    test('is taken once among ten taps', async () => {
      await using opened = await open();
      const { database } = opened;
      const action = samplePendingAction('tap');
      const { adminId } = action;
      await database.transaction((stores) => stores.pendingActions.save(action));
      const taps = await Promise.all(
        Array.from({ length: 10 }, () =>
          database.transaction((stores) => stores.pendingActions.consume({ id: 'tap', adminId, now: noon })),
        ),
      );
      expect(taps.filter((taken) => taken !== undefined)).toEqual([action]);
    });

    test('is not given to another admin, nor after its time, and is pruned then', async () => {
      await using opened = await open();
      const action = samplePendingAction('tap');
      await opened.database.transaction(async ({ pendingActions }) => {
        await pendingActions.save(action);
        const { id, adminId, expiresAt } = action;
        expect(await pendingActions.consume({ id, adminId: 1, now: noon })).toBeUndefined();
        expect(await pendingActions.consume({ id, adminId, now: expiresAt })).toBeUndefined();
        expect(await pendingActions.prune({ before: expiresAt, limit: 5 })).toBe(0);
        expect(await pendingActions.prune({ before: expiresAt + 1, limit: 5 })).toBe(1);
      });
    });
  });
}
