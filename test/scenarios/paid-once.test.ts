import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitFound, awaitUntil } from '#test/support/time/await-until.ts';

const providers = providersThat('canCreate', 'canFetch');

test.each(providers)('%s: an order is paid once although every webhook comes three times', async (provider) => {
  await using app = await openAppFixture();
  app.sandbox.faults(provider).set({ duplicateWebhooks: 2 });
  const order = await app.placeOrder({ provider });
  await app.visit(order, 'pay');
  await app.sandbox.settle();
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.shop.heardOf(order.id).length > 0, { what: 'the announcement' });
  await app.awaitQuiet();

  const deliveries = await app.webhooksOf(order);
  expect(deliveries.length).toBeGreaterThanOrEqual(3);
  expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => 200));
  const { timeline, payments } = await app.getOrder(order.id);
  expect(timeline.filter(({ subject, to }) => subject === 'order' && to === 'paid')).toHaveLength(1);
  expect(timeline.filter(({ subject, to }) => subject === 'payment' && to === 'paid')).toHaveLength(1);
  expect(payments).toHaveLength(1);
  expect(app.shop.deliveries.map(({ type }) => type)).toEqual(['order.paid']);
  expect(app.shop.forged).toEqual([]);
  expect(app.pagerMessages()).toEqual([]);
});

test.each(providers)(
  '%s: webhooks that come in the wrong order, each twice, end where the right order ends',
  async (provider) => {
    await using app = await openAppFixture();
    app.sandbox.faults(provider).set({ reorderWebhooks: true, duplicateWebhooks: 1 });
    const order = await app.placeOrder({ provider });
    await app.visit(order, 'pay_unconfirmed');
    await app.visit(order, 'confirm');
    await app.sandbox.settle();
    await app.awaitOrder(order.id, ({ status }) => status === 'paid');
    await awaitUntil(() => app.shop.heardOf(order.id).length > 0, { what: 'the announcement' });
    await app.awaitQuiet();
    expect((await app.getOrder(order.id)).payment).toMatchObject({ status: 'paid', trust: 'fetched' });
    expect(app.shop.deliveries.map(({ type }) => type)).toEqual(['order.paid']);
  },
);

test.each(providers)('%s: a payment whose webhooks are all lost is found by polling', async (provider) => {
  await using app = await openAppFixture();
  app.sandbox.faults(provider).set({ dropWebhooks: 1 });
  const order = await app.placeOrder({ provider });
  await app.visit(order, 'pay');
  await app.sandbox.settle();
  app.clock.move(minute);
  await app.runJob('poll-payments');
  const { timeline } = await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect((await app.webhooksOf(order)).every(({ outcome }) => outcome === 'dropped')).toBe(true);
  expect(timeline.find(({ subject, to }) => subject === 'order' && to === 'paid')?.cause.kind).toBe('poll');
});

test('money that came long after polling ended, and whose webhook was lost, is found by reconciliation alone', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'expire');
  await app.sandbox.settle();
  await app.awaitOrder(order.id, ({ status }) => status === 'expired');
  app.clock.move(3 * 24 * hour);
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  await app.visit(order, 'pay_late');
  await app.sandbox.settle();
  await app.runJob('poll-payments');
  expect((await app.getOrder(order.id)).status).toBe('expired');

  const run = await app.runJob('reconcile');
  expect(run.outcome).toMatchObject({ kind: 'done', counts: { failed: 0, healed: 1, open: 0 } });
  const { status, payment, timeline } = await app.getOrder(order.id);
  expect(status).toBe('needs_attention');
  expect(payment?.status).toBe('paid_late');
  expect(timeline.find(({ to }) => to === 'paid_late')?.cause.kind).toBe('reconciliation');
  await app.awaitCard(({ text }) => text.includes('Payment paid late') && text.includes(order.number));
});

test('BitPay is told with each invoice where to post, so that nothing has to be set on its pages', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'bitpay' });
  await app.visit(order, 'pay');
  const urls = await awaitFound(async () => (await app.webhooksOf(order))[0]?.url, { what: 'a webhook' });
  expect(urls).toBe(`${app.url}/webhooks/bitpay`);
});
