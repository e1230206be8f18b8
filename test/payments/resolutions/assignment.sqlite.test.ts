// Whose an exception is, and how long it is kept.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { snoozeAlert } from '#cases/snooze-case.ts';
import { day, hour } from '#kernel/clock.ts';
import { pruneAll } from '#kernel/retention.ts';
import type { PaymentException } from '#payments/exceptions/exception.ts';
import { exceptionRetention } from '#payments/exceptions/prune-exceptions.ts';
import { acknowledgeTrouble, giveBackException, takeException } from '#payments/exceptions/take-exception.ts';
import { ada, bob, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

let kit: CaseKit;
let exception: PaymentException;
beforeEach(async () => {
  kit = await openCaseKit();
  const { orderId } = await kit.order({ state: 'expired', settlement: money('24.50') });
  exception = await kit.open(orderId);
});
afterEach(() => kit.remove());

const taken = { ownerId: 42, ownerName: 'Ada' };

async function alertId(): Promise<string> {
  const alert = await kit.opened.database.read((stores) => stores.alerts.findLiveAlert(exception.key));
  return alert?.id ?? 'none';
}

describe('an exception', () => {
  test('that somebody takes is theirs, and its alert is acknowledged by them', async () => {
    expect(await takeException(kit.deps, { exceptionId: exception.id, by: ada })).toEqual({ kind: 'taken' });
    expect(await kit.find(exception.id)).toMatchObject({ ...taken, takenAt: kit.deps.clock.now() });
    expect(await kit.alert(exception.key)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Ada' });
    expect(await kit.audit()).toEqual(['exception.take', 'alert.acknowledge']);
    expect(await takeException(kit.deps, { exceptionId: exception.id, by: bob })).toEqual({
      kind: 'already',
      by: 'Ada',
    });
  });

  test('whose alert is acknowledged is taken with it', async () => {
    const result = await acknowledgeTrouble(kit.deps, { alertId: await alertId(), by: ada });
    expect(result).toEqual({ kind: 'acknowledged' });
    expect(await kit.find(exception.id)).toMatchObject(taken);
    const again = await acknowledgeTrouble(kit.deps, { alertId: await alertId(), by: bob });
    expect(again).toEqual({ kind: 'already', by: 'Ada' });
    expect(await kit.find(exception.id)).toMatchObject(taken);
  });

  test('is given back by whoever has it, and its alert is open again', async () => {
    await takeException(kit.deps, { exceptionId: exception.id, by: ada });
    const foreign = await giveBackException(kit.deps, { exceptionId: exception.id, by: bob });
    expect(foreign).toEqual({ kind: 'not_yours', by: 'Ada' });
    expect(await giveBackException(kit.deps, { exceptionId: exception.id, by: ada })).toEqual({ kind: 'given_back' });
    expect(await kit.find(exception.id)).toMatchObject({ ownerId: null, ownerName: null });
    expect(await kit.alert(exception.key)).toMatchObject({ status: 'open', acknowledgedBy: null });
  });

  test('that is taken leaves a snoozed alert to its rest', async () => {
    const input = { alertId: await alertId(), actor: ada.actor, adminName: 'Ada', forMs: hour };
    await snoozeAlert(kit.deps, input);
    await takeException(kit.deps, { exceptionId: exception.id, by: ada });
    expect(await kit.alert(exception.key)).toMatchObject({ status: 'snoozed' });
  });

  test('that is over is nobody’s to take', async () => {
    await kit.decide(exception, 'accept');
    expect(await takeException(kit.deps, { exceptionId: exception.id, by: bob })).toEqual({ kind: 'over' });
    expect(await takeException(kit.deps, { exceptionId: 'unknown', by: bob })).toEqual({ kind: 'unknown' });
  });

  test('is forgotten half a year after it was settled; the history of its order stays', async () => {
    const { paymentId } = exception;
    if (paymentId === null) throw new Error('no payment');
    await kit.decide(exception, 'accept', { reason: 'Nearly all of it' });
    kit.deps.clock.advance(180 * day - hour);
    expect(await pruneAll(kit.deps, { retentions: [exceptionRetention] })).toEqual({ deleted: 0 });
    kit.deps.clock.advance(2 * hour);
    expect(await pruneAll(kit.deps, { retentions: [exceptionRetention] })).toEqual({ deleted: 1 });
    const { timeline } = await kit.details(paymentId);
    expect(timeline.map(({ text }) => text).join()).toContain('Nearly all of it');
  });
});
