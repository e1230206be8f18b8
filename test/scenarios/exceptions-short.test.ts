// A payment came short, decided from the chat and seen over HTTP.
import { describe, expect, test } from 'vitest';
import { hour, minute } from '#kernel/clock.ts';
import { buttonsOf, type House, openHouse } from '#test/support/house.ts';
import { current, openException, press, typesOf, writeReason } from '#test/support/house-exceptions.ts';
import { awaitTrue } from '#test/support/house-wait.ts';

async function short(house: House, provider: 'btcpay' | 'bitpay' = 'btcpay') {
  const order = await house.placeOrder({ provider });
  await house.visit(order, 'underpay');
  await house.visit(order, 'expire');
  const view = await house.awaitOrder(
    order.id,
    ({ status, exceptions }) => status === 'needs_attention' && exceptions.length === 1,
  );
  return { order, view };
}

test('its gap is told in fiat and in coin, on the alert, on its card and on the order; the shop sees what is open', async () => {
  await using house = await openHouse();
  const { order, view } = await short(house);
  expect(view.exceptions).toEqual([
    {
      ...{ id: expect.any(String), kind: 'payment_underpaid', status: 'open', summary: 'Payment came short' },
      opened_at: expect.stringMatching(/Z$/),
    },
  ]);
  const alert = await house.awaitCard(({ text }) => text.includes('24.50 USD is missing (0.00038282 BTC)'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'New payment link', 'Resolve…']);
  const card = await openException(house, order, 'Came short');
  expect(card.text).toContain('Gap: 24.50 USD · 0.00038282 BTC');
  expect(card.text).toContain('Why: Expired / PaidPartial');
  await press(house, card, 'Open order');
  expect(current(house, card).text).toContain('Missing: 24.50 USD · 0.00038282 BTC');
});

test('at BitPay, which settles in the coin, the fiat is its share; what came goes back, so only the whole is asked for', async () => {
  await using house = await openHouse();
  const { order } = await short(house, 'bitpay');
  await house.awaitCard(({ text }) => /0\.\d+ BTC is missing \(24\.\d\d USD\)/.test(text));
  const card = await openException(house, order, 'Came short');
  expect(buttonsOf(card)).toEqual(
    expect.arrayContaining(['Accept as paid', 'Keep waiting…', 'New link…', 'Cancel order']),
  );
  expect(buttonsOf(card)).not.toContain('Ask for the rest');
  await press(house, card, 'Accept as paid');
  expect(current(house, card).text).toContain('BitPay sends what came short back to the buyer');
});

describe('accept as paid', () => {
  test('asks why, says what will happen, and pays the order once; it is taken back while nothing was delivered', async () => {
    await using house = await openHouse();
    const { order } = await short(house);
    const alert = await house.awaitCard(({ text }) => text.includes('Payment came short'));
    const card = await openException(house, order, 'Came short');
    await press(house, card, 'Accept as paid');
    expect(current(house, card).text).toContain('The order counts as paid and the shop is told: it may deliver.');
    expect((await house.getOrder(order.id)).status).toBe('needs_attention');
    expect(await press(house, card, 'The difference is small')).toBe('Accepted as paid.');
    const paid = await house.awaitOrder(order.id, ({ status }) => status === 'paid');
    expect(paid.exceptions).toEqual([]);
    expect(paid.payment).toMatchObject({ status: 'underpaid', trust: 'fetched' });
    expect(paid.timeline.map(({ text }) => text)).toContain('accepted as paid by Ada: The difference is small');
    expect(current(house, card).text).toContain('Ada accepted as paid');
    await awaitTrue(() => house.pagerText(alert.messageId).includes('RESOLVED'), { what: 'the resolved alert' });
    await house.awaitQuiet();
    expect(typesOf(house, order)).toEqual(['order.needs_attention', 'order.paid']);

    expect(await press(house, card, 'Undo')).toBe('Taken back: it is open again.');
    await house.awaitOrder(
      order.id,
      ({ status, exceptions }) => status === 'needs_attention' && exceptions.length === 1,
    );
    await awaitTrue(() => !house.pagerText(alert.messageId).includes('RESOLVED'), { what: 'the alert, open again' });
  });

  test('is refused to be taken back after the delivery, politely', async () => {
    await using house = await openHouse();
    const { order } = await short(house);
    const card = await openException(house, order, 'Came short');
    await press(house, card, 'Accept as paid', 'Agreed with the customer');
    const orderCard = await house.ask(`/order ${order.number}`, (message) =>
      buttonsOf(message).includes('Mark delivered'),
    );
    await press(house, orderCard, 'Mark delivered', 'Yes, delivered');
    expect(await press(house, card, 'Undo')).toBe('The order has gone on since: its goods have left.');
    expect((await house.getOrder(order.id)).status).toBe('fulfilled');
    expect(current(house, orderCard).text).toContain('Accepted by Ada: Agreed with the customer');
  });

  test('takes a reason that is written, over a restart, and is confirmed once however often it is tapped', async () => {
    await using house = await openHouse();
    const { order } = await short(house);
    const card = await openException(house, order, 'Came short');
    await press(house, card, 'Accept as paid', 'Write a reason');
    await house.restart();
    const written = await house.ask('She is a friend of the house', (message) =>
      buttonsOf(message).includes('Yes, accept it'),
    );
    expect(written.text).toContain('Reason: She is a friend of the house');
    const [first, second] = await Promise.all([
      house.tap(written, 'Yes, accept it'),
      house.tap(written, 'Yes, accept it'),
    ]);
    expect([first.text, second.text].sort()).toEqual(['Accepted as paid.', 'This button is out of date.']);
    const { timeline } = await house.awaitOrder(order.id, ({ status }) => status === 'paid');
    expect(timeline.filter(({ text }) => text.startsWith('accepted as paid by Ada'))).toHaveLength(2);
  });
});

