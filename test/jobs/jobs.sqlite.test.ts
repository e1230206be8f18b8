import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWatches } from '#app/watches.ts';
import type { Case } from '#cases/case.ts';
import { createJobs, type Job } from '#jobs/jobs.ts';
import { day, hour } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { alwaysAwake } from '#kernel/process.ts';
import type { SentMessage } from '#messaging/queues/messaging-store.ts';
import { idempotencyRetention } from '#payments/collect/place-order.ts';
import type { Outage } from '#payments/model/outage.ts';
import type { ReconciliationRun } from '#payments/model/reconciliation.ts';
import { openServerFixture, orderBody, type ServerFixture, storeRequest } from '#test/server/support/server-fixture.ts';
import { aCase, listAlerts } from '#test/support/builders/cases.ts';
import { providersThat } from '#test/support/providers/abilities.ts';

let fixture: ServerFixture;
let jobs: Job[];
const signal = new AbortController().signal;

beforeEach(async () => {
  fixture = await openServerFixture({ policy: { attemptsMax: 1, breakerFailuresMax: 1, breakerOpenMs: 1 } });
  const { payments } = fixture;
  jobs = createJobs({
    payments,
    ...createWatches(payments, { awake: alwaysAwake(payments.clock), ending: signal }),
    timeZone: 'UTC',
    stuckJobs: () => [],
  });
});
afterEach(() => fixture.close());

function run(name: string): Promise<unknown> {
  const job = jobs.find((each) => each.name === name);
  if (job === undefined) throw new Error(`there is no job ${name}`);
  return job.run(signal);
}

async function liveAlerts(): Promise<string[]> {
  const query = { statuses: ['open'] as const, before: null, limit: 20 };
  const alerts = await fixture.db.database.read((stores) => listAlerts(stores, query.statuses));
  return alerts.map((alert) => alert.key);
}

describe('the table of jobs', () => {
  test('has one row for each scheduled job', () => {
    const names = [
      'watch-clock',
      'watch-jobs',
      'poll-payments',
      'follow-refunds',
      'expire-orders',
      'watch-providers',
      'catch-up',
      'watch-webhooks',
      'watch-shop',
      'watch-dead-letters',
      'wake-cases',
      'retire-cases',
      'reconcile',
      'fetch-fees',
      'close-days',
      'index-orders',
      'count-days',
      'recount-days',
      'prune',
    ];
    expect(jobs.map((job) => job.name)).toEqual(names);
  });

  test('has only jobs that say how many they did, and none to do on an empty database', async () => {
    expect(await run('watch-clock')).toEqual({ setBack: 0 });
    expect(await run('watch-jobs')).toEqual({ stuck: 0 });
    expect(await run('poll-payments')).toEqual({ polled: 0, changed: 0, failed: 0 });
    expect(await run('expire-orders')).toEqual({ expired: 0 });
    expect(await run('watch-shop')).toEqual({ untold: 0 });
    expect(await run('watch-dead-letters')).toEqual({ raised: 0, resolved: 0 });
    expect(await run('wake-cases')).toEqual({ woken: 0 });
    expect(await run('retire-cases')).toEqual({ retired: 0 });
    expect(await run('index-orders')).toEqual({ indexed: 0 });
    expect(await run('count-days')).toEqual({ counted: 0, built: 92, removed: 0 });
    expect(await run('count-days')).toEqual({ counted: 0, built: 0, removed: 0 });
    expect(await run('recount-days')).toEqual({ recounted: 92, wrong: 0 });
    expect(await run('prune')).toEqual({ deleted: 0 });
    expect(await run('fetch-fees')).toEqual({ booked: 0, unmatched: 0, settlements: 0, failed: 0 });
    expect(await run('close-days')).toEqual({ closed: 0, unexplained: 0, waiting: 0 });
    const finished = providersThat('canList').length;
    expect(await run('reconcile')).toEqual({ finished, failed: 0, compared: 0, healed: 0, open: 0 });
  });
});

describe('prune', () => {
  test('keeps outages for three years, because the reliability of a provider is a question of years', async () => {
    const now = fixture.payments.clock.now();
    const past = { provider: 'btcpay', version: 1, reason: 'probe: HTTP 503', goneSince: null, goneCount: 0 } as const;
    const counts = { lookedCount: 0, recoveredCount: 0, lostCount: 0 };
    const outage = (id: string, endedAt: number): Outage => ({
      ...past,
      ...counts,
      id,
      status: 'over',
      beganAt: endedAt - 1,
      askedAt: endedAt,
      retiredAt: null,
      answeredAt: endedAt,
      endedAt,
    });
    await fixture.db.database.transaction(async ({ outages }) => {
      await outages.insertOutage(outage('kept', now - 3 * 365 * day + hour));
      await outages.insertOutage(outage('gone', now - 3 * 365 * day - hour));
    });
    expect(await run('prune')).toEqual({ deleted: 1 });
    const left = await fixture.db.database.read(({ outages }) => outages.listOutages({ provider: null, limit: 9 }));
    expect(left.map(({ id }) => id)).toEqual(['kept']);
  });
});

