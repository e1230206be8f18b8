import { expect, test } from 'vitest';
import { hour, minute, second } from '#kernel/clock.ts';
import { type House, openHouse } from '#test/support/house.ts';
import { awaitFound, awaitTrue } from '#test/support/house-wait.ts';
import { adminBot, owner, pagerBot, stranger } from '#test/support/house-world.ts';

/** An order with a payment that came short, and the alert that rings for it. */
async function underpaid(house: House): Promise<{ id: string; number: string }> {
  const order = await house.placeOrder({ provider: 'btcpay' });
  await house.visit(order, 'underpay');
  await house.visit(order, 'expire');
  await house.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  return order;
}

function sent(house: House, bot: string): number {
  return house.telegram.history({ bot, method: 'sendMessage' }).filter(({ ok }) => ok).length;
}

test('when Telegram asks to slow down, nothing is sent before its time, and the card comes once', async () => {
  await using house = await openHouse();
  house.telegram.failNext({ bot: pagerBot, method: 'sendMessage', times: 1, kind: 'flood', retryAfterSeconds: 2 });
  const order = await underpaid(house);
  await house.awaitCard(({ text }) => text.includes(order.number));
  const tries = house.telegram.history({ bot: pagerBot, method: 'sendMessage' });
  expect(tries.map(({ ok }) => ok)).toEqual([false, true]);
  const [refused, taken] = tries;
  expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(2 * second);
  await house.awaitQuiet();
  expect(house.pagerMessages()).toHaveLength(1);
});

test('an alert does not wait behind the chatter of a flood at the command bot', async () => {
  await using house = await openHouse();
  const card = await house.placeOrder({ provider: 'coinbase' });
  await house.ask(`/order ${card.number}`, ({ text }) => text.includes(card.number));
  house.telegram.failNext({ bot: adminBot, times: 1, kind: 'flood', retryAfterSeconds: 60 });
  await house.visit(card, 'pay');
  await house.awaitOrder(card.id, ({ status }) => status === 'paid');
  await awaitTrue(() => house.telegram.history({ bot: adminBot }).some(({ errorCode }) => errorCode === 429), {
    what: 'the flood',
  });
  const order = await underpaid(house);
  await house.awaitCard(({ text }) => text.includes(order.number));
});

test('with one token for both, the admin bot sends the alerts and serves their buttons', async () => {
  await using house = await openHouse({ env: { TELEGRAM_PAGER_TOKEN: '' } });
  const order = await underpaid(house);
  const card = await awaitFound(
    () => house.telegram.messages({ bot: adminBot, chatId: owner.id }).find(({ text }) => text.includes(order.number)),
    { what: 'the alert from the admin bot' },
  );
  expect((await house.tap(card, 'Acknowledge')).text).toBe('Acknowledged: it is yours.');
});

test('a card that could not be sent while Telegram was away arrives once when it is back, as things are then', async () => {
  await using house = await openHouse();
  house.telegram.failNext({ bot: pagerBot, times: 4, kind: 'error_500' });
  const order = await underpaid(house);
  await awaitTrue(() => house.telegram.history({ bot: pagerBot, method: 'sendMessage' }).length > 0, {
    what: 'a try',
  });
  house.clock.move(10 * minute);
  await house.awaitCard(({ text }) => text.includes(order.number));
  await house.awaitQuiet();
  expect(house.pagerMessages()).toHaveLength(1);
  expect(sent(house, pagerBot)).toBe(1);
});

test('an alert that was over before Telegram came back does not ring at all', async () => {
  await using house = await openHouse();
  const order = await house.placeOrder({ provider: 'bitpay' });
  // Every call of the pager is cut off until the faults are cleared.
  house.telegram.failNext({ bot: pagerBot, times: 1_000, kind: 'reset' });
  await house.visit(order, 'pay_unconfirmed');
  await house.visit(order, 'invalidate');
  await house.awaitOrder(order.id, ({ payment }) => payment?.status === 'failed');
  await house.visit(order, 'confirm');
  await house.awaitOrder(order.id, ({ status }) => status === 'paid');
  house.telegram.clearFaults();
  house.clock.move(10 * minute);
  await house.awaitQuiet();
  expect(house.pagerMessages()).toEqual([]);
});

