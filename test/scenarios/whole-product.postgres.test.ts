// The promises that SQLite's one writer makes easy, kept by the whole product on PostgreSQL.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { providersThat } from '#test/support/abilities.ts';
import { openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';
import { startPostgres, type TestPostgres } from '#test/support/postgres.ts';

const providers = providersThat('canCreate', 'canFetch');

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const onPostgres = async () => ({ env: { DATABASE_URL: await server.createDatabase('none') } });

test.each(providers)('%s: an order is paid and announced once under triple delivery', async (provider) => {
  await using house = await openHouse(await onPostgres());
  house.sandbox.faults(provider).set({ duplicateWebhooks: 2, reorderWebhooks: true });
  const order = await house.placeOrder({ provider });
  await house.visit(order, 'pay');
  await house.sandbox.settle();
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.shop.heardOf(order.id).length > 0, { what: 'the announcement' });
  expect(house.shop.deliveries.map(({ type }) => type)).toEqual(['order.paid']);
});

test('trouble rings, is acknowledged, and ends with a new link that is paid', async () => {
  await using house = await openHouse(await onPostgres());
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'underpay');
  await house.visit(order, 'expire');
  const card = await house.awaitCard(({ text }) => text.includes('came short'));
  await house.tap(card, 'Acknowledge');
  await awaitTrue(() => house.pagerText(card.messageId).includes('Acknowledged by Ada'), { what: 'the card' });
  await house.tap(card, 'New payment link');
  await house.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.pagerText(card.messageId).includes('RESOLVED'), { what: 'the end of the trouble' });
});

test('a webhook that is lost is healed by polling, and twenty orders at once keep twenty numbers', async () => {
  await using house = await openHouse(await onPostgres());
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  const orders = await Promise.all(Array.from({ length: 20 }, () => house.placeOrder({ provider: 'btcpay' })));
  expect(new Set(orders.map(({ number }) => number)).size).toBe(20);
  for (const order of orders) await house.visit(order, 'pay');
  house.clock.move(minute);
  await house.runJob('poll-payments');
  for (const order of orders) await house.awaitOrder(order.id, ({ status }) => status === 'paid');
});
