import { expect, test } from 'vitest';
import { hour, minute, second } from '#kernel/clock.ts';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { adminBot, owner, pagerBot, unauthorizedUser } from '#test/support/app-fixture/world.ts';
import { awaitFound, awaitUntil } from '#test/support/time/await-until.ts';

/** An order with an underpaid payment, and its alert. */
async function underpaid(app: AppFixture): Promise<{ id: string; number: string }> {
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'underpay');
  await app.visit(order, 'expire');
  await app.awaitOrder(order.id, ({ status }) => status === 'needs_attention');
  return order;
}

function sent(app: AppFixture, bot: string): number {
  return app.telegram.history({ bot, method: 'sendMessage' }).filter(({ ok }) => ok).length;
}

test('when Telegram asks to slow down, nothing is sent before its time, and the card comes once', async () => {
  await using app = await openAppFixture();
  app.telegram.failNext({ bot: pagerBot, method: 'sendMessage', times: 1, kind: 'flood', retryAfterSeconds: 2 });
  const order = await underpaid(app);
  const isTried = () => app.telegram.history({ bot: pagerBot, method: 'sendMessage' }).length > 0;
  await awaitUntil(isTried, { what: 'a try' });
  await app.awaitCard(
    ({ text }) => text.includes(order.number),
    () => app.clock.move(second / 4),
  );
  const tries = app.telegram.history({ bot: pagerBot, method: 'sendMessage' });
  expect(tries.map(({ ok }) => ok)).toEqual([false, true]);
  const [refused, taken] = tries;
  expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(2 * second);
  await app.awaitQuiet();
  expect(app.pagerMessages()).toHaveLength(1);
});

test('an alert does not wait behind a flood of messages at the command bot', async () => {
  await using app = await openAppFixture();
  const card = await app.placeOrder({ provider: 'coinbase' });
  await app.ask(`/order ${card.number}`, ({ text }) => text.includes(card.number));
  app.telegram.failNext({ bot: adminBot, times: 1, kind: 'flood', retryAfterSeconds: 60 });
  await app.visit(card, 'pay');
  await app.awaitOrder(card.id, ({ status }) => status === 'paid');
  await awaitUntil(() => app.telegram.history({ bot: adminBot }).some(({ errorCode }) => errorCode === 429), {
    what: 'the flood',
  });
  const order = await underpaid(app);
  await app.awaitCard(({ text }) => text.includes(order.number));
});

test('with one token for both, the admin bot sends the alerts and serves their buttons', async () => {
  await using app = await openAppFixture({ env: { TELEGRAM_PAGER_TOKEN: '' } });
  const order = await underpaid(app);
  const card = await awaitFound(
    () => app.telegram.messages({ bot: adminBot, chatId: owner.id }).find(({ text }) => text.includes(order.number)),
    { what: 'the alert from the admin bot' },
  );
  expect((await app.tap(card, 'Acknowledge')).text).toBe('Acknowledged: it is yours.');
});

/** A call that had no answer may come late, so its card is drawn again a minute or two afterwards. */
const untilDrawnAgain = (app: AppFixture) => ({ meanwhile: () => app.clock.move(minute) });

test('a card that could not be sent while Telegram was unavailable arrives once afterwards, in the state of that time', async () => {
  await using app = await openAppFixture();
  app.telegram.failNext({ bot: pagerBot, times: 4, kind: 'error_500' });
  const order = await underpaid(app);
  await awaitUntil(() => app.telegram.history({ bot: pagerBot, method: 'sendMessage' }).length > 0, {
    what: 'a try',
  });
  app.clock.move(10 * minute);
  await app.awaitCard(
    ({ text }) => text.includes(order.number),
    () => app.clock.move(second),
  );
  await app.awaitQuiet(untilDrawnAgain(app));
  expect(app.pagerMessages()).toHaveLength(1);
  expect(sent(app, pagerBot)).toBe(1);
});

test('an alert that was resolved while Telegram was unavailable is not sent at all', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'bitpay' });
  // Every call of the pager fails until the faults are cleared.
  app.telegram.failNext({ bot: pagerBot, times: 1_000, kind: 'reset' });
  await app.visit(order, 'pay_unconfirmed');
  await app.visit(order, 'invalidate');
  await app.awaitOrder(order.id, ({ payment }) => payment?.status === 'failed');
  await app.visit(order, 'confirm');
  await app.awaitOrder(order.id, ({ status }) => status === 'paid');
  app.telegram.clearFaults();
  app.clock.move(10 * minute);
  await app.awaitQuiet();
  expect(app.pagerMessages()).toEqual([]);
});

test('a card whose sending was carried out and not answered is told from the next change on in one message', async () => {
  await using app = await openAppFixture();
  const order = await underpaid(app);
  const card = await app.awaitCard(({ text }) => text.includes(order.number));
  app.telegram.failNext({ bot: pagerBot, method: 'editMessageText', times: 1, kind: 'reset', afterEffect: true });
  await app.tap(card, 'Acknowledge');
  await awaitUntil(() => app.pagerText(card.messageId).includes('Acknowledged by Ada'), { what: 'the edit' });
  await app.awaitQuiet(untilDrawnAgain(app));
  expect(app.pagerMessages()).toHaveLength(1);
});

