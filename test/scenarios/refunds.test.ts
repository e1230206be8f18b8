// Money back through the real adapters: asked for by the shop, carried out by the provider at once, never, or late.
import { describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import { refundingNames } from '#test/contract/providers/refund-shop.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import type { PlacedOrder } from '#test/support/app-fixture/shop-client.ts';

async function paidOrder(app: AppFixture, provider: PlacedOrder['provider']): Promise<PlacedOrder> {
  const order = await app.placeOrder({ provider, amount: '49.00' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  return order;
}

async function askFor(app: AppFixture, order: PlacedOrder, body: object = {}): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const asked = { method: 'POST', headers, body: JSON.stringify({ reason: 'Bought by mistake', ...body }) };
  expect((await app.send(`/v1/orders/${order.id}/refunds`, asked)).status).toBe(201);
}

/** What the buyer and the provider do; where the clock does it, it has been there first. */
async function arrive(app: AppFixture, order: PlacedOrder): Promise<void> {
  for (const action of cases[order.provider].refunds?.arrives ?? []) {
    await app.visit(order, action).catch((error: Error) => expect(error.name).toBe('VisitRefused'));
  }
  // Where no webhook reports it, the next fetch finds it.
  app.clock.move(10 * minute);
  await app.runJob('follow-refunds');
}

/** What the provider holds of the order's refunds, but for offers that nobody can claim. */
async function held(app: AppFixture, order: PlacedOrder) {
  const record = app.sandbox.record(order.provider, await app.referenceOf(order));
  return (record?.refunds ?? []).filter(({ status }) => status !== 'Archived');
}

const isAsked = ({ refunds }: OrderView): boolean => refunds.some(({ status }) => status === 'pending');
const isBack = ({ status }: OrderView): boolean => status === 'refunded';

describe.each(refundingNames)('%s', (provider) => {
  test('a full refund is made once, and the shop is notified once', async () => {
    await using app = await openAppFixture();
    const order = await paidOrder(app, provider);
    await askFor(app, order);
    await app.awaitOrder(order.id, (view) => isAsked(view) || isBack(view));
    await arrive(app, order);
    const view = await app.awaitOrder(order.id, isBack);
    expect(view).toMatchObject({ refunded_amount: '49.00', refunding_amount: '0.00' });
    expect(view.refunds).toMatchObject([{ status: 'succeeded', amount: '49.00' }]);
    expect(await held(app, order)).toMatchObject([{ amount: '49.00' }]);
    await app.awaitQuiet();
    expect(app.shop.heardOf(order.id).filter(({ type }) => type === 'order.refunded')).toHaveLength(1);
  });

  test('a refund whose answer was lost is found, and not sent again', async () => {
    await using app = await openAppFixture();
    const order = await paidOrder(app, provider);
    app.sandbox.faults(provider).failNextCommand('reset_after');
    await askFor(app, order, { amount: '20.00' });
    // The job runs by itself, too, and may have found the refund before anybody saw it as unknown.
    await app.awaitOrder(order.id, ({ timeline }) =>
      timeline.some(({ text }) => text.includes('sent and not answered')),
    );
    await app.runJob('follow-refunds');
    await app.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status !== 'unknown');
    await arrive(app, order);
    await app.awaitOrder(order.id, ({ refunded_amount }) => refunded_amount === '20.00');
    expect(await held(app, order)).toMatchObject([{ amount: '20.00' }]);
  });

  test('a refund that was made at the provider itself is found although every webhook of it is lost', async () => {
    await using app = await openAppFixture();
    const order = await paidOrder(app, provider);
    app.sandbox.faults(provider).set({ dropWebhooks: 1 });
    await app.visit(order, 'refund_full');
    await arrive(app, order);
    expect((await app.awaitOrder(order.id, () => true)).refunds).toEqual([]);
    await app.runJob('reconcile');
    const view = await app.awaitOrder(order.id, isBack);
    expect(view.refunds).toMatchObject([{ status: 'succeeded', amount: '49.00' }]);
    await app.runJob('reconcile');
    expect((await app.awaitOrder(order.id, isBack)).refunds).toHaveLength(1);
  });

  test('a refund that is carried out after it was sent again moves the money once', async () => {
    await using app = await openAppFixture();
    const order = await paidOrder(app, provider);
    app.sandbox.faults(provider).set({ lateMs: 30 * minute });
    app.sandbox.faults(provider).failNextCommand('reset_late');
    await askFor(app, order);
    await app.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'unknown');
    await app.awaitQuiet();
    app.clock.move(11 * minute);
    await app.runJob('follow-refunds');
    await app.awaitOrder(order.id, (view) => isAsked(view) || isBack(view));
    app.clock.move(20 * minute);
    app.sandbox.tick();
    await app.runJob('follow-refunds');
    await app.restart();
    await arrive(app, order);
    const view = await app.awaitOrder(order.id, isBack);
    expect(view).toMatchObject({ refunded_amount: '49.00', refunding_amount: '0.00' });
    expect(await held(app, order)).toMatchObject([{ amount: '49.00' }]);
  });
});

test('a BitPay ledger that holds too little is reported with BitPay’s message, and nothing is refunded', async () => {
  await using app = await openAppFixture();
  const order = await paidOrder(app, 'bitpay');
  app.sandbox.setDial('bitpay', 'ledgerBalance', '10.00');
  await askFor(app, order);
  const { refunds } = await app.awaitOrder(order.id, (view) => view.refunds[0]?.status === 'failed');
  expect(JSON.stringify(refunds)).toContain('Insufficient ledger balance');
  expect(await held(app, order)).toEqual([]);
});
