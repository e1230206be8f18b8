import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { providersThat } from '#test/support/abilities.ts';
import { openHouse } from '#test/support/house.ts';
import { awaitFound, awaitTrue } from '#test/support/house-wait.ts';

const providers = providersThat('canCreate', 'canFetch');

test.each(providers)('%s: an order is paid once although every webhook comes three times', async (provider) => {
  await using house = await openHouse();
  house.sandbox.faults(provider).set({ duplicateWebhooks: 2 });
  const order = await house.placeOrder({ provider });
  await house.visit(order, 'pay');
  await house.sandbox.settle();
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.shop.heardOf(order.id).length > 0, { what: 'the announcement' });
  await house.awaitQuiet();

  const deliveries = await house.webhooksOf(order);
  expect(deliveries.length).toBeGreaterThanOrEqual(3);
  expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => 200));
  const { timeline, payments } = await house.getOrder(order.id);
  expect(timeline.filter(({ subject, to }) => subject === 'order' && to === 'paid')).toHaveLength(1);
  expect(timeline.filter(({ subject, to }) => subject === 'payment' && to === 'paid')).toHaveLength(1);
  expect(payments).toHaveLength(1);
  expect(house.shop.deliveries.map(({ type }) => type)).toEqual(['order.paid']);
  expect(house.shop.forged).toEqual([]);
  expect(house.pagerMessages()).toEqual([]);
});

test.each(providers)(
  '%s: webhooks that come in the wrong order, each twice, end where the right order ends',
  async (provider) => {
    await using house = await openHouse();
    house.sandbox.faults(provider).set({ reorderWebhooks: true, duplicateWebhooks: 1 });
    const order = await house.placeOrder({ provider });
    await house.visit(order, 'pay_unconfirmed');
    await house.visit(order, 'confirm');
    await house.sandbox.settle();
    await house.awaitOrder(order.id, ({ status }) => status === 'paid');
    await awaitTrue(() => house.shop.heardOf(order.id).length > 0, { what: 'the announcement' });
    await house.awaitQuiet();
    expect((await house.getOrder(order.id)).payment).toMatchObject({ status: 'paid', trust: 'fetched' });
    expect(house.shop.deliveries.map(({ type }) => type)).toEqual(['order.paid']);
  },
);

test.each(providers)('%s: a payment whose webhooks are all lost is found by polling', async (provider) => {
  await using house = await openHouse();
  house.sandbox.faults(provider).set({ dropWebhooks: 1 });
  const order = await house.placeOrder({ provider });
  await house.visit(order, 'pay');
  await house.sandbox.settle();
  house.clock.move(minute);
  await house.runJob('poll-payments');
  const { timeline } = await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect((await house.webhooksOf(order)).every(({ outcome }) => outcome === 'dropped')).toBe(true);
  expect(timeline.find(({ subject, to }) => subject === 'order' && to === 'paid')?.cause.kind).toBe('poll');
});

test('money that came long after polling ended, and whose webhook was lost, is found by reconciliation alone', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'expire');
  await house.sandbox.settle();
  await house.awaitOrder(order.id, ({ status }) => status === 'expired');
  house.clock.move(3 * 24 * hour);
  house.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  await house.visit(order, 'pay_late');
  await house.sandbox.settle();
  await house.runJob('poll-payments');
  expect((await house.getOrder(order.id)).status).toBe('expired');

  const run = await house.runJob('reconcile');
  expect(run.outcome).toMatchObject({ kind: 'done', counts: { failed: 0, healed: 1, open: 0 } });
  const { status, payment, timeline } = await house.getOrder(order.id);
  expect(status).toBe('needs_attention');
  expect(payment?.status).toBe('paid_late');
  expect(timeline.find(({ to }) => to === 'paid_late')?.cause.kind).toBe('reconciliation');
  await house.awaitCard(({ text }) => text.includes('Payment came late') && text.includes(order.number));
});

test('BitPay is told with each invoice where to post, so that nothing has to be set on its pages', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'bitpay' });
  await house.visit(order, 'pay');
  const urls = await awaitFound(async () => (await house.webhooksOf(order))[0]?.url, { what: 'a webhook' });
  expect(urls).toBe(`${house.url}/webhooks/bitpay`);
});
