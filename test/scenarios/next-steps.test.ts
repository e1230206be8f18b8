import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { providersThat } from '#test/support/providers/abilities.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

test.each([
  { provider: 'btcpay', does: ['underpay', 'expire'], headline: 'Payment underpaid', isHelpedBy: 'payment' },
  { provider: 'bitpay', does: ['expire'], headline: 'Payment expired', isHelpedBy: 'link' },
  { provider: 'coinbase', does: ['fail'], headline: 'Payment failed', isHelpedBy: 'link' },
] as const)('$provider: after $does.0 the card gives a new link, and paying it resolves the alert', async (story) => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: story.provider });
  for (const action of story.does) await app.visit(order, action);
  const card = await app.awaitCard(({ text }) => text.includes(story.headline));
  await app.awaitQuiet();
  const answer = await app.tap(card, 'New payment link');
  expect(answer.text).toBe('Here is the payment link.');
  const { payments } = await app.awaitOrder(order.id, (view) => view.payments.length === 2);
  const link = payments.at(-1)?.checkout_url ?? 'none';
  await app.awaitCard(({ text }) => text.includes(link));
  await app.awaitQuiet();
  const before = app.pagerText(card.messageId);
  expect(before.includes('RESOLVED')).toBe(story.isHelpedBy === 'link');

  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.pagerText(card.messageId).includes('RESOLVED'), { what: 'the resolved card' });
  await app.awaitQuiet();
  expect(buttonsOf(app.pagerMessages().find(({ messageId }) => messageId === card.messageId) ?? card)).toEqual([]);
  expect(app.shop.heardOf(order.id).filter(({ type }) => type === 'order.paid')).toHaveLength(1);
});

test('a settled BTCPay invoice that is marked invalid is reversed: critical alert, order needs attention', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.visit(order, 'take_back');
  const view = await app.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  const card = await app.awaitCard(({ text }) => text.includes('Payment reversed'));
  await app.awaitQuiet();
  expect(view.payment?.status).toBe('reversed');
  expect(view.paid_at).not.toBeNull();
  expect(card.text).toContain('CRITICAL');
  expect(buttonsOf(card)).toEqual(['Acknowledge', 'Snooze 1 h', 'Check again', 'Resolve…']);
  const types = app.shop.heardOf(order.id).map(({ type }) => type);
  expect(types.sort()).toEqual(['order.needs_attention', 'order.paid', 'payment.reversed']);
});

test('a BitPay payment that failed to confirm and confirms after all is paid, and its alert is over', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'bitpay' });
  await app.visit(order, 'pay_unconfirmed');
  await app.visit(order, 'invalidate');
  const card = await app.awaitCard(({ text }) => text.includes('Payment failed'));
  await app.visit(order, 'confirm');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.pagerText(card.messageId).includes('RESOLVED'), { what: 'the resolved card' });
});

test('money for a cancelled order makes it need attention and raises an alert', async () => {
  await using app = await openAppFixture({ env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } });
  const order = await app.placeOrder({ provider: 'bitpay' });
  await cancelFromChat(app, order.number);
  await app.awaitOrder(order.id, ({ status }) => status === 'cancelled');
  await app.visit(order, 'pay');
  const view = await app.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  expect(view.payment?.status).toBe('paid');
  const card = await app.awaitCard(({ text }) => text.includes('Payment for a closed order'));
  expect(card.text).toContain(order.number);
  await app.awaitQuiet();
  expect(app.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.cancelled', 'order.needs_attention']);
});

test.each(providersThat('canCreate', 'canCancel'))(
  '%s: cancelling an order closes its checkout at the provider, so that nobody can pay it',
  async (provider) => {
    await using app = await openAppFixture();
    const order = await app.placeOrder({ provider });
    const reference = await app.referenceOf(order);
    await cancelFromChat(app, order.number);
    await app.awaitOrder(order.id, ({ status, payment }) => status === 'cancelled' && payment?.status === 'cancelled');
    await expect(app.sandbox.visit({ provider, reference, action: 'pay' })).rejects.toThrow('not possible');
    await app.awaitQuiet();
    expect(app.pagerMessages()).toEqual([]);
  },
);

test('an order that is paid through an old link and a new one says that it was paid twice', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  const old = await app.referenceOf(order);
  await app.visit(order, 'expire');
  const card = await app.awaitCard(({ text }) => text.includes('Payment expired'));
  await app.tap(card, 'New payment link');
  await app.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.sandbox.visit({ provider: 'btcpay', reference: old, action: 'pay_late' });
  await app.awaitOrder(order.id, ({ payments }) => payments[0]?.status === 'paid_late');
  await app.awaitCard(({ text }) => text.includes('Order paid twice'));
  await app.awaitQuiet();
  expect(app.pagerMessages().filter(({ text }) => text.includes('Payment paid late'))).toEqual([]);
  expect((await app.getOrder(order.id)).status).toBe('paid');
  expect(app.shop.heardOf(order.id).filter(({ type }) => type === 'order.paid')).toHaveLength(1);
});

test('an order whose failed payment confirms after another one was paid says that it was paid twice', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'bitpay' });
  const old = await app.referenceOf(order);
  await app.visit(order, 'pay_unconfirmed');
  await app.visit(order, 'invalidate');
  await app.awaitCard(({ text }) => text.includes('Payment failed, but its money is there'));
  const card = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('New payment link'));
  await app.tap(card, 'New payment link');
  await app.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.sandbox.visit({ provider: 'bitpay', reference: old, action: 'confirm' });
  await app.awaitCard(({ text }) => text.includes('Order paid twice'));
  await app.awaitQuiet();
  expect((await app.getOrder(order.id)).status).toBe('paid');
  expect(app.shop.heardOf(order.id).filter(({ type }) => type === 'order.paid')).toHaveLength(1);
});

test('an order that nobody pays ends by itself, with the webhook of its end lost', async () => {
  await using app = await openAppFixture();
  app.sandbox.faults('coinbase').set({ dropWebhooks: 1 });
  const order = await app.placeOrder({ provider: 'coinbase' });
  app.clock.move(hour + 2 * minute);
  await app.awaitOrder(order.id, ({ status, payment }) => status === 'expired' && payment?.status === 'expired');
  await app.awaitCard(({ text }) => text.includes('Payment expired'));
});

/** `/order`, the button, and the confirmation that it asks for. */
async function cancelFromChat(app: AppFixture, number: string): Promise<void> {
  const card = await app.ask(`/order ${number}`, (message) => buttonsOf(message).includes('Cancel order'));
  await app.tap(card, 'Cancel order');
  const question = await app.telegram.awaitMessage((message) => buttonsOf(message).includes('Yes, cancel it'));
  await app.tap(question, 'Yes, cancel it');
}
