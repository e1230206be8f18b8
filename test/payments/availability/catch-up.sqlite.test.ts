// Payments that changed while a provider was unavailable are updated when it answers again.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Case } from '#cases/case.ts';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import { type CatchUp, createCatchUp } from '#payments/availability/catch-up.ts';
import { settleProbe } from '#payments/availability/settle-probe.ts';
import type { Outage } from '#payments/model/outage.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { ProviderRejected } from '#payments/ports/provider-errors.ts';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { createScriptedProviders, type ScriptedProviders } from '#test/support/fakes/scripted-providers.ts';
import {
  createTestDeps,
  detailsOf,
  placeTestOrder,
  showSnapshot,
  type TestDeps,
} from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
let catchUp: CatchUp;
const actor = { kind: 'job', id: 'watch-providers' } as const;
const paid: Partial<PaymentSnapshot> = {
  state: 'confirmed',
  providerStatus: 'Settled',
  settlement: { expected: '49.00', received: '49.00', asset: 'USD' },
};

beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  // What is waited for in between takes no time.
  const clock = { ...made.clock, pause: async (ms: number) => made.clock.advance(ms) };
  providers = createScriptedProviders(['btcpay'], clock);
  deps = { ...made, clock, providers };
  catchUp = createCatchUp(deps, { reconcile: createReconciler(deps) });
});
afterEach(() => opened.remove());

async function place(reference: string, shows: Partial<PaymentSnapshot> = {}): Promise<PaymentId> {
  const paymentId = await placeTestOrder(deps, {
    reference: asProviderReference(reference),
    creation: 'confirmed',
    nextPollAt: deps.clock.now(),
  });
  providers.shows(reference, { paymentId, createdAt: deps.clock.now(), ...shows });
  return paymentId;
}

/** The provider is unavailable for an hour, and answers again. */
async function beUnavailableForAnHour(): Promise<void> {
  const probe = { kind: 'fails', why: 'probe: HTTP 503', readAsDecommissioned: null, isConfirmed: true } as const;
  providers.feels('btcpay', { failingSince: deps.clock.now() });
  await settleProbe(deps, { provider: 'btcpay', probe, actor });
  deps.clock.advance(hour - 30 * second);
  await settleProbe(deps, { provider: 'btcpay', probe, actor });
  deps.clock.advance(30 * second);
  await settleProbe(deps, { provider: 'btcpay', probe: { kind: 'answers' }, actor });
}

async function newestOutage(): Promise<Outage> {
  const [outage] = await opened.database.read((stores) => stores.outages.listOutages({ provider: null, limit: 1 }));
  if (outage === undefined) throw new Error('there is no outage');
  return outage;
}

async function onlyAlert(): Promise<Case> {
  const query = { statuses: ['open', 'resolved'] as const, before: null, limit: 9 };
  const alerts = await opened.database.read((stores) => listAlerts(stores, query.statuses));
  const own = alerts.filter(({ kind }) => kind === 'provider_down');
  if (own.length !== 1 || own[0] === undefined) throw new Error(`${own.length} alerts`);
  return own[0];
}

test('payments made during the outage are found at once, and the alert ends with the outcome', async () => {
  await place('paid-meanwhile', paid);
  await place('still-open');
  providers.lists('btcpay', ['paid-meanwhile', 'still-open']);
  await beUnavailableForAnHour();
  expect(await catchUp({})).toEqual({ finished: 1, fetched: 2 });
  expect(await newestOutage()).toMatchObject({
    status: 'over',
    lookedCount: 2,
    recoveredCount: 1,
    lostCount: 0,
    endedAt: deps.clock.now(),
  });
  const alert = await onlyAlert();
  expect(alert).toMatchObject({ status: 'resolved', occurrences: 1 });
  expect(alert.outcome).toBe('It answers again: unavailable for 60 minutes, 1 payment recovered, 0 lost.');
  expect(await catchUp({})).toEqual({ finished: 0, fetched: 0 });
});

test('a payment that a webhook changed before it was fetched counts as recovered too', async () => {
  const paymentId = await place('told-first');
  providers.lists('btcpay', ['told-first']);
  await beUnavailableForAnHour();
  await showSnapshot(deps, { paymentId, shows: { ...paid, reference: asProviderReference('told-first') } });
  providers.shows('told-first', paid);
  await catchUp({});
  expect(await newestOutage()).toMatchObject({ recoveredCount: 1, lostCount: 0 });
});

test('a payment that changed before the outage, or was made after it, does not count', async () => {
  const before = await place('before');
  await showSnapshot(deps, { paymentId: before, shows: { ...paid, reference: asProviderReference('before') } });
  providers.shows('before', paid);
  await beUnavailableForAnHour();
  deps.clock.advance(second);
  await place('after', paid);
  providers.lists('btcpay', ['before', 'after']);
  await catchUp({});
  expect(await newestOutage()).toMatchObject({ recoveredCount: 0, lostCount: 0 });
});

test('a payment that polling had given up on is found in the list of the provider', async () => {
  const paymentId = await place('given-up', paid);
  await opened.database.transaction(async (stores) => {
    const payment = await stores.payments.findPayment(paymentId);
    if (payment === undefined) throw new Error('the payment vanished');
    await stores.payments.changePayment(payment, { nextPollAt: null, updatedAt: deps.clock.now() });
  });
  providers.lists('btcpay', ['given-up']);
  await beUnavailableForAnHour();
  await catchUp({});
  expect((await detailsOf(deps, paymentId)).payment.status).toBe('paid');
  expect(await newestOutage()).toMatchObject({ lookedCount: 0, recoveredCount: 1 });
});

