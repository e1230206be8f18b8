import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { askProviderAgain } from '#payments/availability/ask-again.ts';
import { loadDecommissioned } from '#payments/availability/load-decommissioned.ts';
import { createProviderWatch, type WatchProviders } from '#payments/availability/watch-providers.ts';
import type { Outage } from '#payments/model/outage.ts';
import { createDecommissionedProviders } from '#payments/ports/decommissioned-providers.ts';
import { ProviderRejected, ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
let watch: WatchProviders;
/** What the next questions are answered with; the last one for ever. */
let answers: (number | 'ok' | 'no answer' | 'not asked' | 'no such name')[];
let asked: number;

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  deps = { ...made, providers, decommissioned: createDecommissionedProviders(), isOnline: () => true };
  watch = createProviderWatch(deps);
  answers = ['ok'];
  asked = 0;
  providers.onProbe('btcpay', () => {
    asked += 1;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    const words = { provider: 'btcpay', operation: 'probe', code: null, message: `probe: ${answer}` } as const;
    if (typeof answer === 'number') throw new ProviderRejected({ ...words, httpStatus: answer });
    if (answer === 'no answer') throw new ProviderUnreachable({ ...words, httpStatus: null });
    if (answer === 'not asked') throw new ProviderUnreachable({ ...words, httpStatus: null, wasAsked: false });
    if (answer === 'no such name') throw new ProviderUnreachable({ ...words, httpStatus: null, code: 'ENOTFOUND' });
  });
});
afterEach(() => opened.remove());

const liveAlert = (kind: 'down' | 'retired') =>
  opened.database.read((stores) => stores.cases.findLiveCase(`provider_${kind}:btcpay`));
const liveOutage = () => opened.database.read((stores) => stores.outages.findLiveOutage('btcpay'));
const resolvedAlerts = async (): Promise<Case[]> => {
  const query = { statuses: ['resolved'] as const, before: null, limit: 9 };
  return opened.database.read((stores) => listAlerts(stores, query.statuses));
};

async function getOutage(): Promise<Outage> {
  const outage = await liveOutage();
  if (outage === undefined) throw new Error('there is no outage');
  return outage;
}

const isBreakerOpen = (): void => providers.feels('btcpay', { breaker: 'open', openedAt: deps.clock.now() });

describe('a provider whose breaker opened', () => {
  test('is in one outage with one alert, which began with the first call that failed', async () => {
    const failingSince = deps.clock.now() - 20 * second;
    providers.feels('btcpay', { breaker: 'open', openedAt: deps.clock.now(), failingSince });
    answers = ['no answer'];
    expect(await watch({})).toEqual({ down: 1, recovered: 0 });
    const first = await getOutage();
    expect(first).toMatchObject({ status: 'blind', beganAt: failingSince, reason: 'no answer' });
    deps.clock.advance(minute);
    await watch({});
    const later = await getOutage();
    expect(later).toMatchObject({ id: first.id, beganAt: failingSince, askedAt: deps.clock.now() });
    expect((await liveAlert('down'))?.occurrences).toBe(1);
  });

  test('has a card that says how many payments wait for it, as they come, and where new orders go', async () => {
    isBreakerOpen();
    answers = ['no answer'];
    await watch({});
    const detail = async (): Promise<string> => (await liveAlert('down'))?.facts.detail ?? '';
    expect(await detail()).toBe(
      'No open payments wait for it. Its payments are checked automatically when it is back. ' +
        'New orders with the provider auto avoid it.',
    );
    await placeTestOrder(deps, { status: 'paid' });
    for (const waiting of ['1 open payment waits for it.', '2 open payments wait for it.']) {
      await placeTestOrder(deps);
      deps.clock.advance(minute);
      await watch({});
      expect(await detail()).toContain(waiting);
    }
    expect((await liveAlert('down'))?.occurrences).toBe(1);
  });

  test('is in an outage also where its breaker lets no probe through', async () => {
    isBreakerOpen();
    providers.feels('btcpay', { lastError: 'fetch_payment: HTTP 503' });
    answers = ['not asked'];
    await watch({});
    expect(await getOutage()).toMatchObject({ status: 'blind', reason: 'fetch_payment: HTTP 503' });
    expect((await liveAlert('down'))?.facts.why).toBe('fetch_payment: HTTP 503');
  });

  test('is caught up with when it answers, and its alert stays until that is done', async () => {
    isBreakerOpen();
    answers = ['no answer', 'ok'];
    await watch({});
    const failedAt = deps.clock.now();
    deps.clock.advance(hour);
    expect(await watch({})).toEqual({ down: 0, recovered: 1 });
    expect(await getOutage()).toMatchObject({
      status: 'catching_up',
      answeredAt: deps.clock.now(),
      askedAt: failedAt,
    });
    expect((await liveAlert('down'))?.facts.headline).toBe('Provider answers again, catching up');
  });

  test('that becomes unavailable again while it is caught up with is in the same outage still', async () => {
    isBreakerOpen();
    answers = ['no answer', 'ok', 'no answer'];
    await watch({});
    const { id, beganAt } = await getOutage();
    await watch({});
    expect(await watch({})).toEqual({ down: 1, recovered: 0 });
    expect(await getOutage()).toMatchObject({ id, beganAt, status: 'blind', answeredAt: null });
    expect((await liveAlert('down'))?.facts.headline).toBe('Provider does not answer');
  });
});

