import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

const providers = providersThat('canCreate', 'canFetch');

test('while nothing can be stored a webhook is answered 503, and taken in when the provider comes again', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  await app.visit(order, 'pay');
  const dropped = (await app.webhooksOf(order)).at(-1);
  const genuine = { headers: { ...dropped?.headers }, body: dropped?.body ?? '' };

  const other = new Database(app.file);
  try {
    other.exec('begin immediate');
    const refused = await app.postWebhook('btcpay', genuine);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.text).not.toMatch(/sqlite|busy|locked/i);
    other.exec('rollback');
  } finally {
    other.close();
  }
  await awaitUntil(async () => (await app.postWebhook('btcpay', genuine)).status === 200, { what: 'a taken webhook' });
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.shop.heardOf(order.id).length === 1, { what: 'the announcement' });
});

test('a database that reads and does not write makes the process unready, not dead, until it writes again', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  const other = new Database(app.file);
  try {
    other.exec('begin immediate');
    await awaitUntil(async () => (await app.send('/readyz')).status === 503, { what: 'a process that is not ready' });
    const { checks } = JSON.parse((await app.send('/readyz')).text);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'database', ok: false }));
    expect((await app.getOrder(order.id)).number).toBe(order.number);
    expect((await app.send('/livez')).status).toBe(200);
    other.exec('rollback');
  } finally {
    other.close();
  }
  await awaitUntil(async () => (await app.send('/readyz')).status === 200, { what: 'a process that is ready' });
});

test('work that was in progress at an orderly stop is finished after the next start', async () => {
  await using app = await openAppFixture();
  const orders = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      app.placeOrder({ provider: providers[index % providers.length] ?? 'auto' }),
    ),
  );
  await Promise.all(orders.map((order) => app.visit(order, 'pay')));
  await app.restart();
  for (const { id } of orders) await app.awaitOrder(id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  for (const { id } of orders) expect(app.shop.heardOf(id).map(({ type }) => type)).toEqual(['order.paid']);
  expect(app.pagerMessages()).toEqual([]);
});
