// The promises that SQLite's one writer makes easy, kept by the whole product on PostgreSQL.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const providers = providersThat('canCreate', 'canFetch');

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const onPostgres = async () => ({ env: { DATABASE_URL: await server.createDatabase('none') } });

test.each(providers)('%s: an order is paid and announced once under triple delivery', async (provider) => {
  await using app = await openAppFixture(await onPostgres());
  app.sandbox.faults(provider).set({ duplicateWebhooks: 2, reorderWebhooks: true });
  const order = await app.placeOrder({ provider });
  await app.visit(order, 'pay');
  await app.sandbox.settle();
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.shop.heardOf(order.id).length > 0, { what: 'the announcement' });
  expect(app.shop.deliveries.map(({ type }) => type)).toEqual(['order.paid']);
});

test('an underpaid order raises an alert, which is acknowledged and resolved by a new link that is paid', async () => {
  await using app = await openAppFixture(await onPostgres());
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'underpay');
  await app.visit(order, 'expire');
  const card = await app.awaitCard(({ text }) => text.includes('Payment underpaid'));
  await app.tap(card, 'Acknowledge');
  await awaitUntil(() => app.pagerText(card.messageId).includes('Acknowledged by Ada'), { what: 'the card' });
  await app.tap(card, 'New payment link');
  await app.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.pagerText(card.messageId).includes('RESOLVED'), { what: 'the end of the trouble' });
});

test('a lost webhook is made up for by polling, and twenty orders at once get twenty numbers', async () => {
  await using app = await openAppFixture(await onPostgres());
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  const orders = await Promise.all(Array.from({ length: 20 }, () => app.placeOrder({ provider: 'btcpay' })));
  expect(new Set(orders.map(({ number }) => number)).size).toBe(20);
  for (const order of orders) await app.visit(order, 'pay');
  app.clock.move(minute);
  await app.runJob('poll-payments');
  for (const order of orders) await app.awaitOrder(order.id, ({ status }) => status === 'paid');
});