describe('a provider that refuses everybody', () => {
  test.each([401, 403, 404, 410])(
    'with %i twice in a row is in an outage, and after one refusal is not',
    async (status) => {
      answers = [status];
      expect(await watch({})).toEqual({ down: 0, recovered: 0 });
      expect(await liveOutage()).toBeUndefined();
      expect(await watch({})).toEqual({ down: 1, recovered: 0 });
      expect(await getOutage()).toMatchObject({ status: 'blind', goneCount: 1 });
      deps.clock.advance(10 * second);
      const before = asked;
      await watch({});
      expect(asked).toBe(before);
    },
  );

  test.each([400, 422, 429])('with %i is available, and the refusal is reported to the caller', async (status) => {
    isBreakerOpen();
    answers = [status];
    expect(await watch({})).toEqual({ down: 0, recovered: 0 });
    expect(await liveOutage()).toBeUndefined();
  });
});

describe('a healthy provider', () => {
  test('is asked when nobody has asked it for ten minutes, and not before', async () => {
    await watch({});
    expect(asked).toBe(1);
    deps.clock.advance(9 * minute);
    await watch({});
    expect(asked).toBe(1);
    deps.clock.advance(minute);
    await watch({});
    expect(asked).toBe(2);
  });

  test('is asked when a call failed and none has been served since', async () => {
    await watch({});
    deps.clock.advance(minute);
    providers.feels('btcpay', { failingSince: deps.clock.now() });
    await watch({});
    expect(asked).toBe(1);
    deps.clock.advance(11 * second);
    await watch({});
    expect(asked).toBe(2);
  });
});

/** Asked every half hour, as often as the fake day needs; the real watch asks every half minute. */
async function spend(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 30 * minute) {
    deps.clock.advance(30 * minute);
    await watch({});
  }
}

describe('a decommissioned provider', () => {
  test('is reported once after a day, in place of its outage, and is probed once a day from then on', async () => {
    answers = [410];
    await watch({});
    await spend(day + hour);
    const outage = await getOutage();
    expect(outage).toMatchObject({ status: 'retired', reason: 'this is gone (HTTP 410)' });
    expect(deps.decommissioned?.mayAsk('btcpay')).toBe(false);
    expect(await liveAlert('down')).toBeUndefined();
    expect((await resolvedAlerts()).map(({ key }) => key)).toEqual(['provider_down:btcpay']);
    const alert = await liveAlert('retired');
    expect(alert).toMatchObject({ severity: 'critical', occurrences: 1, actions: ['ask_provider'] });
    expect(alert?.facts.why).toBe(
      'For 24 hours every answer was that of a closed provider; the last: this is gone (HTTP 410)',
    );
    const before = asked;
    await spend(3 * day);
    expect(asked - before).toBe(3);
    expect((await liveAlert('retired'))?.occurrences).toBe(1);
  });

  test('is not decommissioned when it failed in another way in between', async () => {
    answers = [410];
    await watch({});
    await spend(23 * hour);
    answers = ['no answer', 410];
    providers.feels('btcpay', { breaker: 'open' });
    await watch({});
    providers.feels('btcpay', { breaker: 'closed' });
    await spend(3 * hour);
    expect(await getOutage()).toMatchObject({ status: 'blind' });
  });

  test('whose name is not found is not decommissioned while nothing else answers either', async () => {
    deps.isOnline = () => false;
    answers = ['no such name'];
    await watch({});
    await spend(3 * day);
    expect(await getOutage()).toMatchObject({ status: 'blind', goneCount: 1 });
    deps.isOnline = () => true;
    await spend(day);
    expect(await getOutage()).toMatchObject({ status: 'retired' });
  });

  test('is known after a restart, before any call is made', async () => {
    answers = [404];
    await watch({});
    await spend(day + hour);
    const restarted = { ...deps, decommissioned: createDecommissionedProviders() };
    await loadDecommissioned(restarted);
    expect(restarted.decommissioned.mayAsk('btcpay')).toBe(false);
    const before = asked;
    await createProviderWatch(restarted)({});
    expect(asked).toBe(before);
  });

  test('is called as before when the daily probe is answered', async () => {
    answers = [410];
    await watch({});
    await spend(day + hour);
    answers = ['ok'];
    await spend(day);
    expect(await getOutage()).toMatchObject({ status: 'catching_up' });
    expect(deps.decommissioned?.mayAsk('btcpay')).toBe(true);
    expect((await liveAlert('retired'))?.facts.headline).toBe('Provider answers again, catching up');
  });

  test('is called at once when an admin asks for it, which is in the audit trail', async () => {
    answers = [410];
    await watch({});
    await spend(day + hour);
    const actor = { kind: 'admin', id: '42' } as const;
    expect(await askProviderAgain(deps, { provider: 'btcpay', actor })).toMatchObject({ kind: 'fails' });
    expect(deps.decommissioned?.mayAsk('btcpay')).toBe(false);
    answers = ['ok'];
    expect(await askProviderAgain(deps, { provider: 'btcpay', actor })).toEqual({ kind: 'answers' });
    expect(deps.decommissioned?.mayAsk('btcpay')).toBe(true);
    const audit = await opened.database.read((stores) =>
      stores.audit.listAudit({ subject: 'provider:btcpay', limit: 9 }),
    );
    expect(audit.map(({ action, actorId }) => `${actorId} ${action}`)).toEqual([
      '42 provider.reinstate',
      '42 provider.ask_again',
      '42 provider.ask_again',
      'watch-providers provider.retire',
    ]);
  });
});
