import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';
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
  textNow,
} from '#test/support/payhip.ts';

const kim = 'kim@customer.example';

describe('a sale at Payhip', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
    await addProduct(house, samplePack.words);
    await addProduct(house, licensed.words);
    await setSecret(house, 'FIELDNOTES', secretOf(house, licensed.key));
  });
  afterAll(async () => {
    await house[Symbol.asyncDispose]();
  });

  test('that fits the catalogue is paid at once, on a token, and the shop hears of it', async () => {
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    const order = await awaitSale(house, id, ({ status }) => status === 'paid');
    expect(order).toMatchObject({ amount: '24.00', currency: 'USD', customer: { email: kim }, attention: null });
    expect(order.items).toEqual([
      { sku: 'NIGHTFALL', name: 'Nightfall Sample Pack', quantity: 1, unit_amount: '24.00' },
    ]);
    expect(order.payment).toMatchObject({ provider: 'payhip', status: 'paid', trust: 'token', provider_reference: id });
    const { timeline } = await house.getOrder(order.id);
    expect(timeline[0]?.text).toBe("sale of 24.00 USD on Payhip: Payhip's word, token only");
    await awaitTrue(() => house.shop.heardOf(order.id).some(({ type }) => type === 'order.paid'), { what: 'the shop' });
    expect(house.pagerMessages()).toEqual([]);
  });

  test('that is told of three times is one order', async () => {
    house.sandbox.faults('payhip').set({ duplicateWebhooks: 2 });
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    await house.sandbox.settle();
    house.sandbox.faults('payhip').reset();
    await awaitSale(house, id, ({ status }) => status === 'paid');
    await house.awaitQuiet();
    expect(house.sandbox.deliveries('payhip').filter(({ reference }) => reference === id)).toHaveLength(3);
    const orders = await ordersOf(house, id);
    expect(orders).toHaveLength(1);
    const heard = house.shop.heardOf(orders[0]?.id ?? '');
    expect(heard.map(({ type }) => type)).toEqual(['order.paid']);
  });

  test('of a product with licences is paid once Payhip knows the licence as this buyer’s', async () => {
    const { id } = sellerAt(house).buy({ productKey: licensed.key, email: kim });
    const order = await awaitSale(house, id, ({ status }) => status !== 'awaiting_payment');
    expect(order.status).toBe('paid');
    expect(house.sandbox.callLog('payhip').some(({ path }) => path.includes('/license/verify'))).toBe(true);
  });

  test('with a coupon is paid when the coupon explains the price', async () => {
    const made = await house.ask('/coupons new SPRING 20% NIGHTFALL');
    await house.tap(made, 'Yes, make it');
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim, couponCode: 'SPRING' });
    const order = await awaitSale(house, id, ({ status }) => status !== 'awaiting_payment');
    expect(order).toMatchObject({ status: 'paid', amount: '19.20', metadata: { coupon: 'SPRING' } });
  });

  test('with tax on top is paid when the tax explains the price', async () => {
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim, vatPercent: 23 });
    const order = await awaitSale(house, id, ({ status }) => status !== 'awaiting_payment');
    expect(order).toMatchObject({ status: 'paid', amount: '29.52', metadata: { vat: '5.52' } });
  });

  test('whose webhook fails is told of again, and is one order', async () => {
    await house.close();
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    await house.sandbox.settle();
    await house.open();
    house.clock.move(hour);
    await house.sandbox.settle();
    await awaitSale(house, id, ({ status }) => status === 'paid');
    expect(await ordersOf(house, id)).toHaveLength(1);
  });
});

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

