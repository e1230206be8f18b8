import { afterAll, beforeAll, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import type { PlacedOrder } from '#test/support/app-fixture/shop-client.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { forgeries } from '#test/support/providers/forgeries.ts';
import { type Delivery, sign } from '#test/support/providers/sign-webhook.ts';

const providers = providersThat('canCreate', 'canFetch');

// Webhooks are lost on their way, so that what was sent for the payment is known and nothing of it has arrived.
let app: AppFixture;
const orders = new Map<ProviderName, { order: PlacedOrder; genuine: Delivery }>();

beforeAll(async () => {
  app = await openAppFixture();
  for (const provider of providers) {
    app.sandbox.faults(provider).set({ dropWebhooks: 1 });
    const order = await app.placeOrder({ provider });
    await app.visit(order, 'pay_unconfirmed');
    await app.visit(order, 'confirm');
    app.clock.move(minute);
    await app.awaitOrder(order.id, ({ status }) => status === 'paid');
    const newest = (await app.webhooksOf(order)).at(-1);
    if (newest === undefined) throw new Error(`${provider} sent nothing`);
    orders.set(provider, { order, genuine: { headers: { ...newest.headers }, body: newest.body } });
  }
  await app.awaitQuiet();
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
});

function about(provider: ProviderName): { order: PlacedOrder; genuine: Delivery } {
  const known = orders.get(provider);
  if (known === undefined) throw new Error(`no order at ${provider}`);
  return known;
}

test.each(forgeries)('$provider: a webhook that $lie is refused and changes nothing', async ({ provider, of }) => {
  const { order, genuine } = about(provider);
  const before = await app.getOrder(order.id);
  const calls = app.sandbox.callLog(provider).length;
  const { clock, environment } = app;
  const answer = await app.postWebhook(provider, of(genuine, { now: clock.now(), environment }));
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  await app.awaitQuiet();
  expect(await app.getOrder(order.id)).toEqual(before);
  expect(app.sandbox.callLog(provider)).toHaveLength(calls);
});

test('forgeries raise one alert for each provider, which says what to check', async () => {
  await app.awaitQuiet();
  const cards = app.pagerMessages().filter(({ text }) => text.includes('Webhooks with a bad signature'));
  expect(cards).toHaveLength(providers.length);
  for (const provider of providers) {
    expect(cards.filter(({ text }) => text.includes(providerTitle(provider)))).toHaveLength(1);
  }
  expect(cards.every(({ text }) => text.includes('Payments are still found by polling.'))).toBe(true);
});

test.each(providers)('%s: a genuine webhook that is replayed is answered 200 and changes nothing', async (provider) => {
  const { order, genuine } = about(provider);
  const before = await app.getOrder(order.id);
  const first = await app.postWebhook(provider, genuine);
  expect(first.status).toBe(200);
  expect(first.text).toBe('');
  await app.awaitQuiet();
  const calls = app.sandbox.callLog(provider).length;
  for (let replay = 0; replay < 3; replay += 1) expect((await app.postWebhook(provider, genuine)).status).toBe(200);
  await app.awaitQuiet();
  expect(app.sandbox.callLog(provider)).toHaveLength(calls);
  const { updated_at: _before, ...rest } = before;
  expect(await app.getOrder(order.id)).toMatchObject(rest);
  expect(app.shop.heardOf(order.id)).toHaveLength(1);
});

test('a Coinbase webhook that is replayed after its five minutes is refused', async () => {
  const { genuine } = about('coinbase');
  app.clock.move(6 * minute);
  expect((await app.postWebhook('coinbase', genuine)).status).toBe(401);
});

test('a webhook about a payment that is not ours is taken in and changes nothing of ours', async () => {
  const before = await Promise.all(providers.map((provider) => app.getOrder(about(provider).order.id)));
  const foreign = app.sandbox.createForeign('btcpay', { amount: '5.00' });
  const { environment, clock } = app;
  const body = about('btcpay').genuine.body.replace(about('btcpay').order.id, foreign.reference);
  const secret = environment['BTCPAY_WEBHOOK_SECRET'] ?? '';
  const ours = await app.referenceOf(about('btcpay').order);
  const delivery = sign('btcpay', {
    headers: { 'content-type': 'application/json' },
    body: body.replaceAll(ours, foreign.reference).replaceAll(/eliveryId": "\w+"/g, 'eliveryId": "anotherDelivery"'),
    now: clock.now(),
    secret,
  });
  expect((await app.postWebhook('btcpay', delivery)).status).toBe(200);
  await app.awaitQuiet();
  const after = await Promise.all(providers.map((provider) => app.getOrder(about(provider).order.id)));
  expect(after).toEqual(before);
});

test('a body of more than 256 KiB is refused before it is read', async () => {
  const body = 'x'.repeat(256 * 1024 + 1);
  const answer = await app.postWebhook('btcpay', { headers: { 'btcpay-sig': 'sha256=00' }, body });
  expect(answer.status).toBe(413);
  const largest = await app.postWebhook('btcpay', { headers: { 'btcpay-sig': 'sha256=00' }, body: body.slice(1) });
  expect(largest.status).toBe(401);
});

test('a provider that does not exist, or is off, answers 404', async () => {
  const { genuine } = about('coinbase');
  expect((await app.postWebhook('stripe', genuine)).status).toBe(404);
  expect((await app.postWebhook('payhip', genuine)).status).toBe(404);
  await using small = await openAppFixture({
    env: { COINBASE_API_KEY_ID: '', COINBASE_API_KEY_SECRET: '', COINBASE_WEBHOOK_SECRET: '', COINBASE_API_URL: '' },
  });
  expect((await small.postWebhook('coinbase', genuine)).status).toBe(404);
});
