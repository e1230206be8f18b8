import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
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
} from '#test/support/payhip.ts';

const kim = 'kim@customer.example';

describe('a webhook of Payhip that may be forged', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
    await addProduct(house, samplePack.words);
    await addProduct(house, licensed.words);
    await setSecret(house, 'FIELDNOTES', secretOf(house, licensed.key));
    const { id } = sellerAt(house).buy({ productKey: licensed.key, email: kim });
    await awaitSale(house, id, ({ status }) => status === 'paid');
    await house.awaitQuiet();
  });
  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  test.each([
    ['unknown_product', 'is not in the catalogue'],
    ['wrong_price', 'The price is 1.00 USD; the catalogue makes it 24.00 USD.'],
    ['fortune', 'above the hold limit of 100.00 USD'],
    ['used_licence', 'the licence key came with T-'],
  ] as const)('and is rightly signed (%s) is held, delivers nothing and rings', async (forgery, why) => {
    const before = house.sandbox.deliveries('payhip').length;
    const paidBefore = house.shop.deliveries.filter(({ type }) => type === 'order.paid').length;
    sellerAt(house).forge(forgery);
    await house.sandbox.settle();
    const { reference, status: answered } = house.sandbox.deliveries('payhip')[before] ?? {};
    expect(answered).toBe(200);
    const order = await awaitSale(house, reference ?? '', ({ status }) => status === 'needs_attention');
    expect(order.attention).toContain(why);
    expect(order.payment).toMatchObject({ status: 'paid', trust: 'token' });
    const card = await house.awaitCard(({ text }) => text.includes(order.number) && text.includes('is held'));
    expect(card.text).toContain(why);
    expect(buttonsOf(card)).toContain('Open order');
    await house.awaitQuiet();
    expect(house.shop.deliveries.filter(({ type }) => type === 'order.paid')).toHaveLength(paidBefore);
    expect(house.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.needs_attention']);
  });

  test('and is wrongly signed is refused, kept as a hash, and rings once, with what to do about it', async () => {
    sellerAt(house).forge('wrong_signature');
    await house.sandbox.settle();
    const [delivery] = house.sandbox.deliveries('payhip').slice(-1);
    expect(delivery?.status).toBe(401);
    const card = await house.awaitCard(({ text }) => text.includes('bad signature'));
    expect(card.text).toContain('compare with an export');
    expect(await ordersOf(house, delivery?.reference ?? '')).toEqual([]);
  });

  test('and comes to an address without the secret end is told that there is nothing there', async () => {
    const body = paidBody(house, { id: 'NoAddress1' });
    const nowhere = await house.postWebhook('nobody', { headers: {}, body: '{}' });
    for (const path of ['payhip', 'payhip/', 'payhip/guessed', 'payhip/guessed/more', 'btcpay/guessed']) {
      const answer = await tell(house, body, path);
      expect(answer.status, path).toBe(404);
      expect(answer.text).toBe(nowhere.text);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
    expect(await ordersOf(house, 'NoAddress1')).toEqual([]);
  });

  test('and is signed well but misses the address tells the admins, because real ones would be lost there', async () => {
    house.clock.move(2 * minute);
    await tell(house, paidBody(house, { id: 'Astray1234' }), 'payhip/old-address');
    await house.awaitCard(({ text }) => text.includes('address wrong'));
  });
});

test('a path secret that is rotated loses no event, and the old address ends when it is taken out', async () => {
  await using house = await openHouse();
  await addProduct(house, samplePack.words);
  const old = house.environment['PAYHIP_WEBHOOK_PATH_SECRET'] ?? '';
  house.environment['PAYHIP_WEBHOOK_PATH_SECRET'] = `the-new-one-0123456789,${old}`;
  await house.restart();
  const oldWay = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(house, oldWay.id, ({ status }) => status === 'paid');
  house.sandbox.setWebhookUrl('payhip', `${house.url}/webhooks/payhip/the-new-one-0123456789`);
  const newWay = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
  await awaitSale(house, newWay.id, ({ status }) => status === 'paid');
  house.environment['PAYHIP_WEBHOOK_PATH_SECRET'] = 'the-new-one-0123456789';
  await house.restart();
  expect((await tell(house, paidBody(house), `payhip/${old}`)).status).toBe(404);
});

test('a Payhip that is switched off answers 404, also at the address that was good', async () => {
  await using house = await openHouse();
  const { environment } = house;
  const path = `payhip/${environment['PAYHIP_WEBHOOK_PATH_SECRET']}`;
  const body = paidBody(house);
  for (const name of ['PAYHIP_API_KEY', 'PAYHIP_WEBHOOK_PATH_SECRET', 'PAYHIP_API_URL']) environment[name] = '';
  await house.restart();
  expect((await tell(house, body, path)).status).toBe(404);
});
