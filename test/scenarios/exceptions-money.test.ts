// Money that came too much, twice, for an order that was over, or that was taken back; and orders that a person settles.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import type { PlacedOrder } from '#test/support/house-client.ts';
import { current, openException, press, typesOf, writeReason } from '#test/support/house-exceptions.ts';
import { awaitTrue } from '#test/support/house-wait.ts';

test('a surplus is kept with a reason; the order was paid all the while', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'overpay');
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const alert = await house.awaitCard(({ text }) => text.includes('24.50 USD too much'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Resolve…', 'Open order']);
  const card = await openException(house, order, 'Too much');
  expect(await press(house, card, 'Keep it', 'It is a tip')).toBe('The surplus is kept.');
  const view = await house.getOrder(order.id);
  expect([view.status, view.exceptions]).toEqual(['paid', []]);
  await awaitTrue(() => house.pagerText(alert.messageId).includes('Ada kept the surplus: It is a tip'), {
    what: 'the alert that says who decided',
  });
  expect(await press(house, card, 'Undo')).toBe('Taken back: it is open again.');
  expect((await house.getOrder(order.id)).exceptions).toHaveLength(1);
});

test('an order that was paid twice keeps the money when a person says so', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  const old = await house.referenceOf(order);
  await house.visit(order, 'expire');
  const expired = await openException(house, order, 'Ran out unpaid');
  await press(house, expired, 'New link…', 'The likeliest', 'The customer asked for it');
  await house.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.sandbox.visit({ provider: 'btcpay', reference: old, action: 'pay_late' });
  const alert = await house.awaitCard(({ text }) => text.includes('Order was paid a second time'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Resolve…', 'Refund']);
  const card = await openException(house, order, 'Paid twice');
  expect(await press(house, card, 'Keep with the order', 'It counts for a later order')).toBe(
    'The money stays with the order.',
  );
  const { timeline, status } = await house.getOrder(order.id);
  expect(status).toBe('paid');
  expect(timeline.at(-1)?.text).toContain('Ada kept the money with the order: It counts for a later order');
});

/** What the buyer and the provider do with a refund that was asked for. */
async function arrive(house: House, order: PlacedOrder, reference: string): Promise<void> {
  for (const action of cases[order.provider].refunds?.arrives ?? []) {
    await house.sandbox.visit({ provider: order.provider, reference, action });
  }
  house.clock.move(10 * minute);
  await house.runJob('follow-refunds');
}

test('what came short goes back on a tap with a reason, and the order is refunded once the buyer has it', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'underpay');
  await house.visit(order, 'expire');
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(house, order, 'Came short');
  expect(await press(house, card, 'Refund', 'We cannot deliver')).toBe('Refund of 24.50 USD asked for.');
  const asked = await house.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'pending');
  expect(asked).toMatchObject({ refunding_amount: '24.50', exceptions: [], status: 'needs_attention' });
  await arrive(house, order, await house.referenceOf(order));
  const view = await house.awaitOrder(order.id, ({ status }) => status === 'refunded');
  expect([view.refunded_amount, view.exceptions]).toEqual(['24.50', []]);
  await house.awaitQuiet();
  expect(typesOf(house, order)).toEqual(['order.needs_attention', 'order.refunded']);
});

test('only the surplus goes back, and the order stays paid by the rest', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'overpay');
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(house, order, 'Too much');
  expect(await press(house, card, 'Refund the surplus', 'Sent too much by mistake')).toBe(
    'Refund of 24.50 USD asked for.',
  );
  await house.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'pending');
  await arrive(house, order, await house.referenceOf(order));
  const view = await house.awaitOrder(order.id, ({ refunded_amount: back }) => back === '24.50');
  expect([view.status, view.exceptions]).toEqual(['paid', []]);
});

test('what came late goes back', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay_late');
  const { exceptions } = await house.awaitOrder(order.id, (view) => view.exceptions.length === 1);
  const card = await openException(house, order, 'Came late');
  expect(await press(house, card, 'Refund', 'The customer asked for it')).toBe('Refund of 49.00 USD asked for.');
  await house.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'pending');
  await arrive(house, order, await house.referenceOf(order));
  const view = await house.awaitOrder(order.id, ({ status }) => status === 'refunded');
  expect(view.timeline.map(({ text }) => text).join('\n')).toContain(
    'Ada gave the money back: The customer asked for it',
  );
  expect(exceptions).toMatchObject([{ kind: 'payment_paid_late' }]);
});

test('money for a cancelled order brings it back when a person accepts it', async () => {
  await using house = await openHouse({ env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } });
  const order = await house.placeOrder({ provider: 'bitpay' });
  const orderCard = await house.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Cancel order'));
  await press(house, orderCard, 'Cancel order', 'Yes, cancel it');
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(house, order, 'Unexpected money');
  expect(await press(house, card, 'Accept as paid', 'Agreed with the customer')).toBe('Accepted as paid.');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.awaitQuiet();
  expect(typesOf(house, order)).toEqual(['order.cancelled', 'order.needs_attention', 'order.paid']);
});

