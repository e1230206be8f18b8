// Money back through the real adapters: asked for by the shop, carried out by the provider at once, never, or late.
import { describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import type { OrderView } from '#payments/lifecycle/order-view.ts';
import { refundingNames } from '#test/contract/providers/refund-shop.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { type House, openHouse } from '#test/support/house.ts';
import type { PlacedOrder } from '#test/support/house-client.ts';

async function paidOrder(house: House, provider: PlacedOrder['provider']): Promise<PlacedOrder> {
  const order = await house.placeOrder({ provider, amount: '49.00' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.awaitQuiet();
  return order;
}

async function askFor(house: House, order: PlacedOrder, body: object = {}): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const asked = { method: 'POST', headers, body: JSON.stringify({ reason: 'Bought by mistake', ...body }) };
  expect((await house.send(`/v1/orders/${order.id}/refunds`, asked)).status).toBe(201);
}

/** What the buyer and the provider do; where the clock does it, it has been there first. */
async function arrive(house: House, order: PlacedOrder): Promise<void> {
  for (const action of cases[order.provider].refunds?.arrives ?? []) {
    await house.visit(order, action).catch((error: Error) => expect(error.name).toBe('VisitRefused'));
  }
  // Where no webhook tells of it, it is seen when it is looked at the next time.
  house.clock.move(10 * minute);
  await house.runJob('follow-refunds');
}

/** What the provider holds of the order's refunds, but for offers that nobody can claim. */
async function held(house: House, order: PlacedOrder) {
  const record = house.sandbox.record(order.provider, await house.referenceOf(order));
  return (record?.refunds ?? []).filter(({ status }) => status !== 'Archived');
}

const isAsked = ({ refunds }: OrderView): boolean => refunds.some(({ status }) => status === 'pending');
const isBack = ({ status }: OrderView): boolean => status === 'refunded';

describe.each(refundingNames)('%s', (provider) => {
  test('a refund of all goes back once, and the shop hears of it once', async () => {
    await using house = await openHouse();
    const order = await paidOrder(house, provider);
    await askFor(house, order);
    await house.awaitOrder(order.id, (view) => isAsked(view) || isBack(view));
    await arrive(house, order);
    const view = await house.awaitOrder(order.id, isBack);
    expect(view).toMatchObject({ refunded_amount: '49.00', refunding_amount: '0.00' });
    expect(view.refunds).toMatchObject([{ status: 'succeeded', amount: '49.00' }]);
    expect(await held(house, order)).toMatchObject([{ amount: '49.00' }]);
    await house.awaitQuiet();
    expect(house.shop.heardOf(order.id).filter(({ type }) => type === 'order.refunded')).toHaveLength(1);
  });

  test('a refund whose answer was lost is found, and not sent again', async () => {
    await using house = await openHouse();
    const order = await paidOrder(house, provider);
    house.sandbox.faults(provider).failNextCommand('reset_after');
    await askFor(house, order, { amount: '20.00' });
    await house.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'unknown');
    await house.runJob('follow-refunds');
    await house.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status !== 'unknown');
    await arrive(house, order);
    await house.awaitOrder(order.id, ({ refunded_amount }) => refunded_amount === '20.00');
    expect(await held(house, order)).toMatchObject([{ amount: '20.00' }]);
  });

  test('a refund that is carried out after it was sent again moves the money once', async () => {
    await using house = await openHouse();
    const order = await paidOrder(house, provider);
    house.sandbox.faults(provider).set({ lateMs: 30 * minute });
    house.sandbox.faults(provider).failNextCommand('reset_late');
    await askFor(house, order);
    await house.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'unknown');
    await house.awaitQuiet();
    house.clock.move(11 * minute);
    await house.runJob('follow-refunds');
    await house.awaitOrder(order.id, (view) => isAsked(view) || isBack(view));
    house.clock.move(20 * minute);
    house.sandbox.tick();
    await house.runJob('follow-refunds');
    await house.restart();
    await arrive(house, order);
    const view = await house.awaitOrder(order.id, isBack);
    expect(view).toMatchObject({ refunded_amount: '49.00', refunding_amount: '0.00' });
    expect(await held(house, order)).toMatchObject([{ amount: '49.00' }]);
  });
});

test('a BitPay ledger that holds too little is told in the words of BitPay, and nothing has gone back', async () => {
  await using house = await openHouse();
  const order = await paidOrder(house, 'bitpay');
  house.sandbox.setDial('bitpay', 'ledgerBalance', '10.00');
  await askFor(house, order);
  const { refunds } = await house.awaitOrder(order.id, (view) => view.refunds[0]?.status === 'failed');
  expect(JSON.stringify(refunds)).toContain('Insufficient ledger balance');
  expect(await held(house, order)).toEqual([]);
});
