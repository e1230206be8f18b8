import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute, second } from '#kernel/clock.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  licensed,
  ordersOf,
  paidBody,
  samplePack,
  secretOf,
  sellerAt,
  setSecret,
  tell,
} from '#test/support/app-fixture/payhip-seller.ts';
import { owner, pagerBot } from '#test/support/app-fixture/world.ts';

const kim = 'kim@customer.example';

/** Messages that rang; an edit is none. */
function cardsOf(app: AppFixture) {
  return app.telegram.messages({ bot: pagerBot, chatId: owner.id });
}

describe('a webhook of Payhip that may be forged', () => {
  let app: AppFixture;
  beforeAll(async () => {
    app = await openAppFixture();
    await addProduct(app, samplePack.words);
    await addProduct(app, licensed.words);
    await setSecret(app, 'FIELDNOTES', secretOf(app, licensed.key));
    const { id } = sellerAt(app).buy({ productKey: licensed.key, email: kim });
    await awaitSale(app, id, ({ status }) => status === 'paid');
    await app.awaitQuiet();
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
  });

  test.each([
    ['unknown_product', 'is not in the catalogue'],
    ['wrong_price', 'The price is 1.00 USD; the catalogue makes it 24.00 USD.'],
    ['fortune', 'above the review threshold of 100.00 USD'],
    ['used_license', 'the license key was used by T-'],
  ] as const)(
    'and is signed correctly (%s) is held for review, delivers nothing and raises an alert',
    async (forgery, why) => {
      // Of several within a minute not each has a card of its own.
      app.clock.move(minute);
      const before = app.sandbox.deliveries('payhip').length;
      const paidBefore = app.shop.deliveries.filter(({ type }) => type === 'order.paid').length;
      sellerAt(app).forge(forgery);
      await app.sandbox.settle();
      const { reference, status: answered } = app.sandbox.deliveries('payhip')[before] ?? {};
      expect(answered).toBe(200);
      const order = await awaitSale(app, reference ?? '', ({ status }) => status === 'needs_attention');
      expect(order.attention).toContain(why);
      expect(order.payment).toMatchObject({ status: 'paid', trust: 'token' });
      const card = await app.awaitCard(({ text }) => text.includes(order.number) && text.includes('is held'));
      expect(card.text).toContain(why);
      expect(buttonsOf(card)).toContain('Open order');
      await app.awaitQuiet();
      expect(app.shop.deliveries.filter(({ type }) => type === 'order.paid')).toHaveLength(paidBefore);
      expect(app.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.needs_attention']);
    },
  );

  test('and is signed wrongly is refused, kept as a hash, and raises one alert, with what to do about it', async () => {
    sellerAt(app).forge('wrong_signature');
    await app.sandbox.settle();
    const [delivery] = app.sandbox.deliveries('payhip').slice(-1);
    expect(delivery?.status).toBe(401);
    const card = await app.awaitCard(({ text }) => text.includes('bad signature'));
    expect(card.text).toContain('compare with an export');
    expect(await ordersOf(app, delivery?.reference ?? '')).toEqual([]);
  });

  test('and comes to an address without the secret end is answered 404', async () => {
    const body = paidBody(app, { id: 'NoAddress1' });
    const nowhere = await app.postWebhook('nobody', { headers: {}, body: '{}' });
    for (const path of ['payhip', 'payhip/', 'payhip/guessed', 'payhip/guessed/more', 'btcpay/guessed']) {
      const answer = await tell(app, body, path);
      expect(answer.status, path).toBe(404);
      expect(answer.text).toBe(nowhere.text);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
    expect(await ordersOf(app, 'NoAddress1')).toEqual([]);
  });

  test('and is signed correctly but misses the address notifies the admins, because authentic ones would be lost there', async () => {
    app.clock.move(2 * minute);
    await tell(app, paidBody(app, { id: 'Astray1234' }), 'payhip/old-address');
    await app.awaitCard(({ text }) => text.includes('address wrong'));
  });
});

test('a path secret that is rotated loses no event, and the old address ends when it is taken out', async () => {
  await using app = await openAppFixture();
  await addProduct(app, samplePack.words);
  const old = app.environment['PAYHIP_WEBHOOK_PATH_SECRET'] ?? '';
  app.environment['PAYHIP_WEBHOOK_PATH_SECRET'] = `the-new-one-0123456789,${old}`;
  await app.restart();
  const oldWay = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(app, oldWay.id, ({ status }) => status === 'paid');
  app.sandbox.setWebhookUrl('payhip', `${app.url}/webhooks/payhip/the-new-one-0123456789`);
  const newWay = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(app, newWay.id, ({ status }) => status === 'paid');
  app.environment['PAYHIP_WEBHOOK_PATH_SECRET'] = 'the-new-one-0123456789';
  await app.restart();
  expect((await tell(app, paidBody(app), `payhip/${old}`)).status).toBe(404);
});

test('a Payhip that is switched off answers 404, also at the address that was good', async () => {
  await using app = await openAppFixture();
  const { environment } = app;
  const path = `payhip/${environment['PAYHIP_WEBHOOK_PATH_SECRET']}`;
  const body = paidBody(app);
  for (const name of ['PAYHIP_API_KEY', 'PAYHIP_WEBHOOK_PATH_SECRET', 'PAYHIP_API_URL']) environment[name] = '';
  await app.restart();
  expect((await tell(app, body, path)).status).toBe(404);
});

test('a hundred forged refunds ring five times, and the genuine one behind them is recorded', async () => {
  await using app = await openAppFixture();
  await addProduct(app, samplePack.words);
  const before = cardsOf(app).length;
  const refunded = { type: 'refunded', amount_refunded: 2400, date: undefined };
  for (let index = 0; index < 100; index += 1) {
    expect((await tell(app, paidBody(app, { ...refunded, id: `Forged${index}` }))).status).toBe(200);
  }
  const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim, isUntold: true });
  sellerAt(app).refund(sale.id, sale.cents);
  await app.sandbox.settle();
  // The card of all together is brought up to date at the end of a minute.
  await app.awaitQuiet({ meanwhile: () => app.clock.move(second) });
  const cards = cardsOf(app).slice(before);
  // Three alone, seven on one card, and one for all that follow.
  expect(cards).toHaveLength(5);
  expect(cards.filter(({ text }) => text.includes('7 × '))).toHaveLength(1);
  expect(cards.filter(({ text }) => text.includes('many refunds that fit no order here'))).toHaveLength(1);
  sellerAt(app).tellOf(sale);
  await awaitSale(app, sale.id, ({ status }) => status === 'refunded');
});

test('a coupon that only the webhook knows holds the order', async () => {
  await using app = await openAppFixture();
  await addProduct(app, samplePack.words);
  const coupons = [{ code: 'ALLFREE', percentage: 100, amount: null }];
  await tell(app, paidBody(app, { price: 0, coupons }));
  const order = await awaitSale(app, 'HandMade01', ({ status }) => status === 'needs_attention');
  expect(order.attention).toContain('The coupon “ALLFREE” is not in Payhip’s list of coupons.');
});
