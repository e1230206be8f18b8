import { expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { providersThat } from '#test/support/abilities.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { awaitTrue } from '#test/support/house-wait.ts';

test.each([
  { provider: 'btcpay', does: ['underpay', 'expire'], headline: 'Payment came short', isHelpedBy: 'payment' },
  { provider: 'bitpay', does: ['expire'], headline: 'Payment expired unpaid', isHelpedBy: 'link' },
  { provider: 'coinbase', does: ['fail'], headline: 'Payment failed', isHelpedBy: 'link' },
] as const)('$provider: after $does.0 the card gives a new link, and paying it resolves the alert', async (story) => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: story.provider });
  for (const action of story.does) await house.visit(order, action);
  const card = await house.awaitCard(({ text }) => text.includes(story.headline));
  await house.awaitQuiet();
  const answer = await house.tap(card, 'New payment link');
  expect(answer.text).toBe('Here is the payment link.');
  const { payments } = await house.awaitOrder(order.id, (view) => view.payments.length === 2);
  const link = payments.at(-1)?.checkout_url ?? 'none';
  await house.awaitCard(({ text }) => text.includes(link));
  await house.awaitQuiet();
  const before = house.pagerText(card.messageId);
  expect(before.includes('RESOLVED')).toBe(story.isHelpedBy === 'link');

  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.pagerText(card.messageId).includes('RESOLVED'), { what: 'the resolved card' });
  await house.awaitQuiet();
  expect(buttonsOf(house.pagerMessages().find(({ messageId }) => messageId === card.messageId) ?? card)).toEqual([]);
  expect(house.shop.heardOf(order.id).filter(({ type }) => type === 'order.paid')).toHaveLength(1);
});

test('a settled BTCPay invoice that is marked invalid is reversed: critical alert, order needs attention', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.visit(order, 'take_back');
  const view = await house.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  const card = await house.awaitCard(({ text }) => text.includes('Payment was reversed'));
  await house.awaitQuiet();
  expect(view.payment?.status).toBe('reversed');
  expect(view.paid_at).not.toBeNull();
  expect(card.text).toContain('CRITICAL');
  expect(buttonsOf(card)).toEqual(['Acknowledge', 'Snooze 1 h', 'Check again', 'Resolve…']);
  const types = house.shop.heardOf(order.id).map(({ type }) => type);
  expect(types.sort()).toEqual(['order.needs_attention', 'order.paid', 'payment.reversed']);
});

test('a BitPay payment that failed to confirm and confirms after all is paid, and its alert is over', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'bitpay' });
  await house.visit(order, 'pay_unconfirmed');
  await house.visit(order, 'invalidate');
  const card = await house.awaitCard(({ text }) => text.includes('Payment failed'));
  await house.visit(order, 'confirm');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.pagerText(card.messageId).includes('RESOLVED'), { what: 'the resolved card' });
});

test('money for an order that was cancelled makes it need attention and rings', async () => {
  await using house = await openHouse({ env: { BITPAY_MERCHANT_TOKEN: '', BITPAY_PRIVATE_KEY: '' } });
  const order = await house.placeOrder({ provider: 'bitpay' });
  await cancelFromChat(house, order.number);
  await house.awaitOrder(order.id, ({ status }) => status === 'cancelled');
  await house.visit(order, 'pay');
  const view = await house.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  expect(view.payment?.status).toBe('paid');
  const card = await house.awaitCard(({ text }) => text.includes('Money came for an order that is over'));
  expect(card.text).toContain(order.number);
  await house.awaitQuiet();
  expect(house.shop.heardOf(order.id).map(({ type }) => type)).toEqual(['order.cancelled', 'order.needs_attention']);
});

test.each(providersThat('canCreate', 'canCancel'))(
  '%s: cancelling an order closes its checkout at the provider, so that nobody can pay it',
  async (provider) => {
    await using house = await openHouse();
    const order = await house.placeOrder({ provider });
    const reference = await house.referenceOf(order);
    await cancelFromChat(house, order.number);
    await house.awaitOrder(
      order.id,
      ({ status, payment }) => status === 'cancelled' && payment?.status === 'cancelled',
    );
    await expect(house.sandbox.visit({ provider, reference, action: 'pay' })).rejects.toThrow('not possible');
    await house.awaitQuiet();
    expect(house.pagerMessages()).toEqual([]);
  },
);

test('an order that is paid through an old link and a new one says that it was paid twice', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'btcpay' });
  const old = await house.referenceOf(order);
  await house.visit(order, 'expire');
  const card = await house.awaitCard(({ text }) => text.includes('Payment expired unpaid'));
  await house.tap(card, 'New payment link');
  await house.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.sandbox.visit({ provider: 'btcpay', reference: old, action: 'pay_late' });
  await house.awaitOrder(order.id, ({ payments }) => payments[0]?.status === 'paid_late');
  await house.awaitCard(({ text }) => text.includes('Order was paid a second time'));
  await house.awaitQuiet();
  expect(house.pagerMessages().filter(({ text }) => text.includes('Payment came late'))).toEqual([]);
  expect((await house.getOrder(order.id)).status).toBe('paid');
  expect(house.shop.heardOf(order.id).filter(({ type }) => type === 'order.paid')).toHaveLength(1);
});

test('an order whose failed payment confirms after another one was paid says that it was paid twice', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'bitpay' });
  const old = await house.referenceOf(order);
  await house.visit(order, 'pay_unconfirmed');
  await house.visit(order, 'invalidate');
  const card = await house.awaitCard(({ text }) => text.includes('Payment failed'));
  await house.tap(card, 'New payment link');
  await house.awaitOrder(order.id, ({ payments }) => payments.length === 2);
  await house.visit(order, 'pay');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  await house.sandbox.visit({ provider: 'bitpay', reference: old, action: 'confirm' });
  await house.awaitCard(({ text }) => text.includes('Order was paid a second time'));
  await house.awaitQuiet();
  expect((await house.getOrder(order.id)).status).toBe('paid');
  expect(house.shop.heardOf(order.id).filter(({ type }) => type === 'order.paid')).toHaveLength(1);
});

test('an order that nobody pays ends by itself, with the webhook of its end lost', async () => {
  await using house = await openHouse();
  house.sandbox.faults('coinbase').set({ dropWebhooks: 1 });
  const order = await house.placeOrder({ provider: 'coinbase' });
  house.clock.move(hour + 2 * minute);
  await house.awaitOrder(order.id, ({ status, payment }) => status === 'expired' && payment?.status === 'expired');
  await house.awaitCard(({ text }) => text.includes('Payment expired unpaid'));
});

/** `/order`, the button, and the confirmation that it asks for. */
async function cancelFromChat(house: House, number: string): Promise<void> {
  const card = await house.ask(`/order ${number}`, (message) => buttonsOf(message).includes('Cancel order'));
  await house.tap(card, 'Cancel order');
  const question = await house.telegram.awaitMessage((message) => buttonsOf(message).includes('Yes, cancel it'));
  await house.tap(question, 'Yes, cancel it');
}
