import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acknowledgeCase } from '#cases/acknowledge-case.ts';
import type { Case, CaseKind, CaseSeverity } from '#cases/case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { reopenCase, resolveCase } from '#cases/resolve-case.ts';
import { retireCases } from '#cases/retire-cases.ts';
import { snoozeCase, wakeCases } from '#cases/snooze-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { day, hour, minute } from '#kernel/clock.ts';
import { createIds } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createSeededRandom } from '#test/support/fakes/seeded-random.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const clock = createTestClock();
const ids = createIds({ clock, random: createSeededRandom(1) });
const ada = { actor: { kind: 'admin', id: '42' } as const, name: 'Ada' };
let opened: TestDatabase;
beforeEach(async () => {
  opened = await openTestDatabase({ clock });
});
afterEach(() => opened.remove());

const deps = () => ({ database: opened.database, clock, ids });

async function raise(
  key: string,
  severity: CaseSeverity = 'warning',
  why = 'Expired / PaidPartial',
  kind: CaseKind = 'payment_underpaid',
): Promise<Case> {
  return inTransaction({ ...opened, clock, ids }, causeOf(systemActor), async (tx) => {
    const facts = { headline: 'Payment underpaid', orderNumber: 'T-1001', amount: '49.00 USD', detail: null };
    await raiseCase(tx, {
      key,
      kind,
      severity,
      provider: 'btcpay',
      facts: { ...facts, why, trust: 'fetched' },
    });
    const live = await tx.stores.cases.findLiveCase(key);
    if (live === undefined) throw new Error('the alert was not raised');
    return live;
  });
}

const find = (id: string): Promise<Case | undefined> => opened.database.read((stores) => stores.cases.findCase(id));
const waitingCards = (): Promise<number> =>
  opened.database.read(async (stores) => (await stores.outbox.depths(clock.now()))[0]?.waiting ?? 0);

