import { afterEach, beforeEach, expect, test } from 'vitest';
import { asProviderReference } from '#kernel/ids.ts';
import type { InboxEvent } from '#messaging/queues/messaging-store.ts';
import type { DeliveryResult } from '#messaging/workers/outbox-handler.ts';
import { createProviderWatch } from '#payments/availability/watch-providers.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { handleInboxEvent } from '#payments/webhooks/handle-inbox-event.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  deps = { ...made, providers };
});
afterEach(() => opened.remove());

function handle(reference: string): Promise<DeliveryResult> {
  const event: InboxEvent = {
    id: 'event-1',
    source: 'btcpay',
    eventKey: 'delivery-1',
    eventType: 'InvoiceSettled',
    reference,
    detail: null,
    trust: 'signed',
    body: new Uint8Array(),
    headers: {},
    outcome: null,
    receivedAt: 0,
    availableAt: 0,
    lockedUntil: null,
    lockedBy: null,
    processedAt: null,
    abandonedAt: null,
    lastError: null,
    startedAttempts: 1,
    finishedAttempts: 0,
  };
  return handleInboxEvent(deps, event, new AbortController().signal);
}

async function openAlerts(): Promise<string[]> {
  const alerts = await opened.database.read((stores) => listAlerts(stores, ['open']));
  return alerts.map((alert) => alert.key);
}

test('money in a second checkout that a provider made for one payment raises an alert', async () => {
  const paymentId = await placeTestOrder(deps, { reference: asProviderReference('first') });
  providers.shows('second', { paymentId, state: 'confirmed', providerStatus: 'Settled' });
  expect(await handle('second')).toEqual({ kind: 'done', outcome: 'unmatched payment with money' });
  expect(await openAlerts()).toEqual(['unmatched:btcpay:second']);
});

test('money of an unknown amount, in an unmatched payment, raises an alert too', async () => {
  providers.shows('foreign', { paymentId: null, state: 'expired', isLate: true, providerStatus: 'deposit' });
  expect(await handle('foreign')).toEqual({ kind: 'done', outcome: 'unmatched payment with money' });
  providers.shows('empty', { paymentId: null, state: 'expired' });
  expect(await handle('empty')).toEqual({ kind: 'done', outcome: 'unknown payment' });
  expect(await openAlerts()).toEqual(['unmatched:btcpay:foreign']);
});

test('money that came short, in an unmatched payment that is closed, raises an alert too', async () => {
  const settlement = { expected: '49.00', received: '20.00', asset: 'USD' };
  providers.shows('short', { paymentId: null, state: 'open', settlement });
  expect(await handle('short')).toEqual({ kind: 'done', outcome: 'unknown payment' });
  providers.shows('short', { paymentId: null, state: 'expired', settlement });
  expect(await handle('short')).toEqual({ kind: 'done', outcome: 'unmatched payment with money' });
  expect(await openAlerts()).toEqual(['unmatched:btcpay:short']);
});

test('an event about an unknown payment waits while its provider does not answer', async () => {
  providers.isSilentAbout('foreign', true);
  const error = 'no answer came in time (15000 ms)';
  expect(await handle('foreign')).toEqual({ kind: 'retry', error, retryAfterMs: null });
  providers.isSilentAbout('foreign', false);
  expect(await handle('foreign')).toEqual({ kind: 'done', outcome: 'unknown payment' });
});

test('an event whose provider is not configured any more is not done with, whether its payment is ours or nobody knows', async () => {
  const paymentId = await placeTestOrder(deps, { reference: asProviderReference('first') });
  providers.shows('first', { paymentId });
  providers.shows('foreign', { paymentId: null, state: 'confirmed', providerStatus: 'Settled' });
  providers.switchOff('btcpay');
  const waits = { kind: 'give_up', reason: 'the provider btcpay is not configured' };
  expect(await handle('first')).toEqual(waits);
  expect(await handle('foreign')).toEqual(waits);
});

test('an event of a decommissioned provider waits, and uses up no attempt', async () => {
  const paymentId = await placeTestOrder(deps, { reference: asProviderReference('first') });
  providers.shows('first', { paymentId });
  providers.feels('btcpay', { retiredAt: 1 });
  expect(await handle('first')).toMatchObject({ kind: 'retry', isUntried: true, retryAfterMs: 3_600_000 });
  providers.feels('btcpay', { retiredAt: null });
  expect(await handle('first')).toEqual({ kind: 'done', outcome: 'unchanged' });
});

test('open payments of a provider that is not configured any more raise one alert, until it is configured again', async () => {
  const now = deps.clock.now();
  await placeTestOrder(deps, { provider: 'bitpay', reference: asProviderReference('a'), nextPollAt: now });
  await placeTestOrder(deps, { provider: 'bitpay', reference: null, nextPollAt: now });
  await pollPayments(deps, { limit: 9 });
  deps.clock.advance(60_000);
  await pollPayments(deps, { limit: 9 });
  expect(await openAlerts()).toEqual(['provider_down:bitpay']);
  const alert = await opened.database.read((stores) => stores.cases.findLiveCase('provider_down:bitpay'));
  expect(alert?.occurrences).toBe(1);
  await createProviderWatch({ ...deps, providers: createScriptedProviders(['bitpay'], deps.clock) })({});
  expect(await openAlerts()).toEqual([]);
});

test('an event about a payment that is not understood is done: its case and its polls go on', async () => {
  await placeTestOrder(deps, { reference: asProviderReference('odd') });
  providers.saysOddly('odd', 'status "Frozen"');
  expect(await handle('odd')).toEqual({ kind: 'done', outcome: 'not understood' });
  expect(await openAlerts()).toHaveLength(1);
});

test('an event about a payment of nobody that is not understood is one case, however many follow', async () => {
  providers.saysOddly('stray', 'status "Frozen"');
  for (let count = 0; count < 3; count += 1) {
    expect(await handle('stray')).toEqual({ kind: 'done', outcome: 'not understood' });
  }
  const live = await opened.database.read((stores) => stores.cases.findLiveCase('payment_unread:btcpay:stray'));
  expect(live).toMatchObject({ occurrences: 1, paymentId: null, actions: ['resolve'] });
});

test('an event about a lost create that is not understood is known by the id in it, and names our payment', async () => {
  const paymentId = await placeTestOrder(deps, { reference: null, creation: 'requested' });
  providers.shows('lost', { paymentId });
  providers.saysOddly('lost', 'status "Frozen"');
  expect(await handle('lost')).toEqual({ kind: 'done', outcome: 'not understood' });
  const key = `payment_unread:btcpay:${paymentId}`;
  expect(await opened.database.read((stores) => stores.cases.findLiveCase(key))).toMatchObject({ paymentId });
});
