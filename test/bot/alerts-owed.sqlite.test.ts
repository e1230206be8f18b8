// An alert counts as told only once somebody could see it.
import { describe, expect, test } from 'vitest';
import { acknowledgeCase } from '#cases/acknowledge-case.ts';
import { decisionKinds } from '#cases/case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { day, hour, minute, second } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { ann, type BotShop, bob, group, openBotShop } from './support/shop.ts';

const by = { actor: { kind: 'admin', id: String(ann) }, name: 'Ann' } as const;

const cards = (shop: BotShop, bot: string, chatId: number): SandboxMessage[] =>
  shop.telegram.messages({ bot, chatId }).filter(({ text }) => text.includes('Payment underpaid'));

const kicked = { code: 403, description: 'Forbidden: bot was kicked from the supergroup chat' };
const refusals = [
  kicked,
  { code: 400, description: 'Bad Request: TOPIC_CLOSED' },
  { code: 400, description: 'Bad Request: SOMETHING_NOBODY_HAS_SEEN_YET' },
];

function close(shop: BotShop, chatId: number, refusal = kicked): void {
  shop.telegram.failNext({ bot: 'pager_bot', chatId, times: 10_000, kind: 'refuse', refusal });
}

describe('an alert that its chat refuses', () => {
  test.each(refusals)('after $description it goes to the owners and stays owed to the group', async (refusal) => {
    await using shop = await openBotShop({ alertChatId: group });
    close(shop, group, refusal);
    await shop.raise();
    await shop.deliver();
    for (const owner of [ann, bob]) {
      expect(cards(shop, 'pager_bot', owner)).toMatchObject([{ silent: false }]);
      // One bot is enough: nobody is rung twice.
      expect(cards(shop, 'till_bot', owner)).toEqual([]);
    }
    expect(await shop.owed()).toBe(1);

    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(cards(shop, 'pager_bot', ann)).toHaveLength(1);
    shop.telegram.clearFaults();
    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(cards(shop, 'pager_bot', group)).toHaveLength(1);
    expect(await shop.owed()).toBe(0);
  });

  test('stays owed for as long as it takes, at whatever millisecond it is tried', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    close(shop, group);
    await shop.raise();
    for (let tries = 0; tries < 8; tries += 1) {
      await shop.deliver();
      shop.deps.clock.advance(3 * minute + 1);
    }
    expect(shop.deps.log.events.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await shop.owed()).toBe(1);
  });

  test('its cards with the owners are kept current like the one in the group', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    close(shop, group);
    const caseId = await shop.raise();
    await shop.deliver();
    shop.telegram.clearFaults();
    shop.deps.clock.advance(minute);
    await shop.deliver();
    await acknowledgeCase(shop.deps, { caseId, by });
    await shop.deliver();
    for (const chatId of [group, ann, bob]) {
      expect(cards(shop, 'pager_bot', chatId)).toMatchObject([
        { text: expect.stringContaining('Acknowledged by Ann') },
      ]);
    }
  });

  test('is over without a dead letter where a chat no longer takes the card that it has', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    close(shop, group);
    const caseId = await shop.raise();
    await shop.deliver();
    shop.telegram.clearFaults();
    close(shop, ann, { code: 400, description: 'Bad Request: SOMETHING_NOBODY_HAS_SEEN_YET' });
    await acknowledgeCase(shop.deps, { caseId, by });
    shop.deps.clock.advance(minute);
    await shop.deliver();
    const letters = await shop.deps.database.read((stores) => stores.outbox.listAbandoned({ before: null, limit: 9 }));
    expect(letters).toEqual([]);
  });

  test('that somebody deleted comes again while it is open, and not once it is over', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await shop.raise();
    await shop.deliver();
    const gone = { code: 400, description: 'Bad Request: message to edit not found' };
    const isGone = () =>
      shop.telegram.failNext({ bot: 'pager_bot', chatId: group, times: 1, kind: 'refuse', refusal: gone });
    isGone();
    await shop.raise();
    await shop.deliver();
    expect(cards(shop, 'pager_bot', group)).toHaveLength(2);
    isGone();
    await inTransaction(shop.deps, causeOf(systemActor), (tx) =>
      resolveCase(tx, { key: 'payment_underpaid:x', by: 'It is paid.' }),
    );
    await shop.deliver();
    expect(cards(shop, 'pager_bot', group)).toHaveLength(2);
  });

  test('is owed no longer once an admin has acknowledged it, or it is over', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    close(shop, group);
    const caseId = await shop.raise();
    await shop.raise({ key: 'other' });
    await shop.deliver();
    expect(await shop.owed()).toBe(2);
    await acknowledgeCase(shop.deps, { caseId, by });
    await inTransaction(shop.deps, causeOf(systemActor), (tx) => resolveCase(tx, { key: 'other', by: 'It is paid.' }));
    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(await shop.owed()).toBe(0);
  });

  test('goes by the other bot to owners who blocked the pager', async () => {
    await using shop = await openBotShop();
    for (const userId of [ann, bob]) await shop.telegram.block({ userId, bot: 'pager_bot' });
    await shop.raise();
    await shop.deliver();
    expect(cards(shop, 'till_bot', ann)).toHaveLength(1);
    expect(cards(shop, 'till_bot', bob)).toHaveLength(1);
    expect(await shop.owed()).toBe(1);
  });

  test('of which no owner can be told by any bot is shown at once when one of them presses Start', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    close(shop, group);
    for (const userId of [ann, bob]) {
      for (const bot of ['pager_bot', 'till_bot']) await shop.telegram.block({ userId, bot });
    }
    await shop.raise();
    await shop.deliver();
    shop.deps.clock.advance(3 * day);
    await shop.deliver();
    expect(await shop.owed()).toBe(1);
    shop.adminBot.start();
    await shop.telegram.unblock({ userId: bob, bot: 'till_bot' });
    await shop.telegram.sendText({ userId: bob, bot: 'till_bot', text: '/start' });
    await shop.telegram.awaitMessage(({ bot, text }) => bot === 'till_bot' && text.includes('Hello'));
    await shop.deliver();
    expect(cards(shop, 'till_bot', bob)).toHaveLength(1);
  });

  test.each(['pager_bot', 'till_bot'] as const)('is shown at once when an owner unblocks @%s', async (bot) => {
    await using shop = await openBotShop();
    for (const userId of [ann, bob]) {
      for (const each of ['pager_bot', 'till_bot']) await shop.telegram.block({ userId, bot: each });
    }
    await shop.raise();
    await shop.deliver();
    shop.deps.clock.advance(day);
    await shop.deliver();
    await shop.telegram.unblock({ userId: ann, bot });
    shop.adminBot.start();
    shop.pager.start();
    await expect
      .poll(async () => {
        await shop.deliver();
        return cards(shop, bot, ann).length;
      })
      .toBe(1);
  });

  test('about a dead letter is owed as any other', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    close(shop, group);
    for (const userId of [ann, bob]) {
      for (const bot of ['pager_bot', 'till_bot']) await shop.telegram.block({ userId, bot });
    }
    await shop.raise({ key: 'dead_letter:alert.card', kind: 'dead_letter' });
    await shop.deliver();
    expect(await shop.owed()).toBe(1);
    shop.telegram.clearFaults();
    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(cards(shop, 'pager_bot', group)).toHaveLength(1);
  });
});

