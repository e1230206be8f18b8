// Canary secrets are planted in every secret setting, in bodies and in headers; then the app lives through a bad day, and
// its log and its answers are searched for them.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settings } from '#config/settings.ts';
import { hour } from '#kernel/clock.ts';
import { providerNames } from '#kernel/provider-name.ts';
import { simulators } from '#sandbox/providers/registry.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  licensed,
  paidBody,
  pathOf,
  secretOf,
  sellerAt,
  setSecret,
  tell,
} from '#test/support/app-fixture/payhip-seller.ts';
import type { Answer, PlacedOrder } from '#test/support/app-fixture/shop-client.ts';
import { adminBot, owner, pagerBot } from '#test/support/app-fixture/world.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { sign } from '#test/support/providers/sign-webhook.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const providers = providersThat('canCreate', 'canFetch');

/** Second values, as in a rotation: they are never sent by anybody, and show that all of a list is struck out. */
const planted: Readonly<Record<string, string>> = {
  TELEGRAM_BOT_TOKEN: '333:CANARYadminCANARYadminCANARYadminCA',
  TELEGRAM_PAGER_TOKEN: '444:CANARYpagerCANARYpagerCANARYpagerCA',
  ...Object.assign({}, ...providerNames.map((name) => cases[name].canaries.rotated)),
  STORE_API_KEY: 'CANARY-key-of-the-shop-that-follows',
  STORE_WEBHOOK_SECRET: `whsec_${Buffer.from('CANARY key of the shop that follows').toString('base64')}`,
};

/** Secrets of one value only: they are planted as wrong ones at the end of the day. */
const wrong: Readonly<Record<string, string>> = Object.assign(
  {},
  ...providerNames.map((name) => cases[name].canaries.single),
);

const customer = { email: 'canary.customer@example.org', name: 'Canary Birdsong' };

let app: AppFixture;
/** The settings as the first part of the day had them. */
const firstValues = new Map<string, string>();
let paid: PlacedOrder;
const answers: Answer[] = [];

beforeAll(async () => {
  const bearers = { TELEGRAM_WEBHOOK_SECRET: 'CANARY-telegram-webhook', METRICS_TOKEN: 'CANARY-bearer-of-the-scrapes' };
  app = await openAppFixture({ env: { LOG_LEVEL: 'trace', ...bearers } });
  const { environment, shop } = app;
  for (const [name, canary] of Object.entries(planted)) environment[name] = `${environment[name]},${canary}`;
  environment['STORE_WEBHOOK_URL'] = `${shop.url}?token=CANARY-in-the-address`;
  for (const [name, value] of Object.entries(environment)) firstValues.set(name, value);
  await app.restart();
  paid = await aGoodOrder();
  await aSaleElsewhere();
  await badWebhooks();
  await badRequests();
  await providersFail();
  await theShopAndTelegramFail();
  await wrongCredentials();
}, 60_000);
afterAll(async () => {
  await app[Symbol.asyncDispose]();
});

async function aGoodOrder(): Promise<PlacedOrder> {
  const order = await app.placeOrder({ provider: 'btcpay', ...customer, metadata: { voucher: 'CANARY-voucher' } });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.shop.heardOf(order.id).length > 0, { what: 'the announcement' });
  await app.ask(`/order ${order.number}`, ({ text }) => text.includes(order.number));
  return order;
}

/** At the shop that sells by itself: a license that is verified with a secret from the chat, and lies at its address. */
async function aSaleElsewhere(): Promise<void> {
  const seller = sellerAt(app);
  await addProduct(app, licensed.words);
  await setSecret(app, 'FIELDNOTES', secretOf(app, licensed.key));
  const { id } = seller.buy({ productKey: licensed.key, email: customer.email });
  await awaitSale(app, id, ({ status }) => status === 'paid');
  app.sandbox.faults('payhip').set({ failRate: 1, failKinds: ['5xx'] });
  const before = app.logLines.length;
  seller.buy({ productKey: licensed.key, email: customer.email });
  const isPutBack = (line: string): boolean => line.includes('message put back');
  await awaitUntil(() => app.logLines.slice(before).some(isPutBack), { what: 'a license that cannot be looked at' });
  app.sandbox.faults('payhip').reset();
  const forged = { license: 'CANARY-license', items: [{ license_key: 'CANARY-license', product_name: 'CANARY' }] };
  for (const path of [pathOf(app), 'payhip/CANARY-guessed-path', 'payhip']) {
    answers.push(await tell(app, paidBody(app, { ...forged, signature: 'CANARY-signature' }), path));
    answers.push(await tell(app, paidBody(app, { ...forged, signature: 'ca'.repeat(32) }), path));
    answers.push(await tell(app, paidBody(app, { type: 'paid', id: 'CANARY-id', price: 'CANARY' }), path));
    answers.push(await tell(app, '{"CANARY-no-json', path));
    answers.push(await tell(app, `"${'CANARY'.repeat(12_000)}"`, path));
  }
}

