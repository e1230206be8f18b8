// Overpaid, paid twice, paid after the end of the order, reversed; and orders that an admin resolves.
import { expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { cases } from '#test/contract/providers/registry.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { current, openException, press, typesOf, writeReason } from '#test/support/app-fixture/exception-cards.ts';
import type { PlacedOrder } from '#test/support/app-fixture/shop-client.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

test('a surplus is kept with a reason; the order was paid all the while', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'overpay');
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const alert = await app.awaitCard(({ text }) => text.includes('24.50 USD overpaid'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Resolve…', 'Open order']);
  const card = await openException(app, order, 'Overpaid');
  expect(await press(app, card, 'Keep it', 'It is a tip')).toBe('The surplus is kept.');
  const view = await app.getOrder(order.id);
  expect([view.status, view.exceptions]).toEqual(['paid', []]);
  await awaitUntil(() => app.pagerText(alert.messageId).includes('Ada kept the surplus: It is a tip'), {
    what: 'the alert that says who decided',
  });
  expect(await press(app, card, 'Undo')).toBe('Taken back: it is open again.');
  expect((await app.getOrder(order.id)).exceptions).toHaveLength(1);
});

test('the money of an order that was paid twice is kept when an admin decides so', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  const old = await app.referenceOf(order);
  await app.visit(order, 'expire');
  const expired = await openException(app, order, 'Expired');
  await press(app, expired, 'New link…', 'The likeliest', 'The customer asked for it');
  await app.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.sandbox.visit({ provider: 'btcpay', reference: old, action: 'pay_late' });
  const alert = await app.awaitCard(({ text }) => text.includes('Order paid twice'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Resolve…', 'Refund']);
  const card = await openException(app, order, 'Paid twice');
  expect(await press(app, card, 'Keep with the order', 'It counts for a later order')).toBe(
    'The money stays with the order.',
  );
  const { timeline, status } = await app.getOrder(order.id);
  expect(status).toBe('paid');
  expect(timeline.at(-1)?.text).toContain('Ada kept the money with the order: It counts for a later order');
});

/** What the buyer and the provider do with a refund that was asked for. */
async function arrive(app: AppFixture, order: PlacedOrder, reference: string): Promise<void> {
  for (const action of cases[order.provider].refunds?.arrives ?? []) {
    await app.sandbox.visit({ provider: order.provider, reference, action });
  }
  app.clock.move(10 * minute);
  await app.runJob('follow-refunds');
}

test('an underpaid payment is refunded by a button with a reason, and the order is refunded once the buyer has the money', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'underpay');
  await app.visit(order, 'expire');
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(app, order, 'Underpaid');
  expect(await press(app, card, 'Refund', 'We cannot deliver')).toBe('Refund of 24.50 USD asked for.');
  const asked = await app.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'pending');
  expect(asked).toMatchObject({ refunding_amount: '24.50', exceptions: [], status: 'needs_attention' });
  await arrive(app, order, await app.referenceOf(order));
  const view = await app.awaitOrder(order.id, ({ status }) => status === 'refunded');
  expect([view.refunded_amount, view.exceptions]).toEqual(['24.50', []]);
  await app.awaitQuiet();
  expect(typesOf(app, order)).toEqual(['order.needs_attention', 'order.refunded']);
});

test('only the surplus is refunded, and the order stays paid by the rest', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'overpay');
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(app, order, 'Overpaid');
  expect(await press(app, card, 'Refund the surplus', 'Sent too much by mistake')).toBe(
    'Refund of 24.50 USD asked for.',
  );
  await app.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'pending');
  await arrive(app, order, await app.referenceOf(order));
  const view = await app.awaitOrder(order.id, ({ refunded_amount: back }) => back === '24.50');
  expect([view.status, view.exceptions]).toEqual(['paid', []]);
});

test('a late payment is refunded', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay_late');
  const { exceptions } = await app.awaitOrder(order.id, (view) => view.exceptions.length === 1);
  const card = await openException(app, order, 'Paid late');
  expect(await press(app, card, 'Refund', 'The customer asked for it')).toBe('Refund of 49.00 USD asked for.');
  await app.awaitOrder(order.id, ({ refunds }) => refunds[0]?.status === 'pending');
  await arrive(app, order, await app.referenceOf(order));
  const view = await app.awaitOrder(order.id, ({ status }) => status === 'refunded');
  expect(view.timeline.map(({ text }) => text).join('\n')).toContain(
    'Ada gave the money back: The customer asked for it',
  );
  expect(exceptions).toMatchObject([{ kind: 'payment_paid_late' }]);
});

test('money for a cancelled order makes it paid when an admin accepts it', async () => {
  await using app = await openAppFixture({ env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } });
  const order = await app.placeOrder({ provider: 'bitpay' });
  const orderCard = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Cancel order'));
  await press(app, orderCard, 'Cancel order', 'Yes, cancel it');
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(app, order, 'Unexpected money');
  expect(await press(app, card, 'Accept as paid', 'Agreed with the customer')).toBe('Accepted as paid.');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  expect(typesOf(app, order)).toEqual(['order.cancelled', 'order.needs_attention', 'order.paid']);
});