describe('an alert that cannot be sent for a while', () => {
  test('counts as owed after five minutes', async () => {
    await using shop = await openBotShop();
    shop.telegram.failNext({ times: 1_000, kind: 'error_500' });
    await shop.raise();
    await shop.deliver();
    shop.deps.clock.advance(5 * minute);
    expect(await shop.owed()).toBe(0);
    shop.deps.clock.advance(1);
    expect(await shop.owed()).toBe(1);
  });

  test('comes as soon as Telegram is reached again, however long it was away', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    shop.telegram.failNext({ times: 100_000, kind: 'error_500' });
    shop.telegram.failNext({ method: 'getUpdates', times: 100_000, kind: 'error_500' });
    await shop.raise();
    for (let tries = 0; tries < 8; tries += 1) {
      await shop.deliver();
      shop.deps.clock.advance(hour);
    }
    await shop.deliver();
    shop.pager.start();
    await expect.poll(() => shop.pager.health().detail).not.toBe('not connected yet');
    shop.telegram.clearFaults();
    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(cards(shop, 'pager_bot', group)).toEqual([]);
    await expect.poll(() => shop.pager.health().ok).toBe(true);
    await expect
      .poll(async () => {
        await shop.deliver();
        return cards(shop, 'pager_bot', group).length;
      })
      .toBe(1);
  });

  test('goes by the other bot after a minute, and by the pager once that is back', async () => {
    await using shop = await openBotShop();
    shop.telegram.failNext({ bot: 'pager_bot', times: 1_000, kind: 'error_500' });
    await shop.raise();
    await shop.deliver();
    expect(cards(shop, 'till_bot', ann)).toEqual([]);
    shop.deps.clock.advance(minute + second);
    await shop.deliver();
    expect(cards(shop, 'till_bot', ann)).toHaveLength(1);
    shop.telegram.clearFaults();
    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(cards(shop, 'pager_bot', ann)).toHaveLength(1);
  });

  test('is not given up on, however long Telegram is away', async () => {
    await using shop = await openBotShop();
    shop.telegram.failNext({ times: 100_000, kind: 'error_500' });
    await shop.raise();
    for (let tries = 0; tries < 30; tries += 1) {
      await shop.deliver();
      shop.deps.clock.advance(hour);
    }
    expect(await shop.owed()).toBe(1);
    shop.telegram.clearFaults();
    await shop.deliver();
    expect(cards(shop, 'pager_bot', ann)).toHaveLength(1);
  });
});

