import { expect, test } from 'vitest';
import { hour, second } from '#kernel/clock.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

/**
 * Waits while hours pass, one for every two seconds of waiting: an answer may be written down only after the clock has
 * moved, and the next try counts from then.
 */
async function awaitWhileHoursPass(app: AppFixture, isSo: () => boolean, what: string): Promise<void> {
  let movesAt = 0;
  await awaitUntil(
    () => {
      if (performance.now() >= movesAt) {
        app.clock.move(hour);
        movesAt = performance.now() + 2 * second;
      }
      return isSo();
    },
    { what },
  );
}

test('a shop that is down is notified of its order when it is back, under the same id at every attempt', async () => {
  await using app = await openAppFixture();
  app.shop.answerWith(500);
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.shop.deliveries.length >= 1, { what: 'the first try' });
  for (let tries = 2; tries <= 3; tries += 1) {
    await awaitWhileHoursPass(app, () => app.shop.deliveries.length >= tries, `try ${tries}`);
  }
  app.shop.answerWith(204);
  await awaitWhileHoursPass(app, () => app.shop.heardOf(order.id).length === 1, 'the announcement');
  await app.awaitQuiet();

  const { deliveries, forged } = app.shop;
  expect(new Set(deliveries.map(({ id }) => id)).size).toBe(1);
  expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
  expect(deliveries.at(-1)).toMatchObject({ type: 'order.paid', status: 204 });
  expect(forged).toEqual([]);
});

test('an announcement that waits while the process is restarted keeps its id', async () => {
  await using app = await openAppFixture();
  app.shop.answerWith(503);
  const order = await app.placeOrder({ provider: 'bitpay' });
  await app.visit(order, 'pay');
  await awaitUntil(() => app.shop.deliveries.length > 0, { what: 'the first try' });
  await app.restart();
  app.shop.answerWith(200);
  await awaitWhileHoursPass(app, () => app.shop.heardOf(order.id).length === 1, 'the announcement');
  expect(new Set(app.shop.deliveries.map(({ id }) => id)).size).toBe(1);
});

test('the shop is sent the order as the store API shows it', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'coinbase', metadata: { cart: 'c-7' }, name: 'Grace' });
  await app.visit(order, 'pay');
  await awaitUntil(() => app.shop.heardOf(order.id).length === 1, { what: 'the announcement' });
  const [announced] = app.shop.heardOf(order.id);
  const view = await app.getOrder(order.id);
  expect(announced?.order).toMatchObject({
    id: view.id,
    number: view.number,
    status: 'paid',
    amount: '49.00',
    currency: 'USD',
    metadata: { cart: 'c-7' },
    customer: { email: 'buyer@example.org', name: 'Grace' },
    paid_at: view.paid_at,
  });
  expect(Object.keys(announced?.order ?? {}).sort()).toEqual(Object.keys(view).sort());
});
