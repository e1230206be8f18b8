// Webhooks that stop coming, on a test clock: what raises an alert, what does not, and what resolves it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { day, hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { createProviderWatch } from '#payments/availability/watch-providers.ts';
import { ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { createWebhookWatch, type WatchWebhooks } from '#payments/webhooks/watch-webhooks.ts';
import { aCase } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import {
  createTestDeps,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
let watch: WatchWebhooks;
let asked: number;
let compared: number;

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  providers.lists('btcpay', []);
  deps = { ...made, providers };
  const reconcile = createReconciler(deps);
  compared = 0;
  asked = 0;
  providers.onProbe('btcpay', () => {
    asked += 1;
  });
  watch = createWebhookWatch(deps, {
    reconcile: (input) => {
      compared += 1;
      return reconcile(input);
    },
  });
});
afterEach(() => opened.remove());

let number = 0;
async function hear(reference?: string): Promise<void> {
  number += 1;
  const id = deps.ids.newId();
  await opened.database.transaction((stores) =>
    stores.inbox.append({
      id,
      receivedAt: deps.clock.now(),
      source: 'btcpay',
      eventKey: id,
      eventType: 'InvoiceSettled',
      reference: reference ?? `heard-${number}`,
      detail: null,
      trust: 'signed',
      body: new Uint8Array(),
    }),
  );
}

/** Hours in which webhooks of so many payments come, by the hour of the day; the job runs at the end of each. */
async function spend(hours: number, heardAt: (hourOfDay: number) => number): Promise<void> {
  for (let passed = 0; passed < hours; passed += 1) {
    const count = heardAt(new Date(deps.clock.now()).getUTCHours());
    for (let event = 0; event < count; event += 1) await hear();
    deps.clock.advance(hour);
    await watch({});
  }
}

/** A payment that is paid at the provider, and that polling finds out. */
async function pollFindsPaid(reference: string): Promise<void> {
  const paymentId = await placeTestOrder(deps, { reference: asProviderReference(reference) });
  const settlement = { expected: '49.00', received: '49.00', asset: 'USD' };
  await showSnapshot(deps, {
    paymentId,
    shows: { state: 'confirmed', settlement, reference: asProviderReference(reference) },
  });
}

const liveAlert = (key = 'webhook_silent:btcpay') => opened.database.read((stores) => stores.cases.findLiveCase(key));
const byDay = (hourOfDay: number): number => (hourOfDay >= 8 && hourOfDay < 20 ? 5 : 0);
const never = (): number => 0;

describe('a new shop', () => {
  test('raises no alert about webhooks that it never had', async () => {
    await spend(20, never);
    await pollFindsPaid('first');
    await pollFindsPaid('second');
    await spend(48, never);
    expect(await liveAlert()).toBeUndefined();
    expect({ asked, compared }).toEqual({ asked: 0, compared: 0 });
  });

  test('raises no alert after its first few events either, as long as nothing changed without a webhook', async () => {
    await spend(24, byDay);
    await spend(72, never);
    expect(await liveAlert()).toBeUndefined();
    expect(asked).toBe(0);
  });
});

describe('a quiet night', () => {
  test('is not even checked', async () => {
    await spend(10 * 24, byDay);
    expect({ asked, compared }).toEqual({ asked: 0, compared: 0 });
    expect(await liveAlert()).toBeUndefined();
  });

  test('after which the day stays quiet is checked every hour, and raises no alert: nothing was sold', async () => {
    await spend(10 * 24, byDay);
    await spend(24, never);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(24);
    expect(compared).toBe(asked);
    expect(await liveAlert()).toBeUndefined();
  });
});

