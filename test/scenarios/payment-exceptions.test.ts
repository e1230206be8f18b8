import { expect, test } from 'vitest';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { VisitAction } from '#sandbox/providers/contract.ts';
import { buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { openException } from '#test/support/app-fixture/exception-cards.ts';
import { providersThat } from '#test/support/providers/abilities.ts';

const everywhere = providersThat('canCreate', 'canFetch');

interface Story {
  provider: ProviderName;
  /** What the customer does, or what happens to the payment. */
  does: VisitAction[];
  payment: string;
  order: string;
  headline: string;
  severity: string;
  /** Further words on the card. */
  says: string[];
  buttons: string[];
  announced: string[];
}

const short = { payment: 'underpaid', order: 'needs_attention', headline: 'Payment underpaid', severity: 'WARNING' };
const expired = { payment: 'expired', order: 'expired', headline: 'Payment expired', severity: 'INFO' };
const over = { payment: 'overpaid', order: 'paid', headline: 'Payment overpaid', severity: 'INFO' };
const failed = { payment: 'failed', order: 'awaiting_payment', headline: 'Payment failed', severity: 'WARNING' };
const always = ['Acknowledge', 'Snooze 1 h'];
const unconfirmed = {
  payment: 'failed',
  order: 'needs_attention',
  headline: 'Payment failed, but its money is there',
  severity: 'WARNING',
  buttons: [...always, 'Refund', 'Mark paid'],
  announced: ['order.needs_attention', 'payment.failed'],
};
const twice = {
  payment: 'overpaid',
  order: 'paid',
  headline: 'Paid twice on one link',
  severity: 'WARNING',
  buttons: [...always, 'Resolve…', 'Open order'],
  announced: ['order.paid'],
};

const stories: Story[] = [
  {
    ...short,
    provider: 'btcpay',
    does: ['underpay', 'expire'],
    says: ['24.50 USD of 49.00 USD received, 24.50 USD is missing', 'Expired / PaidPartial'],
    buttons: [...always, 'New payment link', 'Resolve…'],
    announced: ['order.needs_attention'],
  },
  {
    ...unconfirmed,
    provider: 'nowpayments',
    does: ['pay_unconfirmed', 'fail'],
    says: ['BTC received, and not confirmed', 'failed'],
  },
  {
    ...short,
    provider: 'bitpay',
    does: ['underpay', 'expire'],
    says: ['BTC is missing', 'expired / paidPartial'],
    buttons: [...always, 'New payment link', 'Resolve…'],
    announced: ['order.needs_attention'],
  },
  {
    ...over,
    provider: 'btcpay',
    does: ['overpay'],
    says: ['24.50 USD overpaid'],
    buttons: [...always, 'Resolve…', 'Open order'],
    announced: ['order.paid'],
  },
  {
    ...over,
    provider: 'bitpay',
    does: ['overpay'],
    says: ['BTC overpaid'],
    buttons: [...always, 'Resolve…', 'Open order'],
    announced: ['order.paid'],
  },
  {
    provider: 'btcpay',
    does: ['pay_late'],
    payment: 'paid_late',
    order: 'needs_attention',
    headline: 'Payment paid late',
    severity: 'WARNING',
    says: ['Expired / PaidLate'],
    buttons: [...always, 'Mark paid', 'Resolve…'],
    announced: ['order.needs_attention'],
  },
  ...everywhere.map(
    (provider): Story => ({
      ...expired,
      provider,
      does: ['expire'],
      says: [],
      buttons: [...always, 'New payment link', 'Open order'],
      announced: ['order.expired'],
    }),
  ),
  {
    ...failed,
    provider: 'coinbase',
    does: ['fail'],
    says: ['FAILED'],
    buttons: [...always, 'New payment link', 'Check again'],
    announced: ['payment.failed'],
  },
  {
    ...unconfirmed,
    provider: 'bitpay',
    does: ['pay_unconfirmed', 'invalidate'],
    says: ['invalid', 'BTC received, and not confirmed'],
  },
  {
    ...unconfirmed,
    provider: 'bitpay',
    does: ['pay_unconfirmed', 'decline'],
    says: ['declined', 'BTC received, and not confirmed'],
  },
  {
    ...unconfirmed,
    provider: 'btcpay',
    does: ['pay_unconfirmed', 'invalidate'],
    says: ['Invalid', '49.00 USD of 49.00 USD received, and not confirmed'],
  },
  {
    ...twice,
    provider: 'btcpay',
    does: ['pay', 'pay_again'],
    says: ['98.00 USD of 49.00 USD received, 49.00 USD overpaid'],
  },
];

test.each(stories.map((story) => ({ ...story, after: story.does.join(' and ') })))(
  '$provider: after $after the payment is $payment, the order $order, and the card helps',
  async (story) => {
    await using app = await openAppFixture();
    const order = await app.placeOrder({ provider: story.provider });
    for (const action of story.does) await app.visit(order, action);
    await app.awaitOrder(order.id, ({ payment }) => payment?.status === story.payment);
    const card = await app.awaitCard(({ text }) => text.includes(story.headline));
    await app.awaitQuiet();

    const view = await app.getOrder(order.id);
    expect(view.status).toBe(story.order);
    expect(card.text.split('\n')[0]).toContain(story.severity);
    const sure = `How sure: confirmed with ${providerTitle(story.provider)}`;
    for (const words of [order.number, '49.00 USD', sure, ...story.says]) expect(card.text).toContain(words);
    expect(buttonsOf(card)).toEqual(story.buttons);
    expect(app.shop.heardOf(order.id).map(({ type }) => type)).toEqual(story.announced);
    expect(app.pagerMessages()).toHaveLength(1);
  },
);

test('an underpaid BTCPay invoice that is still open is waited for, and paid when the rest comes', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'underpay');
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'pending');
  await app.visit(order, 'pay');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  await app.awaitQuiet();
  expect(app.pagerMessages()).toEqual([]);
});