/** What only Payhip has: it opens doors, or is what the customer paid for. */
function secretsOfSales(): string[] {
  const keys = [...sellerAt(app).licenses.keys()];
  const apiKeys = firstValues.get('PAYHIP_API_KEY')?.split(',') ?? [];
  const signatures = apiKeys.map((key) => createHash('sha256').update(key).digest('hex'));
  return [...keys, secretOf(app, licensed.key), ...signatures];
}

async function badWebhooks(): Promise<void> {
  const body = '{"canary":"CANARY-in-a-forged-body"}';
  for (const provider of [...providers, 'stripe']) {
    const signatures = providerNames.flatMap((name) => {
      const { header } = simulators[name].signing;
      return header === null ? [] : [[header, 'sha256=CANARY,t=1,v0=CANARY']];
    });
    const headers = { ...Object.fromEntries(signatures), authorization: 'Bearer CANARY-in-a-header' };
    answers.push(await app.postWebhook(provider, { headers, body }));
    answers.push(await app.postWebhook(provider, { headers, body: body.repeat(9_000) }));
  }
  const now = app.clock.now();
  for (const provider of providers) {
    const secret = app.environment[simulators[provider].signing.secretSetting]?.split(',')[0] ?? '';
    for (const text of ['{"CANARY-no-json', '{"type":"CANARY-type","eventType":"CANARY-type","CANARY":1}']) {
      const delivery = sign(provider, { headers: { 'content-type': 'application/json' }, body: text, now, secret });
      answers.push(await app.postWebhook(provider, delivery));
    }
  }
}

async function badRequests(): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const post = { method: 'POST', headers };
  answers.push(await app.send('/v1/orders', { ...post, body: '{"CANARY-no-json' }));
  answers.push(
    await app.send('/v1/orders', { ...post, body: JSON.stringify({ customer: { email: 'CANARY no address' } }) }),
  );
  answers.push(await app.send('/v1/orders/CANARY'));
  answers.push(await app.send('/v1/orders?cursor=CANARY&limit=CANARY&status=CANARY'));
  answers.push(await app.send('/v1/orders', { headers: { authorization: 'Bearer CANARY-guessed-key' } }));
  answers.push(await app.send('/telegram/admin', { ...post, body: '{"update_id":1,"CANARY":1}' }));
}

async function providersFail(): Promise<void> {
  for (const provider of providers) {
    for (const fault of ['5xx', '429', 'reset', 'timeout_before'] as const) {
      app.sandbox.faults(provider).set({ failRate: 1, failKinds: [fault], retryAfterSeconds: 60 });
      answers.push(await app.tryOrder({ provider, ...customer, metadata: { voucher: 'CANARY-voucher' } }));
    }
    app.sandbox.faults(provider).reset();
  }
  await app.runJob('watch-providers');
  await app.runJob('reconcile');
}

async function theShopAndTelegramFail(): Promise<void> {
  const { telegram, shop } = app;
  await awaitUntil(async () => (await app.tryOrder({ provider: 'btcpay' })).status === 201, { what: 'BTCPay back' });
  shop.answerWith(500);
  for (const kind of ['error_500', 'reset', 'flood'] as const) telegram.failNext({ times: 2, kind });
  const order = await app.placeOrder({ provider: 'btcpay', ...customer });
  await app.visit(order, 'underpay');
  await app.visit(order, 'expire');
  await telegram.sendText({ userId: owner.id, bot: adminBot, text: `/find ${customer.email}` });
  await awaitUntil(() => telegram.history().filter(({ ok }) => !ok).length >= 4, { what: 'failures at Telegram' });
  telegram.clearFaults();
  await shop.stop();
  app.clock.move(hour);
  await awaitUntil(() => app.logLines.some((line) => line.includes('ECONNREFUSED')), { what: 'a shop that is gone' });
}