test('an alert that reached nobody is red in /readyz, /metrics and /health, and the process goes on serving', async () => {
  await using app = await openAppFixture();
  const readiness = async () => {
    const { status, text } = await app.send('/readyz');
    const { checks } = JSON.parse(text) as { checks: { name: string; ok: boolean; detail: string }[] };
    return { status, alerts: checks.find(({ name }) => name === 'alerts') };
  };
  expect(await readiness()).toMatchObject({ status: 200, alerts: { ok: true } });
  await app.telegram.block({ userId: owner.id, bot: pagerBot });
  const order = await underpaid(app);
  const isTold = () =>
    app.telegram.messages({ bot: adminBot, chatId: owner.id }).some(({ text }) => text.includes(order.number));
  await awaitUntil(isTold, { what: 'the alert by the other bot' });
  const red = {
    ok: false,
    detail: expect.stringMatching(/^1 message has not .*blocked by the user; the owners were told/),
  };
  await awaitUntil(async () => !(await readiness()).alerts?.ok, { what: 'a red check' });
  expect(await readiness()).toMatchObject({ status: 200, alerts: red });
  expect((await app.send('/metrics')).text).toContain('tillkeeper_alerts_owed 1');
  expect((await app.ask('/health', ({ text }) => text.includes('alerts'))).text).toMatch(/🔴 alerts · 1 message/);

  await app.telegram.unblock({ userId: owner.id, bot: pagerBot });
  await app.awaitCard(({ text }) => text.includes(order.number));
  await awaitUntil(async () => (await readiness()).alerts?.ok === true, { what: 'a green check' });
  expect((await app.send('/metrics')).text).toContain('tillkeeper_alerts_owed 0');
});

test('an alert is acknowledged, snoozed and woken on one card, and notifies again when its snooze is over', async () => {
  await using app = await openAppFixture();
  const order = await underpaid(app);
  const card = await app.awaitCard(({ text }) => text.includes(order.number));
  expect((await app.tap(card, 'Acknowledge')).text).toBe('Acknowledged: it is yours.');
  await awaitUntil(() => app.pagerText(card.messageId).includes('Acknowledged by Ada'), {
    what: 'the name on the card',
  });
  expect((await app.tap(card, 'Snooze 1 h')).text).toMatch(/^Snoozed until/);
  await awaitUntil(() => app.pagerText(card.messageId).includes('Snoozed by Ada'), { what: 'the snoozed card' });
  app.clock.move(hour / 2);
  await app.runJob('wake-cases');
  expect(app.pagerText(card.messageId)).toContain('Snoozed by Ada');
  app.clock.move(hour / 2 + minute);
  await app.runJob('wake-cases');
  await app.awaitCard(({ text }) => text.includes('The snooze is over and it is still open'));
  await awaitUntil(() => !app.pagerText(card.messageId).includes('Snoozed'), { what: 'the woken card' });
  await app.awaitQuiet();
  expect(app.pagerMessages().filter(({ text }) => text.includes('WARNING'))).toHaveLength(1);
});

test('two taps on a button at the same moment act once', async () => {
  await using app = await openAppFixture();
  const order = await underpaid(app);
  const card = await app.awaitCard(({ text }) => text.includes(order.number));
  const words = await Promise.all([app.tap(card, 'New payment link'), app.tap(card, 'New payment link')]);
  expect(words.map(({ text }) => text).sort()).toEqual([
    'A new link was made a moment ago.',
    'Here is the payment link.',
  ]);
  const { payments } = await app.getOrder(order.id);
  expect(payments).toHaveLength(2);
  const answers = await Promise.all([app.tap(card, 'Acknowledge'), app.tap(card, 'Acknowledge')]);
  expect(answers.map(({ text }) => text).sort()).toEqual([
    'Acknowledged: it is yours.',
    'Already acknowledged by Ada.',
  ]);
});

test('an unauthorized user gets one neutral sentence and nothing more, and their taps do nothing', async () => {
  await using app = await openAppFixture();
  const order = await underpaid(app);
  const card = await app.awaitCard(({ text }) => text.includes(order.number));
  for (const text of ['/start', `/order ${order.number}`, '/orders', 'hello?']) {
    await app.telegram.sendText({ userId: unauthorizedUser.id, bot: adminBot, text });
  }
  const answer = await app.telegram.awaitMessage(
    ({ bot, chatId, from }) => bot === adminBot && chatId === unauthorizedUser.id && from.isBot,
  );
  expect(answer.text).toBe('This bot is private.');
  const data = card.keyboard.flat()[0]?.callback_data ?? '';
  const tap = { userId: unauthorizedUser.id, bot: adminBot, messageId: answer.messageId, data, forged: true };
  expect((await app.telegram.tapButton(tap)).text ?? '').not.toContain('Acknowledged');
  await app.ask('/help');
  const toUnauthorizedUser = app.telegram
    .messages({ bot: adminBot, chatId: unauthorizedUser.id })
    .filter(({ from }) => from.isBot);
  expect(toUnauthorizedUser.map(({ text }) => text)).toEqual(['This bot is private.']);
  expect(app.pagerText(card.messageId)).not.toContain('Acknowledged');
});
