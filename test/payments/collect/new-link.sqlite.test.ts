// A new link for an order: when there is one already, when the order had run out, and when the provider asks for the wrong sum.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { storeActor } from '#kernel/actor.ts';
import { day, hour, minute } from '#kernel/clock.ts';
import { asProviderReference, type OrderId } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { createPaymentLink, type PaymentLink } from '#payments/collect/create-payment-link.ts';
import { expireOrders } from '#payments/collect/expire-orders.ts';
import { type NewOrder, placeOrder } from '#payments/collect/place-order.ts';
import { loadOrderView, type OrderView } from '#payments/lifecycle/order-view.ts';
import type { PaymentProvider } from '#payments/ports/payment-provider.ts';
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
beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['btcpay'], made.clock);
  deps = { ...made, providers };
});
afterEach(() => opened.remove());

const admin = adminActor(42);
const newLink = (orderId: OrderId): Promise<PaymentLink> =>
  createPaymentLink(deps, { orderId, provider: 'auto', actor: admin });

test('asking for a new link is recorded also when the open one is the answer', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: {} });
  const { order } = await detailsOf(deps, paymentId);
  expect(await newLink(order.id)).toMatchObject({ kind: 'created', payment: { id: paymentId } });
  const audit = await opened.database.read((stores) =>
    stores.audit.listAudit({ subject: `order:${order.id}`, limit: 9 }),
  );
  expect(audit).toMatchObject([
    { action: 'order.new_link', actorId: admin.id, details: { paymentId, isExisting: true } },
  ]);
});

async function getOrderView(orderId: OrderId): Promise<OrderView> {
  return opened.database.read(async (stores) => {
    const order = await stores.orders.findOrder(orderId);
    if (order === undefined) throw new Error('the order vanished');
    return loadOrderView(stores, order);
  });
}

async function announced(type: string): Promise<{ webhookId: string; expiresAt: string }[]> {
  const now = deps.clock.now();
  const claim = { lane: 'shop', now, lockedUntil: now + minute, lockedBy: 'test', limit: 100, suspectedPoison: false };
  const messages = await opened.database.transaction((stores) => stores.outbox.claimDue(claim));
  return messages
    .filter(({ payload }) => payload['type'] === type)
    .map(({ payload }) => {
      const { expires_at: expiresAt } = payload['order'] as { expires_at: string };
      return { webhookId: String(payload['webhookId']), expiresAt };
    });
}

test('a reopened order gets a new expiry, and its second expiry is announced again', async () => {
  const first = await placeTestOrder(deps);
  const { order } = await detailsOf(deps, first);
  deps.clock.advance(2 * hour);
  await showSnapshot(deps, { paymentId: first, shows: { state: 'expired' } });
  const link = await newLink(order.id);
  if (link.kind !== 'created') throw new Error(`no link: ${link.kind}`);
  const reopenedUntil = deps.clock.now() + hour;
  expect((await detailsOf(deps, first)).order).toMatchObject({ status: 'awaiting_payment', expiresAt: reopenedUntil });
  expect(link.order.expires_at).toBe(new Date(reopenedUntil).toISOString());

  deps.clock.advance(2 * hour);
  const closed = { state: 'expired', reference: asProviderReference('btcpay-1') } as const;
  await showSnapshot(deps, { paymentId: link.payment.id, shows: closed });
  // Another fetch, and the job that expires orders, change nothing.
  await showSnapshot(deps, { paymentId: link.payment.id, shows: closed });
  await expireOrders(deps, { limit: 9 });
  const facts = await announced('order.expired');
  expect(facts.map(({ expiresAt }) => Date.parse(expiresAt))).toEqual([order.expiresAt, reopenedUntil]);
  expect(new Set(facts.map(({ webhookId }) => webhookId)).size).toBe(2);
});

const wrong = { requested: { amount: '48.00', asset: 'USD' } } as const;

async function mismatchAlerts(): Promise<string[]> {
  const alerts = await opened.database.read((stores) => listAlerts(stores, ['open', 'resolved']));
  const own = alerts.filter(({ kind }) => kind === 'payment_mismatch');
  return own.map(({ status, occurrences }) => `${status} ${occurrences}`);
}