test('a payment that the provider does not know any more is lost, and named', async () => {
  const paymentId = await place('vanished');
  const provider = providers.find('btcpay');
  if (provider === undefined) throw new Error('btcpay is off');
  const words = { provider: 'btcpay', operation: 'fetch_payment', code: 'invoice-not-found', httpStatus: 404 } as const;
  provider.fetchPayment = async () => {
    throw new ProviderRejected({ ...words, message: 'fetch_payment: HTTP 404' });
  };
  deps.providers = { ...providers, list: () => [provider], find: () => provider };
  catchUp = createCatchUp(deps, { reconcile: createReconciler(deps) });
  await beUnavailableForAnHour();
  await catchUp({});
  expect(await newestOutage()).toMatchObject({ lookedCount: 1, recoveredCount: 0, lostCount: 1 });
  const { order } = await detailsOf(deps, paymentId);
  const alert = await onlyAlert();
  expect(alert.outcome).toContain('0 payments recovered, 1 lost');
  expect(alert.facts.detail).toContain(`Not found: T-${order.number}.`);
});

test('a payment made during the outage that the provider’s list does not have is lost; an older one is not counted', async () => {
  await place('old');
  deps.clock.advance(day);
  const during = await place('during');
  await place('listed');
  providers.lists('btcpay', ['listed']);
  await beUnavailableForAnHour();
  await catchUp({});
  expect(await newestOutage()).toMatchObject({ lostCount: 1 });
  const { order } = await detailsOf(deps, during);
  expect((await onlyAlert()).facts.detail).toBe(`Not found: T-${order.number}.`);
});

test('an order whose create was never answered is named, unless another provider took it, and no money of it is lost', async () => {
  const unserved = await placeTestOrder(deps, { creation: 'requested', nextPollAt: deps.clock.now() });
  const served = await placeTestOrder(deps, { creation: 'requested', nextPollAt: deps.clock.now() });
  const { order, payment } = await detailsOf(deps, served);
  await opened.database.transaction((stores) =>
    stores.payments.insertPayment({
      ...payment,
      id: `${payment.id}x` as PaymentId,
      orderId: order.id,
      provider: 'coinbase',
      creation: 'confirmed',
      reference: asProviderReference('elsewhere'),
    }),
  );
  providers.lists('btcpay', []);
  await beUnavailableForAnHour();
  await catchUp({});
  expect(await newestOutage()).toMatchObject({ lookedCount: 2, lostCount: 0 });
  const { order: unservedOrder } = await detailsOf(deps, unserved);
  expect((await onlyAlert()).facts.detail).toBe(`Got no payment link: T-${unservedOrder.number}.`);
});

test('when the provider cannot list payments the alert says so', async () => {
  await place('a', paid);
  await beUnavailableForAnHour();
  await catchUp({});
  expect(await newestOutage()).toMatchObject({ status: 'over', recoveredCount: 1, lostCount: 0 });
  expect((await onlyAlert()).facts.detail).toContain('Its list was not compared');
});

test('a provider that becomes unavailable again is caught up with when it answers again', async () => {
  const paymentId = await place('a', paid);
  providers.lists('btcpay', ['a']);
  await beUnavailableForAnHour();
  providers.feels('btcpay', { breaker: 'open' });
  expect(await catchUp({})).toEqual({ finished: 0, fetched: 0 });
  expect(await newestOutage()).toMatchObject({ status: 'catching_up' });
  providers.feels('btcpay', { breaker: 'closed' });
  expect(await catchUp({})).toEqual({ finished: 1, fetched: 1 });
  expect((await detailsOf(deps, paymentId)).payment.status).toBe('paid');
});

test('the most overdue payments are fetched first, and the card shows the progress', async () => {
  const looked: string[] = [];
  const places = { sixth: 60, third: 30, first: 10, fifth: 50, second: 20, fourth: 40 };
  for (const [reference, minutes] of Object.entries(places)) {
    const paymentId = await placeTestOrder(deps, {
      reference: asProviderReference(reference),
      creation: 'confirmed',
      nextPollAt: deps.clock.now() + minutes * minute,
    });
    providers.shows(reference, { paymentId });
  }
  const provider = providers.find('btcpay');
  if (provider === undefined) throw new Error('btcpay is off');
  const { fetchPayment } = provider;
  const cards: (string | null)[] = [];
  provider.fetchPayment = async (reference, options) => {
    looked.push(reference);
    deps.clock.advance(6 * second);
    const live = await opened.database.read((stores) => stores.cases.findLiveCase('provider_down:btcpay'));
    cards.push(live?.facts.detail ?? null);
    return fetchPayment(reference, options);
  };
  deps.providers = { ...providers, list: () => [provider], find: () => provider };
  catchUp = createCatchUp(deps, { reconcile: createReconciler(deps) });
  await beUnavailableForAnHour();
  await catchUp({});
  expect(looked.slice(0, 6)).toEqual(['first', 'second', 'third', 'fourth', 'fifth', 'sixth']);
  expect(cards[0]).toBe('Checking its open payments.');
  expect(cards.at(-1)).toMatch(/^Checked \d of 6 open payments\.$/);
});
