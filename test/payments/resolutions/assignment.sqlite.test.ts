// Whose an exception is, and how long it is kept.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acknowledgeCase, assignCase, releaseCase } from '#cases/acknowledge-case.ts';
import type { Case } from '#cases/case.ts';
import { caseRetention } from '#cases/prune-cases.ts';
import { snoozeCase } from '#cases/snooze-case.ts';
import { day, hour } from '#kernel/clock.ts';
import { pruneAll } from '#kernel/retention.ts';
import { ada, bob, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

let kit: CaseKit;
let exception: Case;
beforeEach(async () => {
  kit = await openCaseKit();
  const { orderId } = await kit.order({ state: 'expired', settlement: money('24.50') });
  exception = await kit.open(orderId);
});
afterEach(() => kit.remove());

const taken = { assigneeId: 42, assigneeName: 'Ada' };

describe('an exception', () => {
  test('that somebody takes is theirs, and its alert is acknowledged by them', async () => {
    expect(await assignCase(kit.deps, { caseId: exception.id, by: ada })).toEqual({ kind: 'assigned' });
    expect(await kit.find(exception.id)).toMatchObject({ ...taken, assignedAt: kit.deps.clock.now() });
    expect(await kit.alert(exception.key)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Ada' });
    expect(await kit.audit()).toEqual(['case.assign']);
    expect(await assignCase(kit.deps, { caseId: exception.id, by: bob })).toEqual({
      kind: 'already',
      by: 'Ada',
    });
  });

  test('whose alert is acknowledged is taken with it', async () => {
    const result = await acknowledgeCase(kit.deps, { caseId: exception.id, by: ada });
    expect(result).toEqual({ kind: 'acknowledged' });
    expect(await kit.find(exception.id)).toMatchObject(taken);
    const again = await acknowledgeCase(kit.deps, { caseId: exception.id, by: bob });
    expect(again).toEqual({ kind: 'already', by: 'Ada' });
    expect(await kit.find(exception.id)).toMatchObject(taken);
  });

  test('is given back by whoever has it, and its alert is open again', async () => {
    await assignCase(kit.deps, { caseId: exception.id, by: ada });
    const foreign = await releaseCase(kit.deps, { caseId: exception.id, by: bob });
    expect(foreign).toEqual({ kind: 'not_yours', by: 'Ada' });
    expect(await releaseCase(kit.deps, { caseId: exception.id, by: ada })).toEqual({ kind: 'released' });
    expect(await kit.find(exception.id)).toMatchObject({ assigneeId: null, assigneeName: null });
    expect(await kit.alert(exception.key)).toMatchObject({ status: 'open', acknowledgedBy: null });
  });

  test('that is taken leaves a snoozed alert to its rest', async () => {
    const input = { caseId: exception.id, by: ada, forMs: hour };
    await snoozeCase(kit.deps, input);
    await assignCase(kit.deps, { caseId: exception.id, by: ada });
    expect(await kit.alert(exception.key)).toMatchObject({ status: 'snoozed' });
  });

  test('that is over is nobody’s to take', async () => {
    await kit.decide(exception, 'accept');
    expect(await assignCase(kit.deps, { caseId: exception.id, by: bob })).toEqual({ kind: 'over' });
    expect(await assignCase(kit.deps, { caseId: 'unknown', by: bob })).toEqual({ kind: 'unknown' });
  });

  test('is forgotten half a year after it was settled; the history of its order stays', async () => {
    const { paymentId } = exception;
    if (paymentId === null) throw new Error('no payment');
    await kit.decide(exception, 'accept', { reason: 'Nearly all of it' });
    kit.deps.clock.advance(180 * day - hour);
    expect(await pruneAll(kit.deps, { retentions: [caseRetention] })).toEqual({ deleted: 0 });
    kit.deps.clock.advance(2 * hour);
    expect(await pruneAll(kit.deps, { retentions: [caseRetention] })).toEqual({ deleted: 1 });
    const { timeline } = await kit.details(paymentId);
    expect(timeline.map(({ text }) => text).join()).toContain('Nearly all of it');
  });
});