test('an amount that a provider changes under an unchanged status raises one alert, until it asks for the right one', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: {} });
  deps.clock.advance(minute);
  await showSnapshot(deps, { paymentId, shows: wrong });
  await showSnapshot(deps, { paymentId, shows: wrong });
  const mismatched = await detailsOf(deps, paymentId);
  expect(mismatched.order.status).toBe('needs_attention');
  expect(mismatched.payment).toMatchObject({ status: 'created', mismatchedAt: deps.clock.now() });
  expect(mismatched.payment.nextPollAt).not.toBeNull();
  expect(await mismatchAlerts()).toEqual(['open 1']);
  await showSnapshot(deps, { paymentId, shows: {} });
  expect((await detailsOf(deps, paymentId)).payment.mismatchedAt).toBeNull();
  expect(await mismatchAlerts()).toEqual(['resolved 1']);
});

test('a link that asks for the wrong amount is not given out any more', async () => {
  const paymentId = await placeTestOrder(deps);
  const checkoutUrl = 'https://pay.example.org/wrong';
  await showSnapshot(deps, { paymentId, shows: { ...wrong, checkoutUrl } });
  const { order } = await detailsOf(deps, paymentId);
  const shown = await getOrderView(order.id);
  expect(shown.payment).toMatchObject({ id: paymentId, checkout_url: null });
  const link = await newLink(order.id);
  if (link.kind !== 'created') throw new Error(`no link: ${link.kind}`);
  expect(link.payment.id).not.toBe(paymentId);
  expect(link.order.payment?.checkout_url).toBe('https://pay.example.org/i/btcpay-1');
});

test('a link that is not polled any more after a week is not reused', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: {} });
  deps.clock.advance(8 * day);
  await showSnapshot(deps, { paymentId, shows: {} });
  const stuck = 'payment_stuck';
  const { order } = await detailsOf(deps, paymentId);
  const find = () => opened.database.read((stores) => stores.cases.findLiveCase(`${stuck}:${order.id}`));
  expect(await find()).toMatchObject({ kind: stuck, facts: { headline: 'Payment is still open after a week' } });
  const link = await newLink(order.id);
  expect(link).toMatchObject({ kind: 'created', payment: { provider: 'btcpay', status: 'created' } });
  expect(link.kind === 'created' && link.payment.id).not.toBe(paymentId);
  expect(await find()).toBeUndefined();
});

/** From here on everything that is created at this provider asks for another amount. */
function misquoting(registry: ScriptedProviders, name: ProviderName): TestDeps['providers'] {
  const wrap = (provider: PaymentProvider): PaymentProvider => {
    if (provider.name !== name) return provider;
    return { ...provider, createPayment: async (asked) => ({ ...(await provider.createPayment(asked)), ...wrong }) };
  };
  return {
    ...registry,
    list: () => registry.list().map(wrap),
    find: (wanted) => {
      const found = registry.find(wanted);
      return found && wrap(found);
    },
  };
}

test('a new link that comes back with the wrong amount is no link', async () => {
  const paymentId = await placeTestOrder(deps);
  await showSnapshot(deps, { paymentId, shows: { state: 'expired' } });
  const { order } = await detailsOf(deps, paymentId);
  deps = { ...deps, providers: misquoting(providers, 'btcpay') };
  expect(await newLink(order.id)).toMatchObject({ kind: 'provider_failed', isRejected: true });
  expect(await mismatchAlerts()).toEqual(['open 1']);
});

test('an order whose first provider asks for the wrong amount is paid at the next one, also when repeated', async () => {
  deps = { ...deps, providers: misquoting(createScriptedProviders(['coinbase', 'btcpay'], deps.clock), 'coinbase') };
  const request: NewOrder = {
    idempotencyKey: 'cart-1',
    bodyHash: 'hash',
    origin: 'store',
    actor: storeActor,
    provider: 'auto',
    items: [{ sku: null, name: 'Field Guide', quantity: 1, unitAmountMinor: 4_900 }],
    currency: 'USD',
    customerEmail: null,
    customerName: null,
    redirectUrl: null,
    metadata: {},
    reference: null,
    note: null,
  };
  for (const isRepeat of [false, true]) {
    const placed = await placeOrder(deps, request);
    expect(placed).toMatchObject({ kind: 'placed', isRepeat, order: { payment: { provider: 'btcpay' } } });
  }
  expect(await placeOrder(deps, { ...request, idempotencyKey: 'cart-2', provider: 'coinbase' })).toMatchObject({
    kind: 'provider_failed',
    provider: 'coinbase',
    message: 'It collects another amount than we asked for.',
  });
});
