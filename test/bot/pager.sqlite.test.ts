import { describe, expect, test } from 'vitest';
import { encodeCallback } from '#bot/text/callback-data.ts';
import { acknowledgeCase } from '#cases/acknowledge-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { wakeCases } from '#cases/snooze-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { hour, minute } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { ann, type BotShop, bob, eve, group, openBotShop, pagerToken } from './support/shop.ts';

const by = { actor: { kind: 'admin', id: String(ann) }, name: 'Ann' } as const;

function pagerMessages(shop: BotShop, chatId: number): readonly SandboxMessage[] {
  return shop.telegram.messages({ bot: 'pager_bot', chatId });
}

function dataOf(message: SandboxMessage | undefined, text: string): string {
  const button = message?.keyboard.flat().find((candidate) => candidate.text === text);
  if (button?.callback_data === undefined) throw new Error(`no button "${text}" on: ${message?.text}`);
  return button.callback_data;
}

async function cardOf(shop: BotShop, chatId: number): Promise<SandboxMessage> {
  return shop.telegram.awaitMessage(
    (message) => message.chatId === chatId && message.text.includes('Payment underpaid'),
  );
}

describe('alert cards', () => {
  test('one trouble is one message in each owner chat, edited in place', async () => {
    await using shop = await openBotShop();
    await shop.raise();
    await shop.deliver();
    await shop.raise();
    await shop.deliver();
    for (const chatId of [ann, bob]) {
      const [card, ...more] = pagerMessages(shop, chatId);
      expect(more).toEqual([]);
      expect(card).toMatchObject({ edits: 1, silent: false });
      expect(card?.text).toContain('Happened 2 times');
    }
  });

  test('two versions that are delivered at once still make one message', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    const alertId = await shop.raise();
    await acknowledgeCase(shop.deps, { caseId: alertId, by });
    await shop.deliver();
    const cards = pagerMessages(shop, group);
    expect(cards).toHaveLength(1);
    expect(cards[0]?.text).toContain('Acknowledged by Ann');
  });

  test('rings for trouble and is silent for information', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await shop.raise({ key: 'a', severity: 'info' });
    await shop.raise({ key: 'b', severity: 'warning' });
    await shop.deliver();
    const rings = pagerMessages(shop, group).map(({ text, silent }) => [text.split(' ')[1], silent]);
    expect(rings.sort()).toEqual([
      ['INFO', true],
      ['WARNING', false],
    ]);
  });

  test('an alert that was over before it could be shown is not shown', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await shop.raise();
    await inTransaction(shop.deps, causeOf(systemActor), (tx) =>
      resolveCase(tx, { key: 'payment_underpaid:x', by: 'The order is paid.' }),
    );
    await shop.deliver();
    expect(pagerMessages(shop, group)).toEqual([]);
  });

  test('a resolved alert keeps its card, says what resolved it, and has no buttons', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await shop.raise();
    await shop.deliver();
    await inTransaction(shop.deps, causeOf(systemActor), (tx) =>
      resolveCase(tx, { key: 'payment_underpaid:x', by: 'The order is paid.' }),
    );
    await shop.deliver();
    const [card, ...more] = pagerMessages(shop, group);
    expect(more).toEqual([]);
    expect(card?.text).toMatch(/^✅ RESOLVED.*critical/);
    expect(card?.text).toContain('The order is paid.');
    expect(card?.keyboard).toEqual([]);
  });

  test('a snooze that is over rings with a short answer to the card', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await shop.raise();
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const tap = { userId: ann, bot: 'pager_bot', chatId: group, messageId: card.messageId };
    const answer = await shop.telegram.tapButton({ ...tap, data: dataOf(card, 'Snooze 1 h') });
    expect(answer.text).toBe('Snoozed until 22 Nov, 05:00.');
    await shop.deliver();
    expect((await cardOf(shop, group)).text).toContain('Snoozed by Ann until 22 Nov, 05:00');
    shop.deps.clock.advance(hour + minute);
    await wakeCases(shop.deps, { limit: 10 });
    await shop.deliver();
    const [first, ring, ...more] = pagerMessages(shop, group);
    expect(more).toEqual([]);
    expect(first?.text).toContain('CRITICAL');
    expect(ring).toMatchObject({ silent: false, replyToId: card.messageId });
    expect(ring?.text).toContain('The snooze is over');
  });

  test('a card that somebody deleted comes anew with the next change', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    const alertId = await shop.raise();
    await shop.deliver();
    const card = await cardOf(shop, group);
    const body = { chat_id: group, message_id: card.messageId };
    const gone = await fetch(`${shop.telegram.url}/bot${pagerToken}/deleteMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(gone.status).toBe(200);
    await acknowledgeCase(shop.deps, { caseId: alertId, by });
    await shop.deliver();
    expect(pagerMessages(shop, group).map(({ text }) => text)).toEqual([
      expect.stringContaining('Acknowledged by Ann'),
    ]);
  });
});

describe('the menu of the pager', () => {
  const menu = (shop: BotShop, bot: string) =>
    shop.telegram.commands({ bot, userId: eve }).map(({ description }) => description);

  test('says what Start does there', async () => {
    await using shop = await openBotShop();
    shop.pager.start();
    await expect.poll(() => menu(shop, 'pager_bot')).toEqual(['let alerts come here']);
  });

  test('is the command bot’s where both are one', async () => {
    await using shop = await openBotShop({ sharesToken: true });
    shop.adminBot.start();
    await expect.poll(() => menu(shop, 'till_bot')).toEqual(['begin here']);
    shop.pager.start();
    await expect.poll(() => shop.pager.health().ok).toBe(true);
    expect(menu(shop, 'till_bot')).toEqual(['begin here']);
  });
});

describe('taps on a card', () => {
  test('acknowledge: the tapper is told at once and the card tells the rest', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await shop.raise();
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const tap = { bot: 'pager_bot', chatId: group, messageId: card.messageId, data: dataOf(card, 'Acknowledge') };
    expect((await shop.telegram.tapButton({ ...tap, userId: ann })).text).toBe('Acknowledged: it is yours.');
    expect((await shop.telegram.tapButton({ ...tap, userId: bob })).text).toBe('Already acknowledged by Ann.');
    await shop.deliver();
    const [after] = pagerMessages(shop, group);
    expect(after?.text).toContain('Acknowledged by Ann');
    expect(after?.keyboard.flat().map(({ text }) => text)).toEqual(['Snooze 1 h', 'New payment link', 'Open order']);
    const audit = await shop.deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 10 }));
    expect(audit.map(({ action, actorId }) => [action, actorId])).toEqual([['case.acknowledge', String(ann)]]);
  });

  test('somebody in the group who is no admin is answered emptily and changes nothing', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    const alertId = await shop.raise();
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const tap = { bot: 'pager_bot', chatId: group, messageId: card.messageId, data: dataOf(card, 'Acknowledge') };
    expect(await shop.telegram.tapButton({ ...tap, userId: eve })).toEqual({ showAlert: false });
    const alert = await shop.deps.database.read((stores) => stores.cases.findCase(alertId));
    expect(alert?.status).toBe('open');
    expect(shop.deps.log.events).toContainEqual(
      expect.objectContaining({ message: 'unauthorized user turned away', facts: { bot: 'pager', userId: eve } }),
    );
  });

  test('new payment link: one link however often it is tapped, handed over in the chat', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    const order = await shop.order();
    await shop.raise({ orderId: asOrderId(order.id) });
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const data = dataOf(card, 'New payment link');
    const tap = { userId: ann, bot: 'pager_bot', chatId: group, messageId: card.messageId, data };
    const answers = await Promise.all([shop.telegram.tapButton(tap), shop.telegram.tapButton(tap)]);
    expect(answers.map(({ text }) => text).sort()).toEqual([
      'A new link was made a moment ago.',
      'Here is the payment link.',
    ]);
    const replies = pagerMessages(shop, group).filter(({ text }) => text.includes('https://pay.example.org/'));
    expect(replies).toHaveLength(1);
    expect(shop.provider.created()).toBe(1);
  });

  test('what cannot be written into the chat is not said to be there', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    const order = await shop.order();
    await shop.raise({ orderId: asOrderId(order.id) });
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const refusal = { code: 400, description: 'Bad Request: TOPIC_CLOSED' };
    shop.telegram.failNext({ bot: 'pager_bot', method: 'sendMessage', times: 9, kind: 'refuse', refusal });
    const data = dataOf(card, 'New payment link');
    const tap = { userId: ann, bot: 'pager_bot', chatId: group, messageId: card.messageId, data };
    expect((await shop.telegram.tapButton(tap)).text).toBe(
      'Done, but it cannot be shown in this chat. The command bot shows it: /alerts',
    );
    expect(shop.provider.created()).toBe(1);
  });

  test.each([
    ['mark_paid', 'Mark paid'],
    ['refund', 'Refund'],
  ] as const)('%s: in the group the order is shown, and nothing is asked there', async (action, button) => {
    await using shop = await openBotShop({ alertChatId: group });
    const order = await shop.order();
    await shop.raise({ orderId: asOrderId(order.id), actions: [action] });
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const tap = { userId: ann, bot: 'pager_bot', chatId: group, messageId: card.messageId };
    await shop.telegram.tapButton({ ...tap, data: dataOf(card, button) });
    const shown = pagerMessages(shop, group).filter(({ messageId }) => messageId !== card.messageId);
    expect(shown.map(({ text }) => text)).toEqual([expect.stringContaining(order.number)]);
    expect(shown[0]?.text).not.toContain('?');
  });

  test('open order: the card is shown where its buttons are not served, and leads to the bot that serves them', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    shop.adminBot.start();
    await expect.poll(() => shop.adminBot.username()).toBe('till_bot');
    const order = await shop.order();
    await shop.raise({ orderId: asOrderId(order.id) });
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const data = dataOf(card, 'Open order');
    await shop.telegram.tapButton({ userId: ann, bot: 'pager_bot', chatId: group, messageId: card.messageId, data });
    const reply = pagerMessages(shop, group).at(-1);
    expect(reply?.text).toContain(`${order.number} · awaiting payment`);
    expect(reply?.replyToId).toBe(card.messageId);
    expect(reply?.keyboard.flat()).toEqual([
      expect.objectContaining({ url: `https://t.me/till_bot?start=${order.number}` }),
    ]);
  });

  test('resolve: the case is shown with what may be decided, and leads to the bot that decides', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    shop.adminBot.start();
    await expect.poll(() => shop.adminBot.username()).toBe('till_bot');
    const order = await shop.order();
    await shop.raise({ orderId: asOrderId(order.id), actions: ['resolve'] });
    await shop.deliver();
    shop.pager.start();
    const card = await cardOf(shop, group);
    const data = dataOf(card, 'Resolve…');
    await shop.telegram.tapButton({ userId: ann, bot: 'pager_bot', chatId: group, messageId: card.messageId, data });
    const reply = pagerMessages(shop, group).at(-1);
    expect(reply?.text).toContain('Payment underpaid');
    expect(reply?.keyboard.flat()).toEqual([expect.objectContaining({ url: expect.stringContaining('till_bot') })]);
  });

  test.each(['alert:ack:AAAAAAAAAAAAAAAAAAAAAA', 'alert:ack:nonsense', 'order:show:AAAAAAAAAAAAAAAAAAAAAA', 'x'])(
    'the forged button %s is politely refused',
    async (data) => {
      await using shop = await openBotShop({ alertChatId: group });
      await shop.raise();
      await shop.deliver();
      shop.pager.start();
      const { messageId } = await cardOf(shop, group);
      const tap = { userId: ann, bot: 'pager_bot', chatId: group, messageId, data, forged: true };
      expect((await shop.telegram.tapButton(tap)).text).toBe('This button is out of date.');
    },
  );

  test('an admin who taps in a group that alerts do not go to is answered emptily', async () => {
    await using shop = await openBotShop();
    const alertId = await shop.raise();
    shop.pager.start();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ chat_id: group, text: 'x' });
    await fetch(`${shop.telegram.url}/bot${pagerToken}/sendMessage`, { method: 'POST', headers, body });
    const messageId = pagerMessages(shop, group)[0]?.messageId ?? 0;
    const data = encodeCallback({ kind: 'alert', act: 'ack', id: alertId, place: 'card' });
    const forged = { userId: ann, bot: 'pager_bot', chatId: group, messageId, data, forged: true };
    expect(await shop.telegram.tapButton(forged)).toEqual({ showAlert: false });
    const alert = await shop.deps.database.read((stores) => stores.cases.findCase(alertId));
    expect(alert?.status).toBe('open');
  });

  test('with one token the admin bot serves the buttons of the cards that the pager sends', async () => {
    await using shop = await openBotShop({ sharesToken: true });
    await shop.raise();
    await shop.deliver();
    shop.adminBot.start();
    shop.pager.start();
    const [card] = shop.telegram.messages({ bot: 'till_bot', chatId: ann });
    const tap = { userId: ann, bot: 'till_bot', messageId: card?.messageId ?? 0, data: dataOf(card, 'Acknowledge') };
    expect((await shop.telegram.tapButton(tap)).text).toBe('Acknowledged: it is yours.');
    await shop.deliver();
    for (const chatId of [ann, bob]) {
      const cards = shop.telegram.messages({ bot: 'till_bot', chatId });
      expect(cards.map(({ text }) => text)).toEqual([expect.stringContaining('Acknowledged by Ann')]);
    }
  });
});
