import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

async function buy(app: AppFixture): Promise<{ id: string; number: string }> {
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => triesOf(app, order.id) > 0, { what: 'an attempt' });
  return { id: order.id, number: String((await app.getOrder(order.id)).number) };
}

const triesOf = (app: AppFixture, id: string): number =>
  app.shop.deliveries.filter(({ order }) => order.id === id).length;

test('a shop that is down rings within three minutes, in one case that names the orders and ends when it takes them', async () => {
  await using app = await openAppFixture();
  app.shop.answerWith(500);
  const first = await buy(app);
  await app.runJob('watch-shop');
  const shown = await app.ask(`/order ${first.number}`);
  expect(shown.text).not.toContain('Shop not told yet');

  // A failure or two may pass.
  app.clock.move(1.5 * minute);
  expect((await app.runJob('watch-shop')).outcome).toEqual({ kind: 'done', counts: { untold: 0 } });
  app.clock.move(minute / 2);
  await app.runJob('watch-shop');
  const card = await app.awaitCard(({ text }) => text.includes('Shop not told of 1 order'));
  expect(card.text).toContain('CRITICAL');
  expect(card.text).toContain(first.number);
  expect(card.text).toContain('the shop answered 500');
  const orderText = () =>
    app.telegram
      .messages({ bot: shown.bot, chatId: shown.chatId })
      .find(({ messageId }) => messageId === shown.messageId)?.text ?? '';
  await awaitUntil(() => orderText().includes('Shop not told yet'), {
    what: 'the card of the order',
    instead: orderText,
  });
  const ready = await app.send('/readyz');
  expect(ready.status).toBe(200);
  expect(ready.text).toContain('{"name":"shop","ok":false,"vital":false,"detail":"not told of 1 order"');
  expect((await app.send('/metrics')).text).toContain('tillkeeper_shop_untold_orders 1');
  const health = await app.ask('/health', ({ text }) => text.includes('Something is wrong'));
  expect(health.text).toContain('🔴 shop · not told of 1 order');

  const second = await buy(app);
  app.clock.move(2 * minute);
  await app.runJob('watch-shop');
  await awaitUntil(() => app.pagerText(card.messageId).includes('Shop not told of 2 orders'), {
    what: 'a card that follows',
    instead: () => app.pagerText(card.messageId),
  });

  app.shop.answerWith(200);
  app.clock.move(hour);
  const isTold = () =>
    [first, second].every(({ id }) => app.shop.heardOf(id).some(({ type }) => type === 'order.paid'));
  await awaitUntil(isTold, { what: 'a shop that was told', meanwhile: () => app.clock.move(minute) });
  const isOver = async () => {
    await app.runJob('watch-shop');
    return app.pagerText(card.messageId).includes('Nothing waits for the shop any more');
  };
  await awaitUntil(isOver, { what: 'the end of the case', instead: () => app.pagerText(card.messageId) });
  await awaitUntil(() => !orderText().includes('Shop not told yet'), {
    what: 'the card of the order',
    instead: orderText,
  });
  expect(app.pagerMessages().filter(({ text }) => text.includes('Shop not told'))).toHaveLength(1);
  expect((await app.send('/readyz')).text).toContain(
    '{"name":"shop","ok":true,"vital":false,"detail":"no order waits long to be told of"',
  );
});

test('what waited for a shop that was away is sent again as soon as it takes another event', async () => {
  await using app = await openAppFixture();
  await buy(app);
  app.shop.answerWith(500);
  const missed = await buy(app);
  for (let tries = 1; tries < 9; tries += 1) {
    await awaitUntil(() => triesOf(app, missed.id) > tries, { what: 'a try', meanwhile: () => app.clock.move(minute) });
  }
  app.shop.answerWith(200);
  await buy(app);
  const isTold = () => app.shop.heardOf(missed.id).some(({ type }) => type === 'order.paid');
  await awaitUntil(isTold, { what: 'the event that waited' });
});

test('a shop that takes its time holds up no order, no alert and no admin', async () => {
  await using app = await openAppFixture();
  const release = app.shop.hold();
  // As many as are told at once, and some that wait behind them.
  const orders = await Promise.all(Array.from({ length: 6 }, () => app.placeOrder({ provider: 'btcpay' })));
  for (const order of orders) await app.visit(order, 'pay');
  for (const { id } of orders) await app.awaitOrder(id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.shop.deliveries.length >= 4, { what: 'four events on their way' });

  const short = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(short, 'underpay');
  await app.visit(short, 'expire');
  await app.awaitCard(({ text }) => text.includes('Payment underpaid'));
  const shown = await app.ask(`/order ${short.number}`, ({ text }) => text.includes(short.number));
  expect(shown.text).toContain('Underpaid');

  release();
  const isTold = () => orders.every(({ id }) => app.shop.heardOf(id).some(({ type }) => type === 'order.paid'));
  await awaitUntil(isTold, { what: 'a shop that was told of all', meanwhile: () => app.clock.move(minute) });
});
