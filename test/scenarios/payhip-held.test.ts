import { describe, expect, test } from 'vitest';
import { buttonsOf, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';
import {
  addProduct,
  awaitSale,
  ordersOf,
  paidBody,
  samplePack,
  sellerAt,
  tell,
  textNow,
} from '#test/support/payhip.ts';

const kim = 'kim@customer.example';

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
