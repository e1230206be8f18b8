import { expect, test } from 'vitest';
import { hour, second } from '#kernel/clock.ts';
import { type House, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';

/**
 * Waits while hours pass, one for every two seconds of waiting: an answer may be written down only after the clock has
 * moved, and the next try counts from then.
 */
async function awaitWhileHoursPass(house: House, isSo: () => boolean, what: string): Promise<void> {
  let movesAt = 0;
  await awaitTrue(
    () => {
      if (performance.now() >= movesAt) {
        house.clock.move(hour);
        movesAt = performance.now() + 2 * second;
      }
      return isSo();
    },
    { what },
  );
}

test('a shop that is down hears of its order when it is back, under the same id at every try', async () => {
  await using house = await openHouse();
  house.shop.answerWith(500);
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.shop.deliveries.length >= 1, { what: 'the first try' });
  for (let tries = 2; tries <= 3; tries += 1) {
    await awaitWhileHoursPass(house, () => house.shop.deliveries.length >= tries, `try ${tries}`);
  }
  house.shop.answerWith(204);
  await awaitWhileHoursPass(house, () => house.shop.heardOf(order.id).length === 1, 'the announcement');
  await house.awaitQuiet();

  const { deliveries, forged } = house.shop;
  expect(new Set(deliveries.map(({ id }) => id)).size).toBe(1);
  expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
  expect(deliveries.at(-1)).toMatchObject({ type: 'order.paid', status: 204 });
  expect(forged).toEqual([]);
});

test('an announcement that waits while the process is restarted keeps its id', async () => {
  await using house = await openHouse();
  house.shop.answerWith(503);
  const order = await house.placeOrder({ provider: 'bitpay' });
  await house.visit(order, 'pay');
  await awaitTrue(() => house.shop.deliveries.length > 0, { what: 'the first try' });
  await house.restart();
  house.shop.answerWith(200);
  await awaitWhileHoursPass(house, () => house.shop.heardOf(order.id).length === 1, 'the announcement');
  expect(new Set(house.shop.deliveries.map(({ id }) => id)).size).toBe(1);
});

test('the shop is told the order as the store API tells it', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'coinbase', metadata: { cart: 'c-7' }, name: 'Grace' });
  await house.visit(order, 'pay');
  await awaitTrue(() => house.shop.heardOf(order.id).length === 1, { what: 'the announcement' });
  const [announced] = house.shop.heardOf(order.id);
  const view = await house.getOrder(order.id);
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
