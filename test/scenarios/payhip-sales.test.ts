import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hour, second } from '#kernel/clock.ts';
import { exportCsv } from '#sandbox/providers/payhip/export.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
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
import { awaitUntil } from '#test/support/time/await-until.ts';

const kim = 'kim@customer.example';

describe('a channel order at Payhip', () => {
  let app: AppFixture;
  beforeAll(async () => {
    app = await openAppFixture();
    await addProduct(app, samplePack.words);
    await addProduct(app, licensed.words);
    await setSecret(app, 'FIELDNOTES', secretOf(app, licensed.key));
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
  });

  test('that fits the catalogue is paid at once, on a token, and the shop is notified', async () => {
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    const order = await awaitSale(app, id, ({ status }) => status === 'paid');
    expect(order).toMatchObject({ amount: '24.00', currency: 'USD', customer: { email: kim }, attention: null });
    expect(order.items).toEqual([
      { sku: 'NIGHTFALL', name: 'Nightfall Sample Pack', quantity: 1, unit_amount: '24.00' },
    ]);
    expect(order.payment).toMatchObject({ provider: 'payhip', status: 'paid', trust: 'token', provider_reference: id });
    const { timeline } = await app.getOrder(order.id);
    expect(timeline[0]?.text).toBe('order of 24.00 USD on Payhip: reported by Payhip, token only');
    await awaitUntil(() => app.shop.heardOf(order.id).some(({ type }) => type === 'order.paid'), { what: 'the shop' });
    expect(app.pagerMessages()).toEqual([]);
  });

  test('that is reported three times is one order', async () => {
    app.sandbox.faults('payhip').set({ duplicateWebhooks: 2 });
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    await app.sandbox.settle();
    app.sandbox.faults('payhip').reset();
    await awaitSale(app, id, ({ status }) => status === 'paid');
    await app.awaitQuiet();
    expect(app.sandbox.deliveries('payhip').filter(({ reference }) => reference === id)).toHaveLength(3);
    const orders = await ordersOf(app, id);
    expect(orders).toHaveLength(1);
    const heard = app.shop.heardOf(orders[0]?.id ?? '');
    expect(heard.map(({ type }) => type)).toEqual(['order.paid']);
  });

  test('of a product with licenses is paid once Payhip knows the license as this buyer’s', async () => {
    const { id } = sellerAt(app).buy({ productKey: licensed.key, email: kim });
    const order = await awaitSale(app, id, ({ status }) => status !== 'awaiting_payment');
    expect(order.status).toBe('paid');
    expect(app.sandbox.callLog('payhip').some(({ path }) => path.includes('/license/verify'))).toBe(true);
  });

  test('with a coupon is paid when the coupon explains the price', async () => {
    const made = await app.ask('/coupons new SPRING 20% NIGHTFALL');
    await app.tap(made, 'Yes, make it');
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim, couponCode: 'SPRING' });
    const order = await awaitSale(app, id, ({ status }) => status !== 'awaiting_payment');
    expect(order).toMatchObject({ status: 'paid', amount: '19.20', metadata: { coupon: 'SPRING' } });
  });

  test('with tax on top is paid when the tax explains the price', async () => {
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim, vatPercent: 23 });
    const order = await awaitSale(app, id, ({ status }) => status !== 'awaiting_payment');
    expect(order).toMatchObject({ status: 'paid', amount: '29.52', metadata: { vat: '5.52' } });
  });

  test('whose webhook fails is reported again, and is one order', async () => {
    await app.close();
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    await app.sandbox.settle();
    await app.open();
    app.clock.move(hour);
    await app.sandbox.settle();
    await awaitSale(app, id, ({ status }) => status === 'paid');
    expect(await ordersOf(app, id)).toHaveLength(1);
  });
});

describe('a license', () => {
  test('of a Payhip that is unavailable makes the channel order held after a few attempts, with the reason', async () => {
    await using app = await openAppFixture();
    await addProduct(app, licensed.words);
    await setSecret(app, 'FIELDNOTES', secretOf(app, licensed.key));
    app.sandbox.faults('payhip').set({ failRate: 1, failKinds: ['5xx'] });
    await tell(app, {
      ...paidBody(app, { price: 8900 }),
      items: [{ product_name: 'Fieldnotes Pro', product_key: 'FnPr', quantity: 1, license_key: 'AAAAA-BBBBB' }],
    });
    const order = await awaitSale(app, 'HandMade01', {
      isSo: ({ status }) => status === 'needs_attention',
      // The event is retried after some seconds, each time more of them.
      meanwhile: () => app.clock.move(second),
    });
    expect(order.attention).toContain('the license could not be checked');
    expect(order.attention).not.toContain('AAAAA');
  });

  test.each([
    ['that Payhip does not know', {}, 'the license key is not known there'],
    ['of another buyer', { email: 'somebody@else.example' }, 'the license is of another buyer'],
    ['that is disabled', { isDisabled: true }, 'the license is disabled'],
    ['that did not come', { isMissing: true }, 'it has no license key'],
  ])(
    '%s makes the channel order held',
    async (_which, how: { email?: string; isDisabled?: boolean; isMissing?: boolean }, why) => {
      await using app = await openAppFixture();
      await addProduct(app, licensed.words);
      await setSecret(app, 'FIELDNOTES', secretOf(app, licensed.key));
      const payhip = sellerAt(app);
      const sold = payhip.buy({ productKey: 'FnPr', email: kim, isUntold: true });
      const license = payhip.licenses.get(sold.licenseKey ?? '');
      if (how.isDisabled && license !== undefined) license.isEnabled = false;
      const isKnown = how.email !== undefined || how.isDisabled;
      const key = isKnown ? sold.licenseKey : 'QQQQQ-WWWWW-EEEEE-RRRRR';
      await tell(app, {
        ...paidBody(app, { price: 8900, email: how.email ?? kim }),
        items: [
          {
            product_name: 'Fieldnotes Pro',
            product_key: 'FnPr',
            quantity: 1,
            ...(how.isMissing ? {} : { license_key: key }),
          },
        ],
      });
      const order = await awaitSale(app, 'HandMade01', ({ status }) => status === 'needs_attention');
      expect(order.attention).toContain(why);
    },
  );
});

test('a subscription is a fact that /find finds by its id and by e-mail', async () => {
  await using app = await openAppFixture();
  const payhip = sellerAt(app);
  const { id } = payhip.subscribe({ productKey: samplePack.key, email: 'sub@customer.example', plan: 'Monthly' });
  await app.sandbox.settle();
  await app.awaitQuiet();
  const byMail = await app.ask('/find sub@customer');
  expect(byMail.text).toContain(`${id} Nightfall Sample Pack, Monthly · active`);
  payhip.unsubscribe(id);
  await app.sandbox.settle();
  await app.awaitQuiet();
  const byId = await app.ask(`/find ${id}`);
  expect(byId.text).toContain('canceled');
  expect(await ordersOf(app, id)).toEqual([]);
  expect(exportCsv(payhip.sales.values())).not.toContain(id);
});