test('a double-spent BTCPay payment rings, and is no longer shown as received', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay_unconfirmed');
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'pending');
  await app.visit(order, 'double_spend');
  const asked = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Check again'));
  await app.tap(asked, 'Check again');
  const card = await app.awaitCard(({ text }) =>
    text.includes('Money seen is gone: double-spent, replaced or given back'),
  );
  expect(card.text).toContain('49.00 USD was seen, nothing of it is left');
  expect((await app.getOrder(order.id)).payment).toMatchObject({ status: 'created', received: null });
  const { text } = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Check again'));
  expect(text).not.toContain('Received');
});

test('the cards of money that is not confirmed lead to the provider, and ask nobody to pay again first', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay_unconfirmed');
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'pending');
  await app.visit(order, 'invalidate');
  const alert = await app.awaitCard(({ text }) => text.includes('its money is there'));
  const reference = await app.referenceOf(order);
  expect(alert.entities.map((entity) => ('url' in entity ? entity.url : ''))).toContainEqual(
    expect.stringContaining(reference),
  );
  const card = await app.ask(`/order ${order.number}`, (message) => buttonsOf(message).includes('Open at provider'));
  const buttons = buttonsOf(card);
  expect(buttons.slice(0, 4)).toEqual(['Resolve: Not confirmed', 'Check again', 'Refund', 'Mark paid']);
  expect(buttons.indexOf('New payment link')).toBeGreaterThan(buttons.indexOf('Write off'));
  const exception = await openException(app, order, 'Not confirmed');
  expect(exception.text).toContain('49.00 USD of 49.00 USD received, and not confirmed');
  const decisions = ['Refund', 'Accept as paid', 'Check again', 'Cancel order', 'New link…', 'Ignore'];
  expect(buttonsOf(exception)).toEqual([...decisions, 'Take it', 'Open order', 'Open at provider', '‹ Exceptions']);
});
