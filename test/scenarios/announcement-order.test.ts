// What the shop hears of one order comes in the order in which it happened, however often an attempt fails.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { press } from '#test/support/app-fixture/exception-cards.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

async function paidOrder(app: AppFixture) {
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  return order;
}

const takenOf = (app: AppFixture, id: string) =>
  app.shop.deliveries.filter(({ order, status }) => order.id === id && status === 200).map(({ type }) => type);

test('a shop that missed that an order is paid hears of it before it hears that it was delivered', async () => {
  await using app = await openAppFixture();
  app.shop.answerWith(500);
  const order = await paidOrder(app);
  await awaitUntil(() => app.shop.deliveries.length === 1, { what: 'the first try' });
  app.shop.answerWith(200);
  const card = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Mark delivered'));
  await press(app, card, 'Mark delivered', 'Yes, delivered');
  await app.awaitOrder(order.id, ({ status }) => status === 'fulfilled');
  await awaitUntil(() => takenOf(app, order.id).length === 2, {
    what: 'both events',
    meanwhile: () => app.clock.move(minute),
  });
  expect(takenOf(app, order.id)).toEqual(['order.paid', 'order.fulfilled']);
});

test('an event that the shop refuses holds up no other order', async () => {
  await using app = await openAppFixture();
  app.shop.answerWith(500);
  await paidOrder(app);
  await awaitUntil(() => app.shop.deliveries.length === 1, { what: 'the first try' });
  app.shop.answerWith(200);
  const other = await paidOrder(app);
  await awaitUntil(() => takenOf(app, other.id).length === 1, { what: 'the other order' });
  expect(takenOf(app, other.id)).toEqual(['order.paid']);
});
