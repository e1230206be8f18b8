// An underpaid payment, resolved from the chat and seen over HTTP.
import { describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { type AppFixture, buttonsOf, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { current, openException, press, typesOf, writeReason } from '#test/support/app-fixture/exception-cards.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';

async function short(app: AppFixture, provider: 'btcpay' | 'bitpay' = 'btcpay') {
  const order = await app.placeOrder({ provider });
  await app.visit(order, 'underpay');
  await app.visit(order, 'expire');
  const view = await app.awaitOrder(
    order.id,
    ({ status, exceptions }) => status === 'needs_attention' && exceptions.length === 1,
  );
  return { order, view };
}

test('its shortfall is shown in fiat and in coin, on the alert, on its card and on the order; the shop sees what is open', async () => {
  await using app = await openAppFixture();
  const { order, view } = await short(app);
  expect(view.exceptions).toEqual([
    {
      id: expect.any(String),
      kind: 'payment_underpaid',
      status: 'open',
      summary: 'Payment underpaid',
      opened_at: expect.stringMatching(/Z$/),
    },
  ]);
  const alert = await app.awaitCard(({ text }) => text.includes('24.50 USD is missing (0.00038282 BTC)'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'New payment link', 'Resolve…']);
  const card = await openException(app, order, 'Underpaid');
  expect(card.text).toContain('Shortfall: 24.50 USD · 0.00038282 BTC');
  expect(card.text).toContain('Why: Expired / PaidPartial');
  await press(app, card, 'Open order');
  expect(current(app, card).text).toContain('Missing: 24.50 USD · 0.00038282 BTC');
});

test('at BitPay, which settles in the coin, the fiat is its share; BitPay returns an underpayment, so only the full amount is requested', async () => {
  await using app = await openAppFixture();
  const { order } = await short(app, 'bitpay');
  await app.awaitCard(({ text }) => /0\.\d+ BTC is missing \(24\.\d\d USD\)/.test(text));
  const card = await openException(app, order, 'Underpaid');
  expect(buttonsOf(card)).toEqual(
    expect.arrayContaining(['Accept as paid', 'Keep waiting…', 'New link…', 'Cancel order']),
  );
  expect(buttonsOf(card)).not.toContain('Ask for the rest');
  await press(app, card, 'Accept as paid');
  expect(current(app, card).text).toContain('BitPay sends what came short back to the buyer');
});

describe('accept as paid', () => {
  test('asks why, says what will happen, and pays the order once; it is taken back while nothing was delivered', async () => {
    await using app = await openAppFixture();
    const { order } = await short(app);
    const alert = await app.awaitCard(({ text }) => text.includes('Payment underpaid'));
    const card = await openException(app, order, 'Underpaid');
    await press(app, card, 'Accept as paid');
    expect(current(app, card).text).toContain('The order counts as paid and the shop is told: it may deliver.');
    expect((await app.getOrder(order.id)).status).toBe('needs_attention');
    expect(await press(app, card, 'The difference is small')).toBe('Accepted as paid.');
    const paid = await app.awaitOrder(order.id, ({ status }) => status === 'paid');
    expect(paid.exceptions).toEqual([]);
    expect(paid.payment).toMatchObject({ status: 'underpaid', trust: 'fetched' });
    expect(paid.timeline.map(({ text }) => text)).toContain('accepted as paid by Ada: The difference is small');
    expect(current(app, card).text).toContain('Ada accepted as paid');
    await awaitUntil(() => app.pagerText(alert.messageId).includes('RESOLVED'), { what: 'the resolved alert' });
    await app.awaitQuiet();
    expect(typesOf(app, order)).toEqual(['order.needs_attention', 'order.paid']);

    expect(await press(app, card, 'Undo')).toBe('Taken back: it is open again.');
    await app.awaitOrder(order.id, ({ status, exceptions }) => status === 'needs_attention' && exceptions.length === 1);
    await awaitUntil(() => !app.pagerText(alert.messageId).includes('RESOLVED'), { what: 'the alert, open again' });
  });

  test('is refused to be taken back after the delivery, politely', async () => {
    await using app = await openAppFixture();
    const { order } = await short(app);
    const card = await openException(app, order, 'Underpaid');
    await press(app, card, 'Accept as paid', 'Agreed with the customer');
    const orderCard = await app.ask(`/order ${order.number}`, (message) =>
      buttonsOf(message).includes('Mark delivered'),
    );
    await press(app, orderCard, 'Mark delivered', 'Yes, delivered');
    expect(await press(app, card, 'Undo')).toBe('The order has changed since: it is fulfilled.');
    expect((await app.getOrder(order.id)).status).toBe('fulfilled');
    expect(current(app, orderCard).text).toContain('Accepted by Ada: Agreed with the customer');
  });

  test('takes a reason that is written, over a restart, and is confirmed once however often it is tapped', async () => {
    await using app = await openAppFixture();
    const { order } = await short(app);
    const card = await openException(app, order, 'Underpaid');
    await press(app, card, 'Accept as paid', 'Write a reason');
    await app.restart();
    const written = await app.ask('She is a friend of the house', (message) =>
      buttonsOf(message).includes('Yes, accept it'),
    );
    expect(written.text).toContain('Reason: She is a friend of the house');
    const [first, second] = await Promise.all([app.tap(written, 'Yes, accept it'), app.tap(written, 'Yes, accept it')]);
    expect([first.text, second.text].sort()).toEqual(['Accepted as paid.', 'This button is out of date.']);
    const { timeline } = await app.awaitOrder(order.id, ({ status }) => status === 'paid');
    expect(timeline.filter(({ text }) => text.startsWith('accepted as paid by Ada'))).toHaveLength(2);
  });
});

describe('ask for the rest', () => {
  test('makes a link over the difference; paid, the order is paid by both together and never by the whole again', async () => {
    await using app = await openAppFixture();
    const { order } = await short(app);
    const card = await openException(app, order, 'Underpaid');
    await press(app, card, 'Ask for the rest', 'BTCPay', 'A fee was taken on the way');
    const view = await app.awaitOrder(order.id, ({ payments }) => payments.length === 2);
    expect(view).toMatchObject({ status: 'awaiting_payment', payment: { amount: '24.50', provider: 'btcpay' } });
    expect(current(app, card).text).toContain('Rests until');
    await app.awaitQuiet();
    await app.visit(order, 'pay');
    const paid = await app.awaitOrder(order.id, ({ status }) => status === 'paid');
    expect(paid.exceptions).toEqual([]);
    expect(paid.payments.map(({ status, amount }) => [status, amount])).toEqual([
      ['underpaid', '49.00'],
      ['paid', '24.50'],
    ]);
    await app.awaitQuiet();
    expect(typesOf(app, order)).toEqual(['order.needs_attention', 'order.paid']);
  });

  test('comes back when the rest is not paid', async () => {
    await using app = await openAppFixture();
    const { order, view } = await short(app);
    const card = await openException(app, order, 'Underpaid');
    await press(app, card, 'Ask for the rest', 'Coinbase', 'The customer wants to pay the rest');
    await app.awaitOrder(order.id, ({ payment }) => payment?.provider === 'coinbase' && payment.amount === '24.50');
    await app.visit(order, 'expire');
    const back = await app.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
    expect(back.exceptions).toEqual(view.exceptions);
  });
});

test('keep waiting snoozes the case for an hour, and it comes back by itself', async () => {
  await using app = await openAppFixture();
  const { order } = await short(app);
  const alert = await app.awaitCard(({ text }) => text.includes('Payment underpaid'));
  const card = await openException(app, order, 'Underpaid');
  expect(await press(app, card, 'Keep waiting…', '1 hour', 'I asked the customer')).toBe('It rests for an hour.');
  await awaitUntil(() => app.pagerText(alert.messageId).includes('Snoozed by Ada'), { what: 'the snoozed alert' });
  app.clock.move(hour + minute);
  await app.runJob('wake-cases');
  await awaitUntil(() => !app.pagerText(alert.messageId).includes('Snoozed'), { what: 'the alert that is back' });
  const again = await openException(app, order, 'Underpaid');
  expect(again.text).not.toContain('Rests until');
});

test('the alert leads to the exception in the command bot, and acknowledging it takes the exception', async () => {
  await using app = await openAppFixture();
  const { order } = await short(app);
  const alert = await app.awaitCard(({ text }) => text.includes('Payment underpaid'));
  await app.tap(alert, 'Resolve…');
  const plain = await app.awaitCard(({ keyboard }) =>
    keyboard.flat().some(({ text }) => text.startsWith('Resolve in')),
  );
  const url = plain.keyboard.flat()[0]?.url ?? '';
  const card = await app.ask(`/start ${new URL(url).searchParams.get('start')}`, ({ text }) =>
    text.includes('Nobody has it'),
  );
  await app.tap(alert, 'Acknowledge');
  const taken = await openException(app, order, 'Underpaid');
  expect(taken.text).toContain('✋ Ada has it');
  expect(await press(app, taken, 'Release')).toBe('It is nobody’s again.');
  await awaitUntil(() => !app.pagerText(alert.messageId).includes('Acknowledged by'), {
    what: 'the alert, open again',
  });
  expect(await press(app, card, 'Accept as paid', 'Agreed with the customer')).toBe('Accepted as paid.');
  expect(await press(app, taken, 'Take it')).toBe('It is over already.');
});

test('mark paid from an alert that came late is that acceptance, with a reason written in the command bot', async () => {
  await using app = await openAppFixture({ env: { TELEGRAM_PAGER_TOKEN: '' } });
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'pay_late');
  const alert = await app.telegram.awaitMessage(({ text }) => text.includes('Payment paid late'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Mark paid', 'Resolve…']);
  await app.tap(alert, 'Mark paid');
  const question = await app.telegram.awaitMessage(({ text }) => text.includes('Accept this as paid?'));
  await press(app, question, 'Write a reason');
  const { word } = await writeReason(app, { reason: 'The rate has not moved', yes: 'Yes, accept it' });
  expect(word).toBe('Accepted as paid.');
  const view = await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect(view.payment?.status).toBe('paid_late');
});
