// Polling and expiry go on for the others when some payments are stuck: what stands at the head of a list must not hold
// up what stands behind it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { expireOrders } from '#payments/collect/expire-orders.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import type { PaymentProvider, ProviderHealth, ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { checkOrder } from '#payments/sync/check-order.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { capabilities } from '#test/support/providers/capabilities.ts';
import { createTestDeps, detailsOf, placeTestOrder, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let asked: string[];
let shown: Map<string, Partial<PaymentSnapshot>>;
let down: Set<ProviderName>;
beforeEach(async () => {
  opened = await openTestDatabase();
  asked = [];
  shown = new Map();
  down = new Set();
  deps = { ...createTestDeps(opened.database), providers: twoProviders() };
});
afterEach(() => opened.remove());

function twoProviders(): ProviderRegistry {
  const never = (): never => {
    throw new Error('not asked for here');
  };
  const provider = (name: ProviderName): PaymentProvider => ({
    name,
    capabilities: capabilities({ canCancel: false }),
    refunds: null,
    fees: null,
    quote: never,
    createPayment: never,
    listPayments: never,
    cancelPayment: never,
    verifyWebhook: never,
    findCreatedPayment: never,
    probe: never,
    checkSetUp: never,
    fetchPayment(reference) {
      asked.push(reference);
      const look = { provider: name, reference, observedAt: deps.clock.now(), ...shown.get(reference) };
      return Promise.resolve(aSnapshot(look));
    },
  });
  const both = { coinbase: provider('coinbase'), btcpay: provider('btcpay') };
  const health = (name: ProviderName): ProviderHealth => ({
    provider: name,
    breaker: down.has(name) ? 'open' : 'closed',
    openedAt: null,
    lastError: null,
    lastSuccessAt: null,
    failingSince: null,
    retiredAt: null,
    dashboardUrl: null,
  });
  return { list: () => Object.values(both), find: (name) => both[name as keyof typeof both], health };
}

function due(provider: ProviderName, reference: string): Promise<PaymentId> {
  const nextPollAt = deps.clock.now();
  deps.clock.advance(1);
  return placeTestOrder(deps, { provider, reference: asProviderReference(reference), nextPollAt });
}

test('payments of an unavailable provider do not keep those of another from being polled', async () => {
  for (let made = 0; made < 5; made += 1) await due('coinbase', `away-${made}`);
  await due('btcpay', 'here');
  down.add('coinbase');
  await pollPayments(deps, { limit: 3 });
  expect(asked).toEqual(['here']);
  down.clear();
  await pollPayments(deps, { limit: 9 });
  expect(asked.filter((reference) => reference.startsWith('away'))).toHaveLength(5);
});

test('payments of a decommissioned provider are not polled until it is called again', async () => {
  await due('coinbase', 'gone');
  const { health } = deps.providers;
  const asDecommissioned = (name: ProviderName): ProviderHealth | undefined => {
    const known = health(name);
    return known && { ...known, retiredAt: name === 'coinbase' ? 1 : null };
  };
  expect(
    await pollPayments({ ...deps, providers: { ...deps.providers, health: asDecommissioned } }, { limit: 9 }),
  ).toEqual({
    polled: 0,
    changed: 0,
    failed: 0,
  });
  await pollPayments(deps, { limit: 9 });
  expect(asked).toEqual(['gone']);
});

test('payments that cannot be fetched do not keep others from being polled, and are polled again', async () => {
  for (let made = 0; made < 6; made += 1) {
    await due('btcpay', `broken-${made}`);
    shown.set(`broken-${made}`, { requested: { amount: 'a lot', asset: 'USD' } });
  }
  const sound = await due('btcpay', 'sound');
  shown.set('sound', { state: 'confirmed', providerStatus: 'Settled' });
  expect(await pollPayments(deps, { limit: 50 })).toEqual({ polled: 7, changed: 1, failed: 6 });
  expect((await detailsOf(deps, sound)).payment.status).toBe('paid');
  asked = [];
  await pollPayments(deps, { limit: 50 });
  expect(asked).toEqual([]);
  deps.clock.advance(20 * second);
  await pollPayments(deps, { limit: 50 });
  expect(asked).toHaveLength(6);
});

test('orders that wait for a payment in progress do not keep others from expiring', async () => {
  const stuck = [await due('btcpay', 'a'), await due('btcpay', 'b'), await due('btcpay', 'c')];
  const over = await placeTestOrder(deps, { status: 'failed', creation: 'refused' });
  deps.clock.advance(2 * hour);
  expect(await expireOrders(deps, { limit: 2 })).toEqual({ expired: 1 });
  expect((await detailsOf(deps, over)).order.status).toBe('expired');
  for (const id of stuck) expect((await detailsOf(deps, id)).order.status).toBe('awaiting_payment');
});

async function stuckAlerts(): Promise<string[]> {
  const alerts = await opened.database.read((stores) => listAlerts(stores, ['open', 'resolved']));
  return alerts.map(({ kind, status, actions, outcome }) => `${kind} ${status}: ${outcome ?? actions.join(', ')}`);
}

test('a payment that is still open after a week raises one alert before it is not polled any more', async () => {
  const paymentId = await due('btcpay', 'endless');
  shown.set('endless', { state: 'processing', providerStatus: 'Processing' });
  await pollPayments(deps, { limit: 9 });
  deps.clock.advance(7 * day - minute);
  await pollPayments(deps, { limit: 9 });
  expect(await stuckAlerts()).toEqual([]);
  for (let week = 0; week < 3; week += 1) {
    deps.clock.advance(7 * day);
    await pollPayments(deps, { limit: 9 });
  }
  expect((await detailsOf(deps, paymentId)).payment.nextPollAt).toBeNull();
  expect(asked).toHaveLength(3);
  expect(await stuckAlerts()).toEqual(['payment_stuck open: check_again, new_payment_link']);

  shown.set('endless', { state: 'invalid', providerStatus: 'Invalid' });
  await checkOrder(deps, { orderId: (await detailsOf(deps, paymentId)).order.id, actor: adminActor(42) });
  expect(await stuckAlerts()).toContain('payment_stuck resolved: The payment is failed now.');
});

test('it raises one as well when its provider is not configured any more', async () => {
  const paymentId = await due('bitpay', 'gone');
  deps.clock.advance(8 * day);
  await pollPayments(deps, { limit: 9 });
  expect((await detailsOf(deps, paymentId)).payment).toMatchObject({ status: 'created', nextPollAt: null });
  expect(await stuckAlerts()).toContain('payment_stuck open: check_again, new_payment_link');
});
