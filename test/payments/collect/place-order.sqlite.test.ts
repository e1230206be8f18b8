// Placing an order while providers refuse, hang and become unavailable: one open link, and no alert when the order gets one.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { storeActor } from '#kernel/actor.ts';
import { minute } from '#kernel/clock.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { type NewOrder, type PlacedOrder, placeOrder } from '#payments/collect/place-order.ts';
import { listAlerts } from '#test/support/builders/cases.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import {
  createScriptedProviders,
  rejected,
  type ScriptedProviders,
  unreachable,
} from '#test/support/fakes/scripted-providers.ts';
import { createTestDeps, detailsOf, showSnapshot, type TestDeps } from '#test/support/scenario-kits/payment-kit.ts';

let opened: TestDatabase;
let deps: TestDeps;
let providers: ScriptedProviders;
beforeEach(async () => {
  opened = await openTestDatabase();
  const made = createTestDeps(opened.database);
  providers = createScriptedProviders(['coinbase', 'btcpay'], made.clock);
  deps = { ...made, providers };
});
afterEach(() => opened.remove());

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
const admin = adminActor(42);

function placed(result: PlacedOrder): Extract<PlacedOrder, { kind: 'placed' }>['order'] {
  if (result.kind !== 'placed') throw new Error(`the order was not placed: ${result.kind}`);
  return result.order;
}

async function onlyOrder() {
  const [order] = await opened.database.read((stores) =>
    stores.orders.listOrders({ statuses: null, before: null, limit: 2 }),
  );
  if (order === undefined) throw new Error('there is no order');
  const payments = await opened.database.read((stores) => stores.payments.listPaymentsForOrder(order.id));
  return { order, payments };
}

async function openAlerts(): Promise<string[]> {
  const alerts = await opened.database.read((stores) => listAlerts(stores, ['open']));
  return alerts.map((alert) => alert.kind);
}

test('a request that is repeated while it is in progress makes one link, also at the second provider', async () => {
  const hanging = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  providers.onCreate('coinbase', async () => {
    asked.resolve();
    await hanging.promise;
    throw unreachable('coinbase');
  });
  const first = placeOrder(deps, request);
  await asked.promise;
  const second = placeOrder(deps, request);
  hanging.resolve();
  const links = [placed(await first), placed(await second)].map((order) => order.payment?.checkout_url);
  expect(providers.created).toEqual(['btcpay-1']);
  expect(links[0]).toBe(links[1]);
});

test('a repeat names the link of the first answer, although another one turned up meanwhile', async () => {
  providers.onCreate('coinbase', () => {
    throw unreachable('coinbase');
  });
  const answered = async () => {
    const result = await placeOrder(deps, request);
    return result.kind === 'placed' ? result.payment : undefined;
  };
  const first = await answered();
  expect(first?.provider).toBe('btcpay');
  const lost = (await onlyOrder()).payments.find(({ provider }) => provider === 'coinbase');
  if (lost === undefined) throw new Error('coinbase was not asked');
  await showSnapshot(deps, {
    paymentId: lost.id,
    shows: { state: 'open', checkoutUrl: 'https://coinbase.example/late' },
  });
  expect(await answered()).toEqual(first);
});

test('a repeat tells the expiry of the first answer, although the provider moved it meanwhile', async () => {
  const answered = async () => {
    const result = await placeOrder(deps, request);
    return result.kind === 'placed' ? result.payment?.expires_at : undefined;
  };
  const first = await answered();
  const [payment] = (await onlyOrder()).payments;
  if (payment === undefined) throw new Error('no payment');
  const expiresAt = deps.clock.now() + minute;
  await showSnapshot(deps, { paymentId: payment.id, shows: { state: 'open', expiresAt } });
  expect((await onlyOrder()).payments).toMatchObject([{ expiresAt }]);
  expect(await answered()).toBe(first);
});

test('a provider that refuses raises no alert when the next one takes the order', async () => {
  providers.onCreate('coinbase', () => {
    throw rejected('coinbase');
  });
  expect(placed(await placeOrder(deps, request)).payment?.provider).toBe('btcpay');
  expect(await openAlerts()).toEqual([]);
});

test('providers that all refuse raise one alert', async () => {
  for (const name of ['coinbase', 'btcpay'] as const) {
    providers.onCreate(name, () => {
      throw rejected(name);
    });
  }
  expect((await placeOrder(deps, request)).kind).toBe('provider_failed');
  expect(await openAlerts()).toEqual(['payment_not_created']);
});

test('an order that is cancelled while a provider hangs gets no link at the next one', async () => {
  providers.onCreate('coinbase', async () => {
    const { order } = await onlyOrder();
    await cancelOrder(deps, { orderId: order.id, actor: admin, reason: null });
    throw rejected('coinbase');
  });
  expect((await placeOrder(deps, request)).kind).toBe('provider_failed');
  expect(providers.created).toEqual([]);
});

test('a repeated request goes on at another provider when the first was switched off in between', async () => {
  for (const name of ['coinbase', 'btcpay'] as const) {
    providers.onCreate(name, () => {
      throw unreachable(name);
    });
  }
  expect((await placeOrder(deps, { ...request, provider: 'coinbase' })).kind).toBe('provider_failed');
  providers.switchOff('coinbase');
  providers.onCreate('btcpay', () => undefined);
  expect(placed(await placeOrder(deps, request)).payment?.provider).toBe('btcpay');
});

test('a new link is made elsewhere when the open one is of a provider that was switched off', async () => {
  const order = placed(await placeOrder(deps, request));
  expect(order.payment?.provider).toBe('coinbase');
  providers.switchOff('coinbase');
  const { order: stored } = await onlyOrder();
  const link = await createPaymentLink(deps, { orderId: stored.id, provider: 'auto', actor: admin });
  expect(link).toMatchObject({ kind: 'created', payment: { provider: 'btcpay' } });
});

test('an order that is paid or cancelled is given no link, although one of its payments is still open', async () => {
  providers.onCreate('coinbase', () => {
    throw unreachable('coinbase');
  });
  placed(await placeOrder(deps, request));
  const { order, payments } = await onlyOrder();
  const paid = payments.find((payment) => payment.provider === 'btcpay');
  if (paid === undefined) throw new Error('there is no payment at btcpay');
  await showSnapshot(deps, { paymentId: paid.id, shows: { state: 'confirmed', providerStatus: 'Settled' } });
  expect((await detailsOf(deps, paid.id)).order.status).toBe('paid');
  providers.onCreate('coinbase', () => undefined);
  const link = await createPaymentLink(deps, { orderId: order.id, provider: 'auto', actor: admin });
  expect(link).toEqual({ kind: 'refused', code: 'takes_no_payment', status: 'paid' });
  expect(providers.created).toEqual(['btcpay-1']);
});
