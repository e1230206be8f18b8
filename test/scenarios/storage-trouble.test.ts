import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { providersThat } from '#test/support/abilities.ts';
import { openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';

const providers = providersThat('canCreate', 'canFetch');

test('while nothing can be stored a webhook is answered 503, and taken in when the provider comes again', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  await house.visit(order, 'pay');
  const dropped = (await house.webhooksOf(order)).at(-1);
  const genuine = { headers: { ...dropped?.headers }, body: dropped?.body ?? '' };

  const other = new Database(house.file);
  try {
    other.exec('begin immediate');
    const refused = await house.postWebhook('btcpay', genuine);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.text).not.toMatch(/sqlite|busy|locked/i);
    other.exec('rollback');
  } finally {
    other.close();
  }
  await awaitTrue(async () => (await house.postWebhook('btcpay', genuine)).status === 200, { what: 'a taken webhook' });
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.shop.heardOf(order.id).length === 1, { what: 'the announcement' });
});

test('work that was under way at an orderly stop is finished after the next start', async () => {
  await using house = await openHouse();
  const orders = await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      house.placeOrder({ provider: providers[index % providers.length] ?? 'auto' }),
    ),
  );
  await Promise.all(orders.map((order) => house.visit(order, 'pay')));
  await house.restart();
  for (const { id } of orders) await house.awaitOrder(id, ({ status }) => status === 'paid');
  await house.awaitQuiet();
  for (const { id } of orders) expect(house.shop.heardOf(id).map(({ type }) => type)).toEqual(['order.paid']);
  expect(house.pagerMessages()).toEqual([]);
});