describe('reconcile', () => {
  test('compares every provider, and an unavailable one does not affect the others', async () => {
    await storeRequest(fixture, { body: orderBody() });
    fixture.sandbox.faults('coinbase').set({ outage: true });
    expect(await run('reconcile')).toMatchObject({ finished: providersThat('canList').length - 1, failed: 1 });
  });
});

describe('watch-providers', () => {
  test('raises an alert when a provider is unavailable, catches up with it, and resolves the alert', async () => {
    expect(await run('watch-providers')).toEqual({ down: 0, recovered: 0 });
    fixture.sandbox.faults('btcpay').set({ outage: true });
    expect((await storeRequest(fixture, { body: orderBody() })).status).toBe(503);
    expect(fixture.payments.providers.health('btcpay')?.breaker).toBe('open');
    expect(await run('watch-providers')).toEqual({ down: 1, recovered: 0 });
    expect(await liveAlerts()).toContain('provider_down:btcpay');
    fixture.sandbox.faults('btcpay').reset();
    await expect.poll(() => run('watch-providers')).toEqual({ down: 0, recovered: 1 });
    expect(fixture.payments.providers.health('btcpay')?.breaker).toBe('closed');
    expect(await run('catch-up')).toMatchObject({ finished: 1 });
    expect(await liveAlerts()).not.toContain('provider_down:btcpay');
  });
});

describe('prune', () => {
  test('deletes idempotency keys that are old enough, and keeps the others', async () => {
    const placed = await storeRequest(fixture, { body: orderBody() });
    const orderId = asOrderId((placed.headers.get('location') ?? '').split('/').at(-1) ?? '');
    const now = fixture.payments.clock.now();
    await fixture.db.database.transaction(async (stores) => {
      const old = { bodyHash: 'h', orderId, createdAt: now - idempotencyRetention.keptMs - day };
      for (let made = 0; made < 3; made += 1) await stores.idempotency.reserve({ ...old, key: `old-${made}` });
      await stores.idempotency.reserve({ ...old, key: 'fresh', createdAt: now });
    });
    expect(await run('prune')).toEqual({ deleted: 3 });
    const kept = await fixture.db.database.read((stores) => stores.idempotency.find('fresh'));
    expect(kept?.orderId).toBe(orderId);
  });

  test('deletes alerts resolved long ago, with their cards, and old reconciliations; not live or recent ones', async () => {
    const now = fixture.payments.clock.now();
    const alert = (id: string, resolvedAt: number | null): Case =>
      aCase({
        id,
        key: id,
        kind: 'provider_down',
        status: resolvedAt === null ? 'open' : 'resolved',
        openedAt: now - 400 * day,
        lastRaisedAt: now,
        resolvedAt,
      });
    const cardOf = (id: string): SentMessage => ({
      bot: 'pager',
      chatId: 1,
      subject: `case:${id}`,
      messageId: 7,
      shownVersion: 1,
      contentHash: 'h',
      sentAt: now,
      updatedAt: now,
    });
    const aRun = (id: string, startedAt: number): ReconciliationRun => ({
      id,
      provider: 'btcpay',
      status: 'finished',
      windowFrom: 0,
      windowTo: 1,
      startedAt,
      finishedAt: startedAt,
      takenUpAt: null,
      startedBy: 'reconcile',
      comparedCount: 0,
      matchedCount: 0,
      healedCount: 0,
      openCount: 0,
      error: null,
    });
    await fixture.db.database.transaction(async (stores) => {
      const alerts = [alert('old', now - 181 * day), alert('young', now - 179 * day), alert('live', null)];
      for (const one of alerts) {
        await stores.cases.insertCase(one);
        await stores.sentMessages.saveSent(cardOf(one.id));
      }
      await stores.reconciliation.insertRun(aRun('run-old', now - 91 * day));
      await stores.reconciliation.insertRun(aRun('run-young', now - 89 * day));
    });
    expect(await run('prune')).toEqual({ deleted: 2 });
    await fixture.db.database.read(async ({ cases, sentMessages, reconciliation }) => {
      for (const [id, isKept] of [
        ['old', false],
        ['young', true],
        ['live', true],
      ] as const) {
        expect((await cases.findCase(id)) !== undefined).toBe(isKept);
        expect(await sentMessages.listSent({ bot: 'pager', subject: `case:${id}` })).toHaveLength(isKept ? 1 : 0);
      }
      expect(await reconciliation.findRun('run-old')).toBeUndefined();
      expect(await reconciliation.findRun('run-young')).toBeDefined();
    });
  });
});
