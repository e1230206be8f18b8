import { describe, expect, test } from 'vitest';
import { buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import {
  addProduct,
  awaitSale,
  ordersOf,
  paidBody,
  samplePack,
  sellerAt,
  tell,
  textNow,
} from '#test/support/app-fixture/payhip-seller.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const kim = 'kim@customer.example';

describe('a held channel order', () => {
  test('counts once an admin accepts it with a reason, and the same product is not held again when it is remembered', async () => {
    await using app = await openAppFixture();
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(app, id, ({ status }) => status === 'needs_attention');
    const card = await app.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    expect(card.text).toContain('Held since');
    expect(buttonsOf(card)).toEqual(
      expect.arrayContaining(['Accept sale', 'Reject sale', 'Accept, remember price', '‹ Orders']),
    );
    expect(buttonsOf(card)).not.toContain('New payment link');
    await app.tap(card, 'Accept, remember price');
    expect((await app.getOrder(held.id)).status).toBe('needs_attention');
    const answer = await app.tap(card, 'I have seen it at Payhip');
    expect(answer.text).toBe('Accepted as paid, and NfPk is in the catalogue.');
    await app.awaitOrder(held.id, ({ status }) => status === 'paid');
    expect(textNow(app, card)).toContain('Accepted by Ada: I have seen it at Payhip');
    await awaitUntil(() => app.shop.heardOf(held.id).some(({ type }) => type === 'order.paid'), { what: 'the shop' });
    const alert = await app.awaitCard(({ text }) => text.includes('RESOLVED') && text.includes(held.number));
    expect(alert.text).toContain('Ada accepted as paid: I have seen it at Payhip');

    const next = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    await awaitSale(app, next.id, ({ status }) => status === 'paid');
  });

  test('is cancelled once an admin rejects it, and stays so when it is reported again', async () => {
    await using app = await openAppFixture();
    const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(app, sale.id, ({ status }) => status === 'needs_attention');
    const card = await app.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    await app.tap(card, 'Reject sale');
    await app.tap(card, 'It looks forged');
    const order = await app.awaitOrder(held.id, ({ status }) => status === 'cancelled');
    expect(order.payments[0]?.status).toBe('cancelled');
    const again = await app.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    expect(buttonsOf(again)).not.toContain('Reject sale');
    sellerAt(app).tellOf(sale);
    await app.sandbox.settle();
    await app.awaitQuiet();
    expect((await ordersOf(app, sale.id)).map(({ status }) => status)).toEqual(['cancelled']);
    expect(app.shop.heardOf(held.id).map(({ type }) => type)).toEqual(['order.needs_attention', 'order.cancelled']);
  });

  test('is decided once, although two admins tap', async () => {
    await using app = await openAppFixture();
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(app, id, ({ status }) => status === 'needs_attention');
    const first = await app.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    const second = await app.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    await app.tap(first, 'Accept sale');
    await app.tap(second, 'Reject sale');
    await app.tap(first, 'I know the customer');
    expect((await app.tap(second, 'It looks forged')).text).toBe('It is over already: Ada.');
    expect((await app.getOrder(held.id)).status).toBe('paid');
  });
});

describe('a refund at Payhip', () => {
  test('in part and then in full is the larger of the reported amounts, never the sum', async () => {
    await using app = await openAppFixture();
    await addProduct(app, samplePack.words);
    const { id } = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    await awaitSale(app, id, ({ status }) => status === 'paid');
    sellerAt(app).refund(id, 1_000);
    const part = await awaitSale(app, id, ({ status }) => status === 'partially_refunded');
    expect(part.refunded_amount).toBe('10.00');
    sellerAt(app).refund(id, 2_400);
    const full = await awaitSale(app, id, ({ status }) => status === 'refunded');
    expect(full.refunded_amount).toBe('24.00');
    expect(full.refunds.map(({ amount, status }) => [amount, status])).toEqual([
      ['10.00', 'succeeded'],
      ['14.00', 'succeeded'],
    ]);
    await awaitUntil(() => app.shop.heardOf(full.id).length >= 3, { what: 'the shop' });
    expect(app.shop.heardOf(full.id).map(({ type }) => type)).toEqual([
      'order.paid',
      'order.refunded',
      'order.refunded',
    ]);
  });

  test('that is reported a second time with less is known already', async () => {
    await using app = await openAppFixture();
    await addProduct(app, samplePack.words);
    await tell(app, paidBody(app));
    await awaitSale(app, 'HandMade01', ({ status }) => status === 'paid');
    const refunded = (amount: number, at: number) =>
      paidBody(app, {
        type: 'refunded',
        amount_refunded: amount,
        date_refunded: Math.floor(app.clock.now() / 1000) + at,
        date: undefined,
      });
    for (const [index, amount] of [900, 500, 900].entries()) {
      expect((await tell(app, refunded(amount, index))).status).toBe(200);
      await app.awaitQuiet();
    }
    const [order] = await ordersOf(app, 'HandMade01');
    expect(order).toMatchObject({ status: 'partially_refunded', refunded_amount: '9.00' });
  });

  test('that is reported before its channel order is kept, shown, and recorded when the order comes', async () => {
    await using app = await openAppFixture();
    await addProduct(app, samplePack.words);
    const payhip = sellerAt(app);
    const sale = payhip.buy({ productKey: samplePack.key, email: kim, isUntold: true });
    payhip.refund(sale.id, sale.cents);
    await app.sandbox.settle();
    const card = await app.awaitCard(({ text }) => text.includes('a refund of an order that is not here'));
    expect(card.text).toContain(sale.id);
    expect(await ordersOf(app, sale.id)).toEqual([]);
    await app.restart();
    payhip.tellOf(sale);
    await awaitSale(app, sale.id, ({ status }) => status === 'refunded');
    await app.awaitCard(({ text, messageId }) => messageId === card.messageId && text.includes('RESOLVED'));
    expect((await ordersOf(app, sale.id))[0]?.refunded_amount).toBe('24.00');
  });

  test('of a held channel order in full resolves its case', async () => {
    await using app = await openAppFixture();
    const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(app, sale.id, ({ status }) => status === 'needs_attention');
    sellerAt(app).refund(sale.id, sale.cents);
    await app.awaitOrder(held.id, ({ status }) => status === 'refunded');
    await app.awaitCard(({ text }) => text.includes('RESOLVED') && text.includes('All of the money was refunded'));
  });

  test('of a held channel order in part shows once the order is accepted', async () => {
    await using app = await openAppFixture();
    const sale = sellerAt(app).buy({ productKey: samplePack.key, email: kim });
    const held = await awaitSale(app, sale.id, ({ status }) => status === 'needs_attention');
    sellerAt(app).refund(sale.id, 400);
    await app.awaitOrder(held.id, ({ refunds }) => refunds.length === 1);
    const card = await app.ask(`/order ${held.number}`, ({ text }) => text.includes(held.number));
    await app.tap(card, 'Accept sale');
    await app.tap(card, 'I know the customer');
    const order = await app.awaitOrder(held.id, ({ status }) => status === 'partially_refunded');
    expect(order.refunded_amount).toBe('4.00');
  });
});