describe('a held sale', () => {
  test('counts once an admin accepts it with a reason, and the same product is not held again when it is remembered', async () => {
    await using house = await openHouse();
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(house, id, ({ status }) => status === 'needs_attention');
    const card = await house.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    expect(card.text).toContain('Held since');
    expect(buttonsOf(card)).toEqual(
      expect.arrayContaining(['Accept sale', 'Reject sale', 'Accept, remember price', '‹ Orders']),
    );
    expect(buttonsOf(card)).not.toContain('New payment link');
    await house.tap(card, 'Accept, remember price');
    expect((await house.getOrder(held.id)).status).toBe('needs_attention');
    const answer = await house.tap(card, 'I have seen it at Payhip');
    expect(answer.text).toBe('Accepted as paid, and NfPk is in the catalogue.');
    await house.awaitOrder(held.id, ({ status }) => status === 'paid');
    expect(textNow(house, card)).toContain('Accepted by Ada: I have seen it at Payhip');
    await awaitTrue(() => house.shop.heardOf(held.id).some(({ type }) => type === 'order.paid'), { what: 'the shop' });
    const alert = await house.awaitCard(({ text }) => text.includes('RESOLVED') && text.includes(held.number));
    expect(alert.text).toContain('Ada accepted as paid: I have seen it at Payhip');

    const next = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    await awaitSale(house, next.id, ({ status }) => status === 'paid');
  });

  test('is cancelled once an admin rejects it, and told again it stays so', async () => {
    await using house = await openHouse();
    const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(house, sale.id, ({ status }) => status === 'needs_attention');
    const card = await house.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    await house.tap(card, 'Reject sale');
    await house.tap(card, 'It looks forged');
    const order = await house.awaitOrder(held.id, ({ status }) => status === 'cancelled');
    expect(order.payments[0]?.status).toBe('cancelled');
    const again = await house.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    expect(buttonsOf(again)).not.toContain('Reject sale');
    sellerAt(house).tellOf(sale);
    await house.sandbox.settle();
    await house.awaitQuiet();
    expect((await ordersOf(house, sale.id)).map(({ status }) => status)).toEqual(['cancelled']);
    expect(house.shop.heardOf(held.id).map(({ type }) => type)).toEqual(['order.needs_attention', 'order.cancelled']);
  });

  test('is decided once, although two admins tap', async () => {
    await using house = await openHouse();
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(house, id, ({ status }) => status === 'needs_attention');
    const first = await house.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    const second = await house.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    await house.tap(first, 'Accept sale');
    await house.tap(second, 'Reject sale');
    await house.tap(first, 'I know the customer');
    expect((await house.tap(second, 'It looks forged')).text).toBe('It is over already: Ada.');
    expect((await house.getOrder(held.id)).status).toBe('paid');
  });
});

describe('money that goes back at Payhip', () => {
  test('in part and then in full is the larger of what was told, never the sum', async () => {
    await using house = await openHouse();
    await addProduct(house, samplePack.words);
    const { id } = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    await awaitSale(house, id, ({ status }) => status === 'paid');
    sellerAt(house).refund(id, 1_000);
    const part = await awaitSale(house, id, ({ status }) => status === 'partially_refunded');
    expect(part.refunded_amount).toBe('10.00');
    sellerAt(house).refund(id, 2_400);
    const full = await awaitSale(house, id, ({ status }) => status === 'refunded');
    expect(full.refunded_amount).toBe('24.00');
    expect(full.refunds.map(({ amount, status }) => [amount, status])).toEqual([
      ['10.00', 'succeeded'],
      ['14.00', 'succeeded'],
    ]);
    await awaitTrue(() => house.shop.heardOf(full.id).length >= 3, { what: 'the shop' });
    expect(house.shop.heardOf(full.id).map(({ type }) => type)).toEqual([
      'order.paid',
      'order.refunded',
      'order.refunded',
    ]);
  });

  test('that is told of a second time with less is known already', async () => {
    await using house = await openHouse();
    await addProduct(house, samplePack.words);
    await tell(house, paidBody(house));
    await awaitSale(house, 'HandMade01', ({ status }) => status === 'paid');
    const refunded = (amount: number, at: number) =>
      paidBody(house, {
        ...{ type: 'refunded', amount_refunded: amount, date_refunded: Math.floor(house.clock.now() / 1000) + at },
        date: undefined,
      });
    for (const [index, amount] of [900, 500, 900].entries()) {
      expect((await tell(house, refunded(amount, index))).status).toBe(200);
      await house.awaitQuiet();
    }
    const [order] = await ordersOf(house, 'HandMade01');
    expect(order).toMatchObject({ status: 'partially_refunded', refunded_amount: '9.00' });
  });

  test('before the sale is told of is kept, shown, and booked when the sale comes', async () => {
    await using house = await openHouse();
    await addProduct(house, samplePack.words);
    const payhip = sellerAt(house);
    const sale = payhip.buy({ productKey: samplePack.key, email: kim, isUntold: true });
    payhip.refund(sale.id, sale.cents);
    await house.sandbox.settle();
    const card = await house.awaitCard(({ text }) => text.includes('a sale that has not come here'));
    expect(card.text).toContain(sale.id);
    expect(await ordersOf(house, sale.id)).toEqual([]);
    await house.restart();
    payhip.tellOf(sale);
    await awaitSale(house, sale.id, ({ status }) => status === 'refunded');
    await house.awaitCard(({ text, messageId }) => messageId === card.messageId && text.includes('RESOLVED'));
    expect((await ordersOf(house, sale.id))[0]?.refunded_amount).toBe('24.00');
  });

  test('of a held sale ends the question when all of it went back', async () => {
    await using house = await openHouse();
    const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(house, sale.id, ({ status }) => status === 'needs_attention');
    sellerAt(house).refund(sale.id, sale.cents);
    await house.awaitOrder(held.id, ({ status }) => status === 'refunded');
    await house.awaitCard(({ text }) => text.includes('RESOLVED') && text.includes('All of the money went back'));
  });

  test('of a held sale in part shows once the sale is accepted', async () => {
    await using house = await openHouse();
    const sale = sellerAt(house).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(house, sale.id, ({ status }) => status === 'needs_attention');
    sellerAt(house).refund(sale.id, 400);
    await house.awaitOrder(held.id, ({ refunds }) => refunds.length === 1);
    const card = await house.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    await house.tap(card, 'Accept sale');
    await house.tap(card, 'I know the customer');
    const order = await house.awaitOrder(held.id, ({ status }) => status === 'partially_refunded');
    expect(order.refunded_amount).toBe('4.00');
  });
});