describe('a real silence', () => {
  test('raises one alert, which says what to check', async () => {
    await spend(10 * 24, byDay);
    await spend(8, never);
    await pollFindsPaid('untold');
    await spend(24, never);
    const alert = await liveAlert();
    expect(alert).toMatchObject({ severity: 'warning', occurrences: 1, actions: [] });
    expect(alert?.facts.detail).toContain('the webhook URL, its secret, and that the subscription is switched on');
    expect(alert?.facts.why).toMatch(/^No event for \d+ hours, where about \d+ are usual; 1 payment changed there/);
  });

  test('of a small shop shows by its payments: two that were paid without a webhook', async () => {
    await hear();
    await spend(1, never);
    await pollFindsPaid('first');
    await spend(1, never);
    expect(await liveAlert()).toBeUndefined();
    await pollFindsPaid('second');
    await watch({});
    expect(await liveAlert()).toBeUndefined();
    deps.clock.advance(16 * minute);
    await watch({});
    expect(await liveAlert()).toMatchObject({ occurrences: 1 });
    expect({ asked, compared }).toEqual({ asked: 1, compared: 1 });
  });

  test('is none while webhooks come a little after polling found out', async () => {
    await spend(10 * 24, byDay);
    for (let payment = 0; payment < 5; payment += 1) {
      await pollFindsPaid(`polled-${payment}`);
      deps.clock.advance(minute);
      await hear(`polled-${payment}`);
      await spend(1, never);
    }
    expect(await liveAlert()).toBeUndefined();
    expect(asked).toBe(0);
  });

  test('is not learned from: what was usual before it stays so', async () => {
    await spend(10 * 24, byDay);
    const rate = () => opened.database.read(async (stores) => (await stores.webhookRates.listRates(['btcpay']))[0]);
    await pollFindsPaid('first');
    await pollFindsPaid('second');
    await spend(1, never);
    expect(await liveAlert()).toBeDefined();
    const before = await rate();
    await spend(5 * 24, never);
    expect((await rate())?.perHour).toEqual(before?.perHour);
  });

  test('ends by itself when an event arrives', async () => {
    await spend(10 * 24, byDay);
    await pollFindsPaid('first');
    await pollFindsPaid('second');
    await spend(1, never);
    const alert = await liveAlert();
    expect(alert).toBeDefined();
    await hear();
    deps.clock.advance(minute);
    await watch({});
    expect(await liveAlert()).toBeUndefined();
    const over = await opened.database.read((stores) => stores.cases.findCase(alert?.id ?? ''));
    expect(over?.outcome).toBe('An event arrived.');
    await spend(3, never);
    expect(await liveAlert()).toBeUndefined();
  });
});

describe('a provider that is down at the same time', () => {
  test('raises an alert for its outage alone', async () => {
    await spend(10 * 24, byDay);
    await pollFindsPaid('first');
    await pollFindsPaid('second');
    providers.feels('btcpay', { breaker: 'open' });
    providers.onProbe('btcpay', () => {
      throw new ProviderUnreachable({
        provider: 'btcpay',
        operation: 'probe',
        code: null,
        httpStatus: 503,
        message: 'probe: HTTP 503',
      });
    });
    await createProviderWatch(deps)({});
    await spend(48, never);
    expect(await liveAlert()).toBeUndefined();
    expect(await liveAlert('provider_down:btcpay')).toBeDefined();
    expect(compared).toBe(0);
  });

  test('and whose outage nobody has noticed yet is found to be down, and not called silent', async () => {
    await spend(10 * 24, byDay);
    await pollFindsPaid('first');
    await pollFindsPaid('second');
    providers.onProbe('btcpay', () => {
      asked += 1;
      throw new ProviderUnreachable({
        provider: 'btcpay',
        operation: 'probe',
        code: null,
        httpStatus: 503,
        message: 'probe: HTTP 503',
      });
    });
    await spend(3, never);
    expect(asked).toBeGreaterThan(0);
    expect(compared).toBe(0);
    expect(await liveAlert()).toBeUndefined();
  });
});

describe('a process that was away for hours', () => {
  test('calls no provider silent whose webhooks came meanwhile, and finds a silence that follows', async () => {
    await spend(10 * 24, byDay);
    deps.clock.advance(2 * hour);
    await watch({});
    await pollFindsPaid('first');
    await pollFindsPaid('second');
    await spend(5, never);
    expect(await liveAlert()).toBeUndefined();
    await pollFindsPaid('third');
    await pollFindsPaid('fourth');
    await spend(2, never);
    expect(await liveAlert()).toMatchObject({ occurrences: 1 });
  });

  test('knows it after a restart, too', async () => {
    await spend(10 * 24, byDay);
    deps.clock.advance(2 * hour);
    watch = createWebhookWatch(deps, { reconcile: createReconciler(deps) });
    await pollFindsPaid('first');
    await pollFindsPaid('second');
    await spend(5, never);
    expect(await liveAlert()).toBeUndefined();
  });
});

test('what comes and is refused is no silence: it has an alert of its own', async () => {
  await spend(10 * 24, byDay);
  await pollFindsPaid('first');
  await pollFindsPaid('second');
  deps.clock.advance(minute);
  const key = 'webhook_refused:btcpay';
  await opened.database.transaction((stores) =>
    stores.cases.insertCase(
      aCase({
        id: 'refused',
        key,
        kind: 'webhook_refused',
        openedAt: deps.clock.now(),
        lastRaisedAt: deps.clock.now(),
      }),
    ),
  );
  await spend(5, never);
  expect(await liveAlert()).toBeUndefined();
  expect(await liveAlert(key)).toBeDefined();
  await spend(24, never);
  expect(await liveAlert(key)).toBeUndefined();
});

test('hours that this process did not see are not learned from', async () => {
  await spend(10 * 24, byDay);
  const rate = () => opened.database.read(async (stores) => (await stores.webhookRates.listRates(['btcpay']))[0]);
  const before = await rate();
  deps.clock.advance(4 * day);
  await watch({});
  const after = await rate();
  expect(after?.perHour).toEqual(before?.perHour);
  expect(after?.learnedUntil).toBeGreaterThan(deps.clock.now());
});