/** Everything is refused: nobody knows these. */
async function wrongCredentials(): Promise<void> {
  const { environment } = app;
  for (const [name, canary] of Object.entries(planted)) environment[name] = canary;
  for (const [name, canary] of Object.entries(wrong)) environment[name] = canary;
  const before = app.logLines.length;
  await app.restart();
  const refused = () => app.logLines.slice(before).filter((line) => line.includes('telegram not reached'));
  await awaitUntil(() => refused().length > 0, { what: 'a bot that is not known' });
  for (const provider of providers) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${planted['STORE_API_KEY']}` };
    const body = JSON.stringify({
      items: [{ name: 'License', quantity: 1, unit_amount: '1.00' }],
      currency: 'USD',
      provider,
      customer,
    });
    answers.push(await app.send('/v1/orders', { method: 'POST', headers, body }));
  }
}

test('every kind of request that can be refused was refused', () => {
  const statuses = answers.map(({ status }) => status);
  for (const status of [400, 401, 404, 413, 422, 502, 503]) expect(statuses).toContain(status);
  expect(app.logLines.length).toBeGreaterThan(50);
  for (const phrase of ['payment applied', 'message put back', 'telegram not reached']) {
    expect(
      app.logLines.some((line) => line.includes(phrase)),
      phrase,
    ).toBe(true);
  }
});

test('a canary is planted in every secret setting', () => {
  const secret = Object.entries(settings).flatMap(([name, { isSecret }]) => (isSecret ? [name] : []));
  // The file of SQLite is no secret, and the queue is in the database.
  const without = ['DATABASE_URL', 'AMQP_URL'];
  const elsewhere = ['TELEGRAM_WEBHOOK_SECRET', 'METRICS_TOKEN', ...Object.keys(wrong)];
  const unplanted = secret.filter((name) => !(name in planted) && ![...without, ...elsewhere].includes(name));
  expect(unplanted).toEqual([]);
});

test('no line of the log shows a canary, a secret or a customer, and each is JSON', () => {
  const log = app.logLines.join('');
  const lines = log.trim().split('\n');
  expect(lines.filter((line) => /canary/i.test(line))).toEqual([]);
  const known = Object.entries(settings)
    .filter(([name, { isSecret }]) => isSecret && name !== 'DATABASE_URL')
    .flatMap(([name]) => [app.environment[name] ?? '', firstValues.get(name) ?? ''])
    .flatMap((value) => value.split(/,|\n/))
    .filter((part) => part.length >= 6 && !part.startsWith('-----'));
  expect(known.length).toBeGreaterThan(10);
  for (const secret of [...known, ...secretsOfSales()]) expect(log.includes(secret)).toBe(false);
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
});

test('no answer repeats a secret', () => {
  // What a sender wrote themselves may come back to them; nothing of ours may.
  const secrets = [
    ...Object.values(planted),
    ...Object.values(wrong),
    'CANARY-telegram-webhook',
    customer.email,
    customer.name,
    ...secretsOfSales(),
  ];
  for (const { text } of answers.filter(({ status }) => status >= 400)) {
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});

test('no message of the chat or the pager shows a secret, also not the one that was sent in the chat', () => {
  const bots = [adminBot, pagerBot];
  const texts = bots.flatMap((bot) => app.telegram.messages({ bot, chatId: owner.id }).map(({ text }) => text));
  expect(texts.some((text) => text.includes('License secret: set'))).toBe(true);
  const secrets = [...Object.values(planted), ...Object.values(wrong), ...secretsOfSales()];
  for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  expect(texts.filter((text) => /CANARY-(?:license|signature|guessed|path)/.test(text))).toEqual([]);
});

test('the id of a webhook event is logged from the inbox through the payment to the messages to the shop and the admins', async () => {
  const records = app.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const view = records.find(({ msg, to }) => msg === 'payment applied' && to === 'paid');
  const cause = String(view?.['cause']);
  expect(cause).toMatch(/^webhook:[0-9a-f-]{36}$/);
  const eventId = cause.slice('webhook:'.length);
  const settled = records.filter(({ msg }) => msg === 'message settled');
  expect(settled.filter(({ worker, rowId }) => worker === 'inbox' && rowId === eventId)).toHaveLength(1);
  const topics = settled.filter((record) => record['cause'] === cause).map(({ topic }) => topic);
  expect(topics).toContain('shop.event');
  const alerts = settled.filter(({ topic }) => topic === 'alert.card').map((record) => String(record['cause']));
  expect(alerts).toContain('webhook:btcpay');
  expect(app.shop.heardOf(paid.id)[0]?.order.timeline.some(({ cause: { id } }) => id === eventId)).toBe(true);
});