describe('a licence', () => {
  test('of a Payhip that is down holds the sale after a few tries, and says why', async () => {
    await using house = await openHouse();
    await addProduct(house, licensed.words);
    await setSecret(house, 'FIELDNOTES', secretOf(house, licensed.key));
    house.sandbox.faults('payhip').set({ failRate: 1, failKinds: ['5xx'] });
    await tell(house, {
      ...paidBody(house, { price: 8900 }),
      items: [{ product_name: 'Fieldnotes Pro', product_key: 'FnPr', quantity: 1, license_key: 'AAAAA-BBBBB' }],
    });
    const order = await awaitSale(house, 'HandMade01', ({ status }) => status === 'needs_attention');
    expect(order.attention).toContain('the licence could not be checked');
    expect(order.attention).not.toContain('AAAAA');
  });

  test.each([
    ['that Payhip does not know', {}, 'the licence key is not known there'],
    ['of another buyer', { email: 'somebody@else.example' }, 'the licence is of another buyer'],
    ['that is disabled', { isDisabled: true }, 'the licence is disabled'],
    ['that did not come', { isMissing: true }, 'it came without a licence key'],
  ])('%s holds the sale', async (_which, how: { email?: string; isDisabled?: boolean; isMissing?: boolean }, why) => {
    await using house = await openHouse();
    await addProduct(house, licensed.words);
    await setSecret(house, 'FIELDNOTES', secretOf(house, licensed.key));
    const payhip = sellerAt(house);
    const sold = payhip.buy({ productKey: 'FnPr', email: kim, isUntold: true });
    const licence = payhip.licences.get(sold.licenceKey ?? '');
    if (how.isDisabled && licence !== undefined) licence.isEnabled = false;
    const isKnown = how.email !== undefined || how.isDisabled;
    const key = isKnown ? sold.licenceKey : 'QQQQQ-WWWWW-EEEEE-RRRRR';
    await tell(house, {
      ...paidBody(house, { price: 8900, email: how.email ?? kim }),
      items: [
        {
          ...{ product_name: 'Fieldnotes Pro', product_key: 'FnPr', quantity: 1 },
          ...(how.isMissing ? {} : { license_key: key }),
        },
      ],
    });
    const order = await awaitSale(house, 'HandMade01', ({ status }) => status === 'needs_attention');
    expect(order.attention).toContain(why);
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

test('a subscription is a fact that /find finds by its id and by e-mail', async () => {
  await using house = await openHouse();
  const payhip = sellerAt(house);
  const { id } = payhip.subscribe({ productKey: samplePack.key, email: 'sub@customer.example', plan: 'Monthly' });
  await house.sandbox.settle();
  await house.awaitQuiet();
  const byMail = await house.ask('/find sub@customer');
  expect(byMail.text).toContain(`${id} Nightfall Sample Pack, Monthly · active`);
  payhip.unsubscribe(id);
  await house.sandbox.settle();
  await house.awaitQuiet();
  const byId = await house.ask(`/find ${id}`);
  expect(byId.text).toContain('canceled');
  expect(await ordersOf(house, id)).toEqual([]);
  expect(exportCsv(payhip.sales.values())).not.toContain(id);
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
