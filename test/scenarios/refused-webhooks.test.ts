import { afterAll, beforeAll, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { providersThat } from '#test/support/abilities.ts';
import { type House, openHouse } from '#test/support/house.ts';
import type { PlacedOrder } from '#test/support/house-client.ts';
import { forgeries } from '#test/support/house-forgeries.ts';
import { type Delivery, sign } from '#test/support/sign-webhook.ts';

const providers = providersThat('canCreate', 'canFetch');

// Webhooks are lost on their way, so that what was sent for the payment is known and nothing of it has arrived.
let house: House;
const orders = new Map<ProviderName, { order: PlacedOrder; genuine: Delivery }>();

beforeAll(async () => {
  house = await openHouse();
  for (const provider of providers) {
    house.sandbox.faults(provider).set({ dropWebhooks: 1 });
    const order = await house.placeOrder({ provider });
    await house.visit(order, 'pay_unconfirmed');
    await house.visit(order, 'confirm');
    house.clock.move(minute);
    await house.awaitOrder(order.id, ({ status }) => status === 'paid');
    const newest = (await house.webhooksOf(order)).at(-1);
    if (newest === undefined) throw new Error(`${provider} sent nothing`);
    orders.set(provider, { order, genuine: { headers: { ...newest.headers }, body: newest.body } });
  }
  await house.awaitQuiet();
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

function about(provider: ProviderName): { order: PlacedOrder; genuine: Delivery } {
  const known = orders.get(provider);
  if (known === undefined) throw new Error(`no order at ${provider}`);
  return known;
}

test.each(forgeries)('$provider: a webhook that $lie is refused and changes nothing', async ({ provider, of }) => {
  const { order, genuine } = about(provider);
  const before = await house.getOrder(order.id);
  const calls = house.sandbox.callLog(provider).length;
  const { clock, environment } = house;
  const answer = await house.postWebhook(provider, of(genuine, { now: clock.now(), environment }));
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  await house.awaitQuiet();
  expect(await house.getOrder(order.id)).toEqual(before);
  expect(house.sandbox.callLog(provider)).toHaveLength(calls);
});

test('forgeries ring once for each provider, and say what to look at', async () => {
  await house.awaitQuiet();
  const cards = house.pagerMessages().filter(({ text }) => text.includes('Webhooks with a bad signature'));
  expect(cards).toHaveLength(providers.length);
  for (const provider of providers) {
    expect(cards.filter(({ text }) => text.includes(providerTitle(provider)))).toHaveLength(1);
  }
  expect(cards.every(({ text }) => text.includes('Payments are still found by polling.'))).toBe(true);
});

test.each(providers)('%s: a genuine webhook that is replayed is answered 200 and changes nothing', async (provider) => {
  const { order, genuine } = about(provider);
  const before = await house.getOrder(order.id);
  const first = await house.postWebhook(provider, genuine);
  expect(first.status).toBe(200);
  expect(first.text).toBe('');
  await house.awaitQuiet();
  const calls = house.sandbox.callLog(provider).length;
  for (let replay = 0; replay < 3; replay += 1) expect((await house.postWebhook(provider, genuine)).status).toBe(200);
  await house.awaitQuiet();
  expect(house.sandbox.callLog(provider)).toHaveLength(calls);
  const { updated_at: _before, ...rest } = before;
  expect(await house.getOrder(order.id)).toMatchObject(rest);
  expect(house.shop.heardOf(order.id)).toHaveLength(1);
});

test('a Coinbase webhook that is replayed after its five minutes is refused', async () => {
  const { genuine } = about('coinbase');
  house.clock.move(6 * minute);
  expect((await house.postWebhook('coinbase', genuine)).status).toBe(401);
});

test('a webhook about a payment that is not ours is taken in and changes nothing of ours', async () => {
  const before = await Promise.all(providers.map((provider) => house.getOrder(about(provider).order.id)));
  const foreign = house.sandbox.createForeign('btcpay', { amount: '5.00' });
  const { environment, clock } = house;
  const body = about('btcpay').genuine.body.replace(about('btcpay').order.id, foreign.reference);
  const secret = environment['BTCPAY_WEBHOOK_SECRET'] ?? '';
  const ours = await house.referenceOf(about('btcpay').order);
  const delivery = sign('btcpay', {
    headers: { 'content-type': 'application/json' },
    body: body.replaceAll(ours, foreign.reference).replaceAll(/eliveryId": "\w+"/g, 'eliveryId": "anotherDelivery"'),
    now: clock.now(),
    secret,
  });
  expect((await house.postWebhook('btcpay', delivery)).status).toBe(200);
  await house.awaitQuiet();
  const after = await Promise.all(providers.map((provider) => house.getOrder(about(provider).order.id)));
  expect(after).toEqual(before);
});

test('a body of more than 256 KiB is refused before it is read', async () => {
  const body = 'x'.repeat(256 * 1024 + 1);
  const answer = await house.postWebhook('btcpay', { headers: { 'btcpay-sig': 'sha256=00' }, body });
  expect(answer.status).toBe(413);
  const largest = await house.postWebhook('btcpay', { headers: { 'btcpay-sig': 'sha256=00' }, body: body.slice(1) });
  expect(largest.status).toBe(401);
});

test('a provider that does not exist, or is off, answers 404', async () => {
  const { genuine } = about('coinbase');
  expect((await house.postWebhook('stripe', genuine)).status).toBe(404);
  expect((await house.postWebhook('payhip', genuine)).status).toBe(404);
  await using small = await openHouse({
    env: { COINBASE_API_KEY_ID: '', COINBASE_API_KEY_SECRET: '', COINBASE_WEBHOOK_SECRET: '', COINBASE_API_URL: '' },
  });
  expect((await small.postWebhook('coinbase', genuine)).status).toBe(404);
});