describe('a chat that Telegram asks to wait for', () => {
  test('is not called again before its time, and holds up no other chat', async () => {
    await using shop = await openBotShop();
    const flood = { bot: 'pager_bot', chatId: ann, times: 1, kind: 'flood', retryAfterSeconds: 300 } as const;
    shop.telegram.failNext(flood);
    await shop.raise({ key: 'a', severity: 'warning' });
    await shop.deliver();
    await shop.raise({ key: 'b' });
    await shop.deliver();
    expect(cards(shop, 'pager_bot', bob)).toHaveLength(2);
    const callsTo = (chatId: number) =>
      shop.telegram
        .history({ bot: 'pager_bot', method: 'sendMessage' })
        .filter(({ params }) => Number(params['chat_id']) === chatId);
    shop.deps.clock.advance(299 * second);
    await shop.deliver();
    expect(callsTo(ann)).toHaveLength(1);
    shop.deps.clock.advance(2 * second);
    await shop.deliver();
    expect(cards(shop, 'pager_bot', ann)).toHaveLength(2);
    expect(callsTo(bob)).toHaveLength(2);
  });

  test('with the command bot holds up no card of another admin', async () => {
    await using shop = await openBotShop();
    shop.adminBot.start();
    const { number } = await shop.order();
    for (const userId of [ann, bob]) {
      await shop.telegram.sendText({ userId, bot: 'till_bot', text: `/order ${number}` });
      await shop.telegram.awaitMessage(({ chatId, text }) => chatId === userId && text.includes('awaiting payment'));
    }
    shop.telegram.failNext({ bot: 'till_bot', chatId: ann, times: 1, kind: 'flood', retryAfterSeconds: 300 });
    shop.provider.shows({ state: 'expired', providerStatus: 'Expired' });
    shop.deps.clock.advance(minute);
    await pollPayments(shop.deps, { limit: 10 });
    await shop.deliver();
    const shown = (chatId: number) => shop.telegram.messages({ bot: 'till_bot', chatId }).at(-1)?.text;
    expect(shown(ann)).not.toContain('Expired');
    expect(shown(bob)).toContain('Expired');
  });
});

test('after an outage of Telegram the critical alerts come before all others', async () => {
  await using shop = await openBotShop({ alertChatId: group });
  shop.telegram.failNext({ times: 1_000, kind: 'error_500' });
  for (const kind of decisionKinds.slice(0, 12)) await shop.raise({ key: kind, kind, severity: 'warning' });
  await shop.raise({ key: 'i', severity: 'info' });
  await shop.raise({ key: 'c', severity: 'critical' });
  await shop.deliver();
  shop.telegram.clearFaults();
  shop.deps.clock.advance(10 * second);
  await shop.deliver();
  const words = cards(shop, 'pager_bot', group).map(({ text }) => text.split(' ')[1]);
  expect(words).toHaveLength(14);
  expect(words.slice(0, 4)).toContain('CRITICAL');
  expect(words.at(-1)).toBe('INFO');
});

describe('an alert whose card Telegram never takes', () => {
  const refusal = { code: 400, description: 'Bad Request: BUTTON_URL_INVALID' };

  test('comes as plain words, and so do its changes', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    shop.telegram.failNext({ bot: 'pager_bot', method: 'sendMessage', times: 1, kind: 'refuse', refusal });
    const caseId = await shop.raise();
    await shop.deliver();
    expect(cards(shop, 'pager_bot', group)).toMatchObject([
      { text: expect.stringContaining('CRITICAL · Payment underpaid'), keyboard: [], edits: 0 },
    ]);
    expect(await shop.owed()).toBe(0);
    shop.telegram.failNext({ bot: 'pager_bot', method: 'editMessageText', times: 1, kind: 'refuse', refusal });
    await acknowledgeCase(shop.deps, { caseId, by });
    await shop.deliver();
    expect(cards(shop, 'pager_bot', group)).toMatchObject([
      { text: expect.stringContaining('Acknowledged by Ann'), keyboard: [], edits: 1 },
    ]);
  });
});