describe('an alert', () => {
  test('is one however often the same trouble is raised, and says how often', async () => {
    const first = await raise('underpaid:1');
    clock.advance(minute);
    const again = await raise('underpaid:1', 'warning', 'Expired / PaidLate');
    expect(again).toMatchObject({ id: first.id, occurrences: 2, openedAt: first.openedAt, lastRaisedAt: clock.now() });
    expect(again.facts.why).toBe('Expired / PaidLate');
    expect(await waitingCards()).toBe(2);
  });

  test('that was resolved leaves room for a new one of the same trouble', async () => {
    const first = await raise('underpaid:1');
    const by = 'The order is paid.';
    await inTransaction({ ...opened, clock, ids }, causeOf(systemActor), (tx) =>
      resolveCase(tx, { key: first.key, by }),
    );
    expect(await find(first.id)).toMatchObject({ status: 'resolved', outcome: by });
    expect((await raise('underpaid:1')).id).not.toBe(first.id);
  });

  test('is acknowledged by one admin, with an audit row; a second one hears who did', async () => {
    const alert = await raise('underpaid:1');
    expect(await acknowledgeCase(deps(), { caseId: alert.id, by: ada })).toEqual({ kind: 'acknowledged' });
    const bob = { actor: { kind: 'admin', id: '43' } as const, name: 'Bob' };
    expect(await acknowledgeCase(deps(), { caseId: alert.id, by: bob })).toEqual({ kind: 'already', by: 'Ada' });
    const audit = await opened.database.read((stores) =>
      stores.audit.listAudit({ subject: `case:${alert.id}`, limit: 10 }),
    );
    expect(audit.map(({ action, actorId }) => [action, actorId])).toEqual([['case.acknowledge', '42']]);
  });

  test('is put away for an hour and opens again by itself', async () => {
    const alert = await raise('underpaid:1');
    await snoozeCase(deps(), { caseId: alert.id, by: ada, forMs: hour });
    clock.advance(hour - 1);
    expect(await wakeCases(deps(), { limit: 10 })).toEqual({ woken: 0 });
    clock.advance(1);
    expect(await wakeCases(deps(), { limit: 10 })).toEqual({ woken: 1 });
    expect(await find(alert.id)).toMatchObject({ status: 'open', snoozedUntil: null });
  });

  test('that opens again was acknowledged by nobody, until somebody does', async () => {
    const alert = await raise('underpaid:1');
    await acknowledgeCase(deps(), { caseId: alert.id, by: ada });
    await inTransaction({ ...opened, clock, ids }, causeOf(systemActor), async (tx) => {
      await resolveCase(tx, { key: alert.key, by: 'The order is paid.' });
      const over = await tx.stores.cases.findCase(alert.id);
      expect(over).toMatchObject({ status: 'resolved', acknowledgedBy: 'Ada' });
      if (over !== undefined) await reopenCase(tx, over);
    });
    expect(await find(alert.id)).toMatchObject({ status: 'open', acknowledgedAt: null, acknowledgedBy: null });
  });

  test('that is put away by another admin than the one who acknowledged it is not said to be acknowledged by them', async () => {
    const alert = await raise('underpaid:1');
    await acknowledgeCase(deps(), { caseId: alert.id, by: ada });
    const bob = { actor: { kind: 'admin', id: '43' } as const, name: 'Bob' };
    await snoozeCase(deps(), { caseId: alert.id, by: bob, forMs: hour });
    expect(await find(alert.id)).toMatchObject({ status: 'snoozed', acknowledgedAt: null, acknowledgedBy: 'Bob' });
  });

  test('that is put away by the admin who acknowledged it is still acknowledged by them', async () => {
    const alert = await raise('underpaid:1');
    await acknowledgeCase(deps(), { caseId: alert.id, by: ada });
    const acknowledged = await find(alert.id);
    await snoozeCase(deps(), { caseId: alert.id, by: ada, forMs: hour });
    const { acknowledgedAt } = acknowledged ?? {};
    expect(acknowledgedAt).not.toBeNull();
    expect(await find(alert.id)).toMatchObject({ status: 'snoozed', acknowledgedAt, acknowledgedBy: 'Ada' });
  });

  test('that is over takes no taps any more', async () => {
    const alert = await raise('underpaid:1');
    await inTransaction({ ...opened, clock, ids }, causeOf(systemActor), (tx) =>
      resolveCase(tx, { key: alert.key, by: 'paid' }),
    );
    expect(await acknowledgeCase(deps(), { caseId: alert.id, by: ada })).toEqual({ kind: 'over' });
    expect(await snoozeCase(deps(), { caseId: alert.id, by: ada, forMs: hour })).toEqual({ kind: 'over' });
    expect(await acknowledgeCase(deps(), { caseId: ids.newId(), by: ada })).toEqual({ kind: 'unknown' });
  });

  test('that nobody can decide about ends after a day also when it was acknowledged', async () => {
    const keys = await raise('keys_refused:store', 'warning', 'Wrong keys', 'keys_refused');
    const expired = await raise('expired:1', 'info', 'Expired', 'payment_expired');
    for (const { id } of [keys, expired]) await acknowledgeCase(deps(), { caseId: id, by: ada });
    clock.advance(day + 1);
    expect(await retireCases(deps(), { limit: 9 })).toEqual({ retired: 1 });
    expect(await find(keys.id)).toMatchObject({ status: 'resolved', outcome: 'Nothing was left to do after a day.' });
    expect((await find(expired.id))?.status).toBe('acknowledged');
  });

  test('that only informs ends after a day; trouble stays', async () => {
    const expired = await raise('expired:1', 'info', 'Expired', 'payment_expired');
    const short = await raise('underpaid:1', 'warning');
    clock.advance(day + 1);
    const fresh = await raise('expired:2', 'info', 'Expired', 'payment_expired');
    expect(await retireCases(deps(), { limit: 1 })).toEqual({ retired: 1 });
    expect((await find(expired.id))?.status).toBe('resolved');
    expect((await find(short.id))?.status).toBe('open');
    expect((await find(fresh.id))?.status).toBe('open');
  });
});