test('a card whose sending was carried out and not answered is told from the next change on in one message', async () => {
  await using house = await openHouse();
  const order = await underpaid(house);
  const card = await house.awaitCard(({ text }) => text.includes(order.number));
  house.telegram.failNext({ bot: pagerBot, method: 'editMessageText', times: 1, kind: 'reset', afterEffect: true });
  await house.tap(card, 'Acknowledge');
  await awaitTrue(() => house.pagerText(card.messageId).includes('Acknowledged by Ada'), { what: 'the edit' });
  house.clock.move(minute);
  await house.awaitQuiet();
  expect(house.pagerMessages()).toHaveLength(1);
});

test('an alert is acknowledged, snoozed and woken on one card, and rings again when its snooze is over', async () => {
  await using house = await openHouse();
  const order = await underpaid(house);
  const card = await house.awaitCard(({ text }) => text.includes(order.number));
  expect((await house.tap(card, 'Acknowledge')).text).toBe('Acknowledged: it is yours.');
  await awaitTrue(() => house.pagerText(card.messageId).includes('Acknowledged by Ada'), {
    what: 'the name on the card',
  });
  expect((await house.tap(card, 'Snooze 1 h')).text).toMatch(/^Snoozed until/);
  await awaitTrue(() => house.pagerText(card.messageId).includes('Snoozed by Ada'), { what: 'the snoozed card' });
  house.clock.move(hour / 2);
  await house.runJob('wake-alerts');
  expect(house.pagerText(card.messageId)).toContain('Snoozed by Ada');
  house.clock.move(hour / 2 + minute);
  await house.runJob('wake-alerts');
  await house.awaitCard(({ text }) => text.includes('The snooze is over and it is still open'));
  await awaitTrue(() => !house.pagerText(card.messageId).includes('Snoozed'), { what: 'the woken card' });
  await house.awaitQuiet();
  expect(house.pagerMessages().filter(({ text }) => text.includes('WARNING'))).toHaveLength(1);
});

test('two taps on a button at the same moment act once', async () => {
  await using house = await openHouse();
  const order = await underpaid(house);
  const card = await house.awaitCard(({ text }) => text.includes(order.number));
  const words = await Promise.all([house.tap(card, 'New payment link'), house.tap(card, 'New payment link')]);
  expect(words.map(({ text }) => text).sort()).toEqual([
    'A new link was made a moment ago.',
    'Here is the payment link.',
  ]);
  const { payments } = await house.getOrder(order.id);
  expect(payments).toHaveLength(2);
  const answers = await Promise.all([house.tap(card, 'Acknowledge'), house.tap(card, 'Acknowledge')]);
  expect(answers.map(({ text }) => text).sort()).toEqual([
    'Acknowledged: it is yours.',
    'Already acknowledged by Ada.',
  ]);
});

test('a stranger gets one neutral sentence and nothing more, and every tap of theirs is dead', async () => {
  await using house = await openHouse();
  const order = await underpaid(house);
  const card = await house.awaitCard(({ text }) => text.includes(order.number));
  for (const text of ['/start', `/order ${order.number}`, '/orders', 'hello?']) {
    await house.telegram.sendText({ userId: stranger.id, bot: adminBot, text });
  }
  const answer = await house.telegram.awaitMessage(
    ({ bot, chatId, from }) => bot === adminBot && chatId === stranger.id && from.isBot,
  );
  expect(answer.text).toBe('This bot is private.');
  const data = card.keyboard.flat()[0]?.callback_data ?? '';
  const tap = { userId: stranger.id, bot: adminBot, messageId: answer.messageId, data, forged: true };
  expect((await house.telegram.tapButton(tap)).text ?? '').not.toContain('Acknowledged');
  await house.ask('/help');
  const toStranger = house.telegram.messages({ bot: adminBot, chatId: stranger.id }).filter(({ from }) => from.isBot);
  expect(toStranger.map(({ text }) => text)).toEqual(['This bot is private.']);
  expect(house.pagerText(card.messageId)).not.toContain('Acknowledged');
});
