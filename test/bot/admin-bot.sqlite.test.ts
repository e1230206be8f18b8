import { describe, expect, test } from 'vitest';
import { type CallbackData, encodeCallback } from '#bot/text/callback-data.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { auditOf, chat, openChat, say, tap, textOf } from './support/chat.ts';
import { adminToken, ann, type BotShop, bob, eve, group } from './support/shop.ts';

describe('who is served', () => {
  test('a stranger gets one neutral sentence an hour, and is logged by the id alone', async () => {
    await using shop = await openChat();
    expect((await say(shop, '/orders', eve)).text).toBe('This bot is private.');
    await shop.telegram.sendText({ userId: eve, bot: 'till_bot', text: '/help' });
    await say(shop, '/help');
    expect(chat(shop, eve).filter(({ from }) => from.isBot)).toHaveLength(1);
    const turnedAway = shop.deps.log.events.filter(({ message }) => message === 'unauthorized user turned away');
    expect(turnedAway).toEqual([
      { level: 'warn', message: 'unauthorized user turned away', facts: { bot: 'admin', userId: eve } },
    ]);
    shop.deps.clock.advance(61 * minute);
    await say(shop, '/start', eve);
    expect(chat(shop, eve).filter(({ from }) => from.isBot)).toHaveLength(2);
  });

  test('in a group nothing is answered but the buttons of alerts', async () => {
    await using shop = await openChat({ alertChatId: group });
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', chatId: group, text: '/orders@till_bot' });
    await shop.telegram.sendText({ userId: eve, bot: 'till_bot', chatId: group, text: '/start@till_bot' });
    await say(shop, '/help');
    const inGroup = shop.telegram.messages({ bot: 'till_bot', chatId: group });
    expect(inGroup.filter(({ from }) => from.isBot)).toEqual([]);
  });

  test.each([
    [
      'an alert button in a group that alerts do not go to',
      null,
      (id: string): CallbackData => ({ kind: 'alert', act: 'ack', id, place: 'card' }),
    ],
    ['an order button in the alert group', group, (id: string): CallbackData => ({ kind: 'order', act: 'show', id })],
  ] as const)('%s does nothing', async (_name, alertChatId, tapOf) => {
    await using shop = await openChat(alertChatId === null ? {} : { alertChatId });
    const alertId = await shop.raise();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ chat_id: group, text: 'x' });
    await fetch(`${shop.telegram.url}/bot${adminToken}/sendMessage`, { method: 'POST', headers, body });
    const [message] = shop.telegram.messages({ bot: 'till_bot', chatId: group });
    const data = encodeCallback(tapOf(alertId));
    const forged = {
      userId: ann,
      bot: 'till_bot',
      chatId: group,
      messageId: message?.messageId ?? 0,
      data,
      forged: true,
    };
    expect(await shop.telegram.tapButton(forged)).toEqual({ showAlert: false });
    const alert = await shop.deps.database.read((stores) => stores.cases.findCase(alertId));
    expect(alert?.status).toBe('open');
  });

  test('owners see every command in the menu, anybody else only /start', async () => {
    await using shop = await openChat();
    await expect.poll(() => shop.telegram.commands({ bot: 'till_bot', userId: bob }).length).toBeGreaterThan(1);
    const names = shop.telegram.commands({ bot: 'till_bot', userId: ann }).map(({ command }) => command);
    expect(names).toEqual(
      expect.arrayContaining(['orders', 'order', 'find', 'pay', 'alerts', 'stats', 'providers', 'reconcile', 'health']),
    );
    expect(names).not.toContain('panic');
    expect(shop.telegram.commands({ bot: 'till_bot', userId: eve }).map(({ command }) => command)).toEqual(['start']);
  });

  test('an owner who has not pressed Start does not keep the bot from starting', async () => {
    await using shop = await openChat({ startedChats: 'none' });
    expect((await say(shop, '/help')).text).toContain('/orders');
  });

  test('a text that is no command points to the help, and a number opens its order', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    expect((await say(shop, 'hello')).text).toContain('/help');
    expect((await say(shop, order.number.toLowerCase())).text).toContain(`${order.number} · awaiting payment`);
  });
});

describe('start', () => {
  test('greets by name and says that nothing needs anybody', async () => {
    await using shop = await openChat();
    const reply = await say(shop, '/start');
    expect(reply.text).toMatch(/^👋 Hello, Ann\n/);
    expect(reply.text).toContain('Nothing needs you right now.');
    expect(reply.keyboard).toEqual([]);
  });

  test('counts what needs somebody and leads there', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const alertId = await shop.raise({ orderId: asOrderId(order.id) });
    await shop.raise({ key: 'provider_down:btcpay', kind: 'provider_down' });
    await shop.deps.database.transaction(async (stores) => {
      const alert = await stores.cases.findCase(alertId);
      if (alert !== undefined) await stores.cases.changeCase(alert, { status: 'acknowledged' });
    });
    const reply = await say(shop, '/start');
    expect(reply.text).toContain('🔔 1 alert waits for somebody\n✋ 1 alert in hand or snoozed');
    await tap(shop, reply, 'Alerts');
    expect(textOf(shop, reply)).toMatch(/^Alerts\n/);
  });

  test('with an order’s number opens that order', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    expect((await say(shop, `/start ${order.number}`)).text).toContain(`${order.number} · awaiting payment`);
  });
});

