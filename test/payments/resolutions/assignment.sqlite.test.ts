// Whose an exception is, and how long it is kept.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { snoozeAlert } from '#cases/snooze-case.ts';
import { day, hour } from '#kernel/clock.ts';
import type { PaymentException } from '#payments/exceptions/exception.ts';
import { pruneExceptions } from '#payments/exceptions/prune-exceptions.ts';
import { acknowledgeTrouble, giveBackException, takeException } from '#payments/exceptions/take-exception.ts';
import { ada, bob, type ExceptionDesk, money, openExceptionDesk } from '#test/support/exception-desk.ts';

let desk: ExceptionDesk;
let exception: PaymentException;
beforeEach(async () => {
  desk = await openExceptionDesk();
  const { orderId } = await desk.order({ state: 'expired', settlement: money('24.50') });
  exception = await desk.open(orderId);
});
afterEach(() => desk.remove());

const taken = { ownerId: 42, ownerName: 'Ada' };

async function alertId(): Promise<string> {
  const alert = await desk.opened.database.read((stores) => stores.alerts.findLiveAlert(exception.key));
  return alert?.id ?? 'none';
}

describe('an exception', () => {
  test('that somebody takes is theirs, and its alert is acknowledged by them', async () => {
    expect(await takeException(desk.deps, { exceptionId: exception.id, by: ada })).toEqual({ kind: 'taken' });
    expect(await desk.find(exception.id)).toMatchObject({ ...taken, takenAt: desk.deps.clock.now() });
    expect(await desk.alert(exception.key)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Ada' });
    expect(await desk.audit()).toEqual(['exception.take', 'alert.acknowledge']);
    expect(await takeException(desk.deps, { exceptionId: exception.id, by: bob })).toEqual({
      kind: 'already',
      by: 'Ada',
    });
  });

  test('whose alert is acknowledged is taken with it', async () => {
    const result = await acknowledgeTrouble(desk.deps, { alertId: await alertId(), by: ada });
    expect(result).toEqual({ kind: 'acknowledged' });
    expect(await desk.find(exception.id)).toMatchObject(taken);
    const again = await acknowledgeTrouble(desk.deps, { alertId: await alertId(), by: bob });
    expect(again).toEqual({ kind: 'already', by: 'Ada' });
    expect(await desk.find(exception.id)).toMatchObject(taken);
  });

  test('is given back by whoever has it, and its alert is open again', async () => {
    await takeException(desk.deps, { exceptionId: exception.id, by: ada });
    const foreign = await giveBackException(desk.deps, { exceptionId: exception.id, by: bob });
    expect(foreign).toEqual({ kind: 'not_yours', by: 'Ada' });
    expect(await giveBackException(desk.deps, { exceptionId: exception.id, by: ada })).toEqual({ kind: 'given_back' });
    expect(await desk.find(exception.id)).toMatchObject({ ownerId: null, ownerName: null });
    expect(await desk.alert(exception.key)).toMatchObject({ status: 'open', acknowledgedBy: null });
  });

  test('that is taken leaves a snoozed alert to its rest', async () => {
    const input = { alertId: await alertId(), actor: ada.actor, adminName: 'Ada', forMs: hour };
    await snoozeAlert(desk.deps, input);
    await takeException(desk.deps, { exceptionId: exception.id, by: ada });
    expect(await desk.alert(exception.key)).toMatchObject({ status: 'snoozed' });
  });

  test('that is over is nobody’s to take', async () => {
    await desk.decide(exception, 'accept');
    expect(await takeException(desk.deps, { exceptionId: exception.id, by: bob })).toEqual({ kind: 'over' });
    expect(await takeException(desk.deps, { exceptionId: 'unknown', by: bob })).toEqual({ kind: 'unknown' });
  });

  test('is forgotten half a year after it was settled; the history of its order stays', async () => {
    const { paymentId } = exception;
    if (paymentId === null) throw new Error('no payment');
    await desk.decide(exception, 'accept', { reason: 'Nearly all of it' });
    desk.deps.clock.advance(180 * day - hour);
    expect(await pruneExceptions(desk.deps, { limit: 9 })).toEqual({ deleted: 0 });
    desk.deps.clock.advance(2 * hour);
    expect(await pruneExceptions(desk.deps, { limit: 9 })).toEqual({ deleted: 1 });
    const { timeline } = await desk.details(paymentId);
    expect(timeline.map(({ text }) => text).join()).toContain('Nearly all of it');
  });
});