test.each([
  { provider: 'coinbase', does: 'fail', kind: 'Failed' },
  { provider: 'bitpay', does: 'expire', kind: 'Ran out unpaid' },
] as const)('$provider: after $does the order gets a link at a chosen other provider', async (story) => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: story.provider });
  await house.visit(order, story.does);
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(house, order, story.kind);
  expect(await press(house, card, 'New link…', 'BTCPay', 'Another way to pay is wanted')).toBe(
    'Here is the payment link.',
  );
  const view = await house.awaitOrder(order.id, ({ payment }) => payment?.provider === 'btcpay');
  expect([view.status, view.payment?.amount, view.exceptions]).toEqual(['awaiting_payment', '49.00', []]);
  const link = view.payment?.checkout_url ?? 'none';
  await house.telegram.awaitMessage(({ text }) => text.includes(link));
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
});

test('an order that nobody pays is cancelled with a reason', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'coinbase' });
  await house.visit(order, 'fail');
  await house.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(house, order, 'Failed');
  expect(await press(house, card, 'Cancel order', 'Ordered by mistake')).toBe('The order is cancelled.');
  const { status, timeline } = await house.getOrder(order.id);
  expect(status).toBe('cancelled');
  expect(timeline.map(({ text }) => text)).toContain('cancelled by an admin: Ordered by mistake');
  await house.awaitQuiet();
  expect(typesOf(house, order)).toContain('order.cancelled');
});

test('mark paid asks for a written reason, warns, and tells everybody who gets alerts who did it and why', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  const card = await house.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Mark paid'));
  expect(await press(house, card, 'Mark paid')).toBe('Write the reason.');
  expect(current(house, card).text).toContain('⚠️ No provider says that the money is there.');
  expect(buttonsOf(current(house, card))).toEqual(['No, go back']);
  const { word, message } = await writeReason(house, { reason: 'Paid in cash', yes: 'Yes, it is paid' });
  expect(word).toBe('Marked as paid.');
  expect(message.text).toContain('Accepted by Ada: Paid in cash');
  const alert = await house.awaitCard(({ text }) => text.includes('Marked as paid by hand'));
  expect(alert.text).toContain('INFO');
  expect(alert.text).toContain('Why: Ada: Paid in cash');
  const view = await house.awaitOrder(order.id, ({ payment }) => payment?.status === 'cancelled');
  expect([view.status, view.payment?.trust]).toEqual(['paid', 'fetched']);
  await house.awaitQuiet();
  expect(typesOf(house, order)).toEqual(['order.paid']);
});

test('write off asks for a written reason, and ends an order that nobody pays', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'expire');
  await house.awaitOrder(order.id, ({ status }) => status === 'expired');
  const card = await house.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Write off'));
  await press(house, card, 'Write off');
  const { word } = await writeReason(house, { reason: 'She does not answer', yes: 'Yes, write it off' });
  expect(word).toBe('Written off.');
  expect((await house.getOrder(order.id)).status).toBe('cancelled');
  await house.awaitCard(({ text }) => text.includes('Written off') && text.includes('Ada: She does not answer'));
});

async function takenBack(house: House) {
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  const orderCard = await house.ask(`/order ${order.number}`, (message) =>
    buttonsOf(message).includes('Mark delivered'),
  );
  await press(house, orderCard, 'Mark delivered', 'Yes, delivered');
  await mark(house, await house.referenceOf(order), 'Invalid');
  await house.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  return order;
}

/** As somebody at the BTCPay Server does by hand. */
async function mark(house: House, reference: string, status: 'Invalid' | 'Settled'): Promise<void> {
  const { BTCPAY_URL, BTCPAY_API_KEY, BTCPAY_STORE_ID } = house.environment;
  const response = await fetch(`${BTCPAY_URL}/api/v1/stores/${BTCPAY_STORE_ID}/invoices/${reference}/status`, {
    method: 'POST',
    headers: { authorization: `token ${BTCPAY_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  expect(response.status).toBe(200);
}

test('a reversed payment that confirms after all restores the delivered order by itself, and the shop hears it', async () => {
  await using house = await openHouse();
  const order = await takenBack(house);
  await mark(house, await house.referenceOf(order), 'Settled');
  const view = await house.awaitOrder(order.id, ({ status }) => status === 'fulfilled');
  expect(view.exceptions).toEqual([]);
  await house.awaitQuiet();
  expect(typesOf(house, order).sort()).toEqual([
    'order.fulfilled',
    'order.needs_attention',
    'order.paid',
    'payment.restored',
    'payment.reversed',
  ]);
});

test('the loss of a reversed payment is accepted loudly, and expected again when that is taken back', async () => {
  await using house = await openHouse();
  const order = await takenBack(house);
  const card = await openException(house, order, 'Reversed');
  expect(await press(house, card, 'Check again')).toBe('Checked: nothing new at the provider.');
  await press(house, card, 'Write off');
  const { word, message } = await writeReason(house, { reason: 'Too little to chase', yes: 'Yes, write it off' });
  expect(word).toBe('Written off.');
  expect((await house.getOrder(order.id)).status).toBe('fulfilled');
  await house.awaitCard(({ text }) => text.includes('Written off') && text.includes('Ada: Too little to chase'));
  expect(await press(house, message, 'Undo')).toBe('Taken back: it is open again.');
  const { status, exceptions } = await house.getOrder(order.id);
  expect([status, exceptions.map(({ kind }) => kind)]).toEqual(['needs_attention', ['payment_reversed']]);
});