describe('pay', () => {
  test('makes an order and hands over its link', async () => {
    await using shop = await openChat();
    const reply = await say(shop, '/pay 49 usd License for <Ann>');
    expect(reply.text).toMatch(/^🔗 T-\d+ · 49\.00 USD · BTCPay\nhttps:\/\/pay\.example\.org\/i\/paper-1\n/);
    await tap(shop, reply, reply.keyboard.flat().find(({ text }) => text.startsWith('Order '))?.text ?? '');
    expect(textOf(shop, reply)).toContain('License for <Ann>');
    expect(await auditOf(shop)).toEqual([`${ann} order.place`]);
  });

  test('the same message, brought again by Telegram to the next process, makes one order', async () => {
    await using shop = await openChat({ adminMode: { kind: 'send_only' } });
    await expect.poll(() => shop.adminBot.health().ok).toBe(true);
    const from = { id: ann, is_bot: false, first_name: 'Ann' };
    const message = { message_id: 1, date: 1, chat: { id: ann, type: 'private', first_name: 'Ann' }, from };
    const entities = [{ type: 'bot_command', offset: 0, length: 4 }];
    const update = { update_id: 77, message: { ...message, text: '/pay 49 USD', entities } };
    await shop.adminBot.handleUpdate(update);
    await shop.restartAdminBot().handleUpdate(update);
    expect(shop.provider.created()).toBe(1);
    expect(chat(shop)).toHaveLength(2);
  });

  test.each([
    ['/pay', 'For example'],
    ['/pay 49', 'For example'],
    ['/pay 0 USD', 'more than nothing'],
    ['/pay -5 USD', 'not an amount'],
    ['/pay 1e3 USD', 'not an amount'],
    ['/pay 1.234 USD', 'decimal places'],
    ['/pay 5 DOGS', 'not a currency'],
  ])('%s is explained', async (text, words) => {
    await using shop = await openChat();
    expect((await say(shop, text)).text).toContain(words);
    expect(shop.provider.created()).toBe(0);
  });
});

describe('alerts in the command chat', () => {
  test('are listed, opened, acknowledged and drawn anew in the same message', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    await shop.raise({ orderId: asOrderId(order.id) });
    const list = await say(shop, '/alerts');
    expect(list.text).toContain('Payment underpaid');
    await tap(shop, list, 'T-1');
    expect(await tap(shop, list, 'Acknowledge')).toBe('Acknowledged: it is yours.');
    expect(textOf(shop, list)).toContain('✋ Acknowledged by Ann');
    await tap(shop, list, 'Open order');
    expect(chat(shop).at(-1)?.text).toContain(`${order.number} · awaiting payment`);
    await tap(shop, list, '‹ Alerts');
    expect(textOf(shop, list)).toContain('🔴✋ T-1 Payment underpaid');
  });
});

describe('reports and care', () => {
  test('stats, providers and health answer', async () => {
    await using shop = await openChat();
    await shop.order();
    shop.deps.clock.advance(minute);
    const stats = await say(shop, '/stats 30d');
    expect(stats.text).toContain('Last 30 days');
    expect(stats.text).toContain('1 awaiting payment');
    await tap(shop, stats, '7 d');
    expect(textOf(shop, stats)).toContain('Last 7 days');
    expect((await say(shop, '/stats 8d')).text).toContain('One of');
    expect((await say(shop, '/providers')).text).toContain('It is made of paper.');
    expect((await say(shop, '/health')).text).toContain('All is well');
  });

  test('a reconciliation runs in one message that ends with the findings', async () => {
    await using shop = await openChat();
    await shop.order();
    const message = await say(shop, '/reconcile');
    await tap(shop, message, 'BTCPay');
    const done = await shop.telegram.awaitMessage(({ text }) => text.startsWith('Reconciled'));
    expect(done.messageId).toBe(message.messageId);
    expect(done.text).toMatch(/BTCPay · \d+ payments?, nothing differs/);
  });

  test('a dead letter shows its cause, is redriven at a tap and discarded at the second', async () => {
    await using shop = await openChat();
    for (const key of ['one', 'two']) await bury(shop, key);
    const list = await say(shop, '/deadletters');
    expect(list.text).toContain('2 dead letters');
    expect(list.text).toContain('2 · event for the shop');
    await tap(shop, list, '2');
    expect(textOf(shop, list)).toContain('Cause: the shop said 410');
    expect(await tap(shop, list, 'Redrive')).toBe('It is on its way again.');
    await tap(shop, list, '1');
    await tap(shop, list, 'Discard');
    expect(textOf(shop, list)).toContain('for good?');
    expect(await tap(shop, list, 'Yes, discard it')).toBe('Discarded.');
    expect(textOf(shop, list)).toContain('No dead letters.');
    expect(await auditOf(shop)).toEqual([`${ann} dead_letter.discard`, `${ann} dead_letter.redrive`]);
  });
});

async function bury(shop: BotShop, name: string): Promise<void> {
  const { clock, database, ids } = shop.deps;
  await database.transaction(async (stores) => {
    const now = clock.now();
    const id = ids.newId();
    await stores.outbox.enqueue({
      id,
      receivedAt: now,
      availableAt: now,
      key: `shop.event:${name}`,
      topic: 'shop.event',
      lane: 'shop',
      priority: 1,
      payload: {},
    });
    const claim = { lane: 'shop', now, lockedUntil: now + minute, lockedBy: 'test', limit: 1, suspectedPoison: false };
    await stores.outbox.claimDue(claim);
    await stores.outbox.abandon({ id, lockedBy: 'test', at: now, reason: 'the shop said 410' });
  });
  clock.advance(1);
}
