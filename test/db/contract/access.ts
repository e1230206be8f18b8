import { describe, expect, test } from 'vitest';
import type { OpenContractDatabase } from './harness.ts';
import { noon, sampleAudit, samplePendingAction } from './samples.ts';

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

export function describeAccess(open: OpenContractDatabase): void {
  describe('the audit trail', () => {
    test('is listed newest first, whole or for one subject', async () => {
      await using opened = await open();
      await opened.database.transaction(async ({ audit }) => {
        await audit.record(sampleAudit('a', { reason: 'asked to' }));
        await audit.record(sampleAudit('b', { subject: 'case:1' }));
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

    test('waits beside others until it expires, and may be replaced by another action', async () => {
      await using opened = await open();
      const { expiresAt, adminId } = samplePendingAction('one');
      await opened.database.transaction(async ({ pendingActions }) => {
        await pendingActions.save(samplePendingAction('one', { expiresAt: expiresAt + 2, awaitsTextSince: noon }));
        await pendingActions.save(samplePendingAction('two', { adminId: 7 }));
        await pendingActions.save(samplePendingAction('three', { expiresAt: expiresAt + 1 }));
        const waiting = (now: number, limit = 9) => pendingActions.listWaiting({ now, limit });
        expect(idsOf(await waiting(noon))).toEqual(['two', 'three', 'one']);
        expect(idsOf(await waiting(noon, 1))).toEqual(['two']);
        expect(idsOf(await waiting(expiresAt))).toEqual(['three', 'one']);
        await pendingActions.replaceAction({ id: 'one', action: 'replaced' });
        expect(await pendingActions.findAwaitingText({ adminId, now: noon })).toBeUndefined();
        expect(await pendingActions.consume({ id: 'one', adminId, now: noon })).toMatchObject({ action: 'replaced' });
      });
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