test.each([
  { provider: 'coinbase', does: 'fail', kind: 'Failed' },
  { provider: 'bitpay', does: 'expire', kind: 'Expired' },
] as const)('$provider: after $does the order gets a link at a chosen other provider', async (story) => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: story.provider });
  await app.visit(order, story.does);
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(app, order, story.kind);
  expect(await press(app, card, 'New link…', 'BTCPay', 'Another way to pay is wanted')).toBe(
    'Here is the payment link.',
  );
  const view = await app.awaitOrder(order.id, ({ payment }) => payment?.provider === 'btcpay');
  expect([view.status, view.payment?.amount, view.exceptions]).toEqual(['awaiting_payment', '49.00', []]);
  const link = view.payment?.checkout_url ?? 'none';
  await app.telegram.awaitMessage(({ text }) => text.includes(link));
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
});

test('an order that nobody pays is cancelled with a reason', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'coinbase' });
  await app.visit(order, 'fail');
  await app.awaitOrder(order.id, ({ exceptions }) => exceptions.length === 1);
  const card = await openException(app, order, 'Failed');
  expect(await press(app, card, 'Cancel order', 'Ordered by mistake')).toBe('The order is cancelled.');
  const { status, timeline } = await app.getOrder(order.id);
  expect(status).toBe('cancelled');
  expect(timeline.map(({ text }) => text)).toContain('cancelled by an admin: Ordered by mistake');
  await app.awaitQuiet();
  expect(typesOf(app, order)).toContain('order.cancelled');
});

test('mark paid asks for a written reason, warns, and tells everybody who gets alerts who did it and why', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  const card = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Mark paid'));
  expect(await press(app, card, 'Mark paid')).toBe('Write the reason.');
  expect(current(app, card).text).toContain('⚠️ No provider says that the money is there.');
  expect(buttonsOf(current(app, card))).toEqual(['No, go back']);
  const { word, message } = await writeReason(app, { reason: 'Paid in cash', yes: 'Yes, it is paid' });
  expect(word).toBe('Marked as paid.');
  expect(message.text).toContain('Accepted by Ada: Paid in cash');
  const alert = await app.awaitCard(({ text }) => text.includes('Marked as paid by an admin'));
  expect(alert.text).toContain('INFO');
  expect(alert.text).toContain('Why: Ada: Paid in cash');
  const view = await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'cancelled');
  expect([view.status, view.payment?.trust]).toEqual(['paid', 'fetched']);
  await app.awaitQuiet();
  expect(typesOf(app, order)).toEqual(['order.paid']);
});

test('write off asks for a written reason, and ends an order that nobody pays', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'expire');
  await app.awaitOrder(order.id, ({ status }) => status === 'expired');
  const card = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Write off'));
  await press(app, card, 'Write off');
  const { word } = await writeReason(app, { reason: 'She does not answer', yes: 'Yes, write it off' });
  expect(word).toBe('Written off.');
  expect((await app.getOrder(order.id)).status).toBe('cancelled');
  await app.awaitCard(({ text }) => text.includes('Written off') && text.includes('Ada: She does not answer'));
});

async function takenBack(app: AppFixture) {
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  const orderCard = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Mark delivered'));
  await press(app, orderCard, 'Mark delivered', 'Yes, delivered');
  await mark(app, await app.referenceOf(order), 'Invalid');
  await app.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  return order;
}

/** As somebody does manually at the BTCPay Server. */
async function mark(app: AppFixture, reference: string, status: 'Invalid' | 'Settled'): Promise<void> {
  const { BTCPAY_URL, BTCPAY_API_KEY, BTCPAY_STORE_ID } = app.environment;
  const response = await fetch(`${BTCPAY_URL}/api/v1/stores/${BTCPAY_STORE_ID}/invoices/${reference}/status`, {
    method: 'POST',
    headers: { authorization: `token ${BTCPAY_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  expect(response.status).toBe(200);
}

test('a reversed payment that confirms after all restores the delivered order by itself, and the shop is notified', async () => {
  await using app = await openAppFixture();
  const order = await takenBack(app);
  await mark(app, await app.referenceOf(order), 'Settled');
  const view = await app.awaitOrder(order.id, ({ status }) => status === 'fulfilled');
  expect(view.exceptions).toEqual([]);
  await app.awaitQuiet();
  expect(typesOf(app, order).sort()).toEqual([
    'order.fulfilled',
    'order.needs_attention',
    'order.paid',
    'payment.restored',
    'payment.reversed',
  ]);
});

test('the loss of a reversed payment is accepted loudly, and expected again when that is taken back', async () => {
  await using app = await openAppFixture();
  const order = await takenBack(app);
  const card = await openException(app, order, 'Reversed');
  expect(await press(app, card, 'Check again')).toBe('Checked: nothing new at the provider.');
  await press(app, card, 'Write off');
  const { word, message } = await writeReason(app, { reason: 'Too little to chase', yes: 'Yes, write it off' });
  expect(word).toBe('Written off.');
  expect((await app.getOrder(order.id)).status).toBe('fulfilled');
  await app.awaitCard(({ text }) => text.includes('Written off') && text.includes('Ada: Too little to chase'));
  expect(await press(app, message, 'Undo')).toBe('Taken back: it is open again.');
  const { status, exceptions } = await app.getOrder(order.id);
  expect([status, exceptions.map(({ kind }) => kind)]).toEqual(['needs_attention', ['payment_reversed']]);
});
