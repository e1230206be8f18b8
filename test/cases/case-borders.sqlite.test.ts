// What leaves a case alone: whose it is, what was begun anew, what nobody put off, what somebody has taken.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acknowledgeCase, assignCase } from '#cases/acknowledge-case.ts';
import { retireCases } from '#cases/retire-cases.ts';
import { snoozeCase, wakeCases, wakeOrderCases } from '#cases/snooze-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { day, hour } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { ada, bob, type CaseKit, money, openCaseKit } from '#test/support/scenario-kits/case-kit.ts';

let kit: CaseKit;
beforeEach(async () => {
  kit = await openCaseKit();
});
afterEach(() => kit.remove());

const short = { state: 'expired', settlement: money('24.50') } as const;

test('a case that somebody has stays theirs when another one acknowledges it', async () => {
  const { orderId } = await kit.order(short);
  const { id: caseId } = await kit.open(orderId);
  await assignCase(kit.deps, { caseId, by: bob });
  await inTransaction(kit.deps, causeOf(systemActor), async (tx) => {
    const one = await tx.stores.cases.findCase(caseId);
    if (one !== undefined) await tx.stores.cases.changeCase(one, { status: 'open' });
  });
  expect(await acknowledgeCase(kit.deps, { caseId, by: ada })).toEqual({ kind: 'acknowledged' });
  expect(await kit.find(caseId)).toMatchObject({ assigneeName: 'Bob', acknowledgedBy: 'Ada' });
});

test('a decision is not undone once the same has begun anew', async () => {
  const { orderId, paymentId } = await kit.order({ state: 'confirmed', settlement: money('60.00') });
  const first = await kit.open(orderId);
  await kit.decide(first, 'keep');
  await kit.look(paymentId, { state: 'confirmed', settlement: money('65.00') });
  expect(await kit.allOpen(orderId)).toEqual(['payment_overpaid']);
  expect(await kit.undo(first)).toMatchObject({ kind: 'refused', code: 'came_up_again' });
  expect(await kit.find(first.id)).toMatchObject({ status: 'resolved', resolution: 'keep' });
});

test('a case that only informs goes after a day, unless somebody has taken it', async () => {
  const one = await kit.order({ state: 'expired' });
  const other = await kit.order({ state: 'expired' });
  const { id: caseId } = await kit.open(other.orderId);
  await assignCase(kit.deps, { caseId, by: ada });
  await snoozeCase(kit.deps, { caseId, by: ada, forMs: hour });
  kit.deps.clock.advance(hour);
  await wakeCases(kit.deps, { limit: 9 });
  expect(await kit.find(caseId)).toMatchObject({ status: 'open', assigneeName: 'Ada' });
  kit.deps.clock.advance(day + 1);
  await retireCases(kit.deps, { limit: 9 });
  expect([await kit.allOpen(one.orderId), await kit.allOpen(other.orderId)]).toEqual([[], ['payment_expired']]);
});

test('the cases of an order wake only where they were put off: who acknowledged one stays on it', async () => {
  const { orderId } = await kit.order(short);
  const { id: caseId } = await kit.open(orderId);
  await acknowledgeCase(kit.deps, { caseId, by: ada });
  await inTransaction(kit.deps, causeOf(systemActor), (tx) => wakeOrderCases(tx, orderId));
  expect(await kit.find(caseId)).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Ada' });
});