describe('ask for the rest', () => {
  test('makes a link over the difference; paid, the order is paid by both together and never by the whole again', async () => {
    await using house = await openHouse();
    const { order } = await short(house);
    const card = await openException(house, order, 'Came short');
    await press(house, card, 'Ask for the rest', 'BTCPay', 'A fee was taken on the way');
    const view = await house.awaitOrder(order.id, ({ payments }) => payments.length === 2);
    expect(view).toMatchObject({ status: 'awaiting_payment', payment: { amount: '24.50', provider: 'btcpay' } });
    expect(current(house, card).text).toContain('Rests until');
    await house.awaitQuiet();
    await house.visit(order, 'pay');
    const paid = await house.awaitOrder(order.id, ({ status }) => status === 'paid');
    expect(paid.exceptions).toEqual([]);
    expect(paid.payments.map(({ status, amount }) => [status, amount])).toEqual([
      ['underpaid', '49.00'],
      ['paid', '24.50'],
    ]);
    await house.awaitQuiet();
    expect(typesOf(house, order)).toEqual(['order.needs_attention', 'order.paid']);
  });

  test('comes back when the rest is not paid', async () => {
    await using house = await openHouse();
    const { order, view } = await short(house);
    const card = await openException(house, order, 'Came short');
    await press(house, card, 'Ask for the rest', 'Coinbase', 'The customer wants to pay the rest');
    await house.awaitOrder(order.id, ({ payment }) => payment?.provider === 'coinbase' && payment.amount === '24.50');
    await house.visit(order, 'expire');
    const back = await house.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
    expect(back.exceptions).toEqual(view.exceptions);
  });
});

test('keep waiting rests for an hour, alert and exception, and both come back by themselves', async () => {
  await using house = await openHouse();
  const { order } = await short(house);
  const alert = await house.awaitCard(({ text }) => text.includes('Payment came short'));
  const card = await openException(house, order, 'Came short');
  expect(await press(house, card, 'Keep waiting…', '1 hour', 'I asked the customer')).toBe('It rests for an hour.');
  await awaitTrue(() => house.pagerText(alert.messageId).includes('Snoozed by Ada'), { what: 'the snoozed alert' });
  house.clock.move(hour + minute);
  await house.runJob('wake-exceptions');
  await awaitTrue(() => !house.pagerText(alert.messageId).includes('Snoozed'), { what: 'the alert that is back' });
  const again = await openException(house, order, 'Came short');
  expect(again.text).not.toContain('Rests until');
});

test('the alert leads to the exception in the command bot, and acknowledging it takes the exception', async () => {
  await using house = await openHouse();
  const { order } = await short(house);
  const alert = await house.awaitCard(({ text }) => text.includes('Payment came short'));
  await house.tap(alert, 'Resolve…');
  const plain = await house.awaitCard(({ keyboard }) =>
    keyboard.flat().some(({ text }) => text.startsWith('Resolve in')),
  );
  const url = plain.keyboard.flat()[0]?.url ?? '';
  const card = await house.ask(`/start ${new URL(url).searchParams.get('start')}`, ({ text }) =>
    text.includes('Nobody has it'),
  );
  await house.tap(alert, 'Acknowledge');
  const taken = await openException(house, order, 'Came short');
  expect(taken.text).toContain('✋ Ada has it');
  expect(await press(house, taken, 'Give it back')).toBe('It is nobody’s again.');
  await awaitTrue(() => !house.pagerText(alert.messageId).includes('Acknowledged by'), {
    what: 'the alert, open again',
  });
  expect(await press(house, card, 'Accept as paid', 'Agreed with the customer')).toBe('Accepted as paid.');
  expect(await press(house, taken, 'Take it')).toBe('It is over already.');
});

test('mark paid from an alert that came late is that acceptance, with a reason written in the command bot', async () => {
  await using house = await openHouse({ env: { TELEGRAM_PAGER_TOKEN: '' } });
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'pay_late');
  const alert = await house.telegram.awaitMessage(({ text }) => text.includes('Payment came late'));
  expect(buttonsOf(alert)).toEqual(['Acknowledge', 'Snooze 1 h', 'Mark paid', 'Resolve…']);
  await house.tap(alert, 'Mark paid');
  const question = await house.telegram.awaitMessage(({ text }) => text.includes('Accept this as paid?'));
  await press(house, question, 'Write a reason');
  const { word } = await writeReason(house, { reason: 'The rate has not moved', yes: 'Yes, accept it' });
  expect(word).toBe('Accepted as paid.');
  const view = await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  expect(view.payment?.status).toBe('paid_late');
});
