// Alerts of one kind that come in a burst: the first few ring each by itself, and all others share one card.
import { describe, expect, test } from 'vitest';
import { resolveCase } from '#cases/resolve-case.ts';
import { snoozeCase, wakeCases } from '#cases/snooze-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { hour, minute, second } from '#kernel/clock.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { ann, type BotShop, bob, group, openBotShop } from './support/shop.ts';

const by = { actor: { kind: 'admin', id: String(ann) }, name: 'Ann' } as const;
const failed = { kind: 'payment_failed', severity: 'warning' } as const;

function sentTo(shop: BotShop, chatId: number, bot = 'pager_bot'): readonly SandboxMessage[] {
  return shop.telegram.messages({ bot, chatId });
}

/** So many payments fail at once, and their orders are named `T-1`, `T-2` and so on. */
async function fail(shop: BotShop, count: number, from = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let number = from; number < from + count; number += 1) {
    const facts = { headline: 'Payment failed', orderNumber: `T-${number}`, amount: '49.00 USD', why: 'Invalid' };
    ids.push(await shop.raise({ ...failed, key: `payment_failed:${number}`, facts }));
  }
  return ids;
}

/** What was put off for a moment is due, too. */
async function deliverAll(shop: BotShop): Promise<void> {
  await shop.deliver();
  shop.deps.clock.advance(2 * second);
  await shop.deliver();
}

function end(shop: BotShop, number: number): Promise<boolean> {
  return inTransaction(shop.deps, causeOf(systemActor), (tx) =>
    resolveCase(tx, { key: `payment_failed:${number}`, by: 'The order is paid.' }),
  );
}

function groupCardIn(shop: BotShop, chatId: number, bot?: string): SandboxMessage {
  const found = sentTo(shop, chatId, bot).find(({ text }) => text.includes('×'));
  if (found === undefined) throw new Error('there is no card of a group');
  return found;
}

async function tap(shop: BotShop, text: string, userId = ann): Promise<string | undefined> {
  const card = groupCardIn(shop, group);
  const data = card.keyboard.flat().find((button) => button.text === text)?.callback_data;
  if (data === undefined) throw new Error(`no button "${text}" on: ${card.text}`);
  const place = { userId, bot: 'pager_bot', chatId: group, messageId: card.messageId };
  return (await shop.telegram.tapButton({ ...place, data })).text;
}

describe('a burst of alerts', () => {
  test('is three cards and one that counts all others, names the first and leads to all', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 20);
    await deliverAll(shop);
    const cards = sentTo(shop, group);
    expect(cards).toHaveLength(4);
    expect(cards.map(({ silent }) => silent)).toEqual([false, false, false, false]);
    const { text, keyboard } = groupCardIn(shop, group);
    expect(text).toMatch(/^🟠 WARNING · 17 × Payment failed\n17 open\n/);
    expect(text).toContain('T-4');
    expect(text).toContain('T-6');
    expect(text).not.toContain('T-7');
    expect(text).toContain('… and 14 more');
    expect(keyboard.flat().map((button) => button.text)).toEqual([
      'Acknowledge all',
      'Snooze all 1 h',
      'Show the list',
    ]);
  });

  test('is in each chat that alerts go to, and rings once there however long it grows', async () => {
    await using shop = await openBotShop();
    await fail(shop, 5);
    await deliverAll(shop);
    for (let round = 0; round < 5; round += 1) {
      shop.deps.clock.advance(minute);
      await fail(shop, 10, 100 + round * 10);
      await deliverAll(shop);
    }
    for (const chatId of [ann, bob]) {
      expect(sentTo(shop, chatId)).toHaveLength(4);
      expect(groupCardIn(shop, chatId).text).toContain('52 open');
    }
  });

  test('rings again with what comes ten minutes later', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 10);
    await deliverAll(shop);
    shop.deps.clock.advance(10 * minute);
    await fail(shop, 10, 100);
    await deliverAll(shop);
    // Three alone and a group, and once more.
    expect(sentTo(shop, group)).toHaveLength(8);
  });

  test('of which nothing is open any more takes no others: the next one rings', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 5);
    await deliverAll(shop);
    for (const number of [4, 5]) await end(shop, number);
    shop.deps.clock.advance(2 * minute);
    await fail(shop, 1, 50);
    await deliverAll(shop);
    expect(sentTo(shop, group)).toHaveLength(5);
    expect(sentTo(shop, group).at(-1)).toMatchObject({ silent: false, text: expect.stringContaining('T-50') });
  });

  test('of alerts that come one a minute is none: each has its card', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    for (let number = 1; number <= 6; number += 1) {
      await fail(shop, 1, number);
      await shop.deliver();
      shop.deps.clock.advance(minute + second);
    }
    expect(sentTo(shop, group)).toHaveLength(6);
  });

  test('leaves alerts of another kind or severity their own card', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 10);
    await shop.raise({ ...failed, key: 'payment_failed:worse', severity: 'critical' });
    await shop.raise({ ...failed, key: 'payment_held:1', kind: 'payment_held' });
    await deliverAll(shop);
    expect(sentTo(shop, group)).toHaveLength(6);
  });

  test('an alert of it that becomes worse gets a card of its own, which rings', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 6);
    await deliverAll(shop);
    await shop.raise({ ...failed, key: 'payment_failed:5', severity: 'critical' });
    await deliverAll(shop);
    expect(sentTo(shop, group).at(-1)).toMatchObject({ silent: false, text: expect.stringContaining('CRITICAL') });
    expect(groupCardIn(shop, group).text).toContain('2 × ');
  });

  test('shows what was settled, and in the end that all of it is', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 6);
    await deliverAll(shop);
    await end(shop, 4);
    await deliverAll(shop);
    expect(groupCardIn(shop, group).text).toContain('2 open · ✅ 1 resolved');
    for (const number of [5, 6]) await end(shop, number);
    shop.deps.clock.advance(minute);
    await deliverAll(shop);
    expect(groupCardIn(shop, group)).toMatchObject({
      text: expect.stringMatching(/^✅ RESOLVED · was warning · 3 × Payment failed/),
      keyboard: [],
    });
  });

  test('that was over before it could be shown is not shown', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 5);
    for (const number of [1, 2, 3, 4, 5]) await end(shop, number);
    await deliverAll(shop);
    expect(sentTo(shop, group)).toEqual([]);
  });

  test('that its chat refuses goes to the owners, and stays owed to the chat', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    const refusal = { code: 403, description: 'Forbidden: bot was kicked from the supergroup chat' };
    shop.telegram.failNext({ bot: 'pager_bot', chatId: group, times: 1_000, kind: 'refuse', refusal });
    await fail(shop, 8);
    await deliverAll(shop);
    for (const chatId of [ann, bob]) expect(groupCardIn(shop, chatId).text).toContain('5 open');
    expect(await shop.owed()).toBeGreaterThan(0);
  });
});

describe('taps on the card of a burst', () => {
  test('acknowledge all of it, each with its audit row, and a second tap finds none', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    const ids = await fail(shop, 120);
    await deliverAll(shop);
    shop.pager.start();
    expect(await tap(shop, 'Acknowledge all')).toBe('Acknowledged, and yours: 117.');
    expect(await tap(shop, 'Acknowledge all', bob)).toBe('None of them is open any more.');
    await deliverAll(shop);
    expect(groupCardIn(shop, group).text).toContain('✋ 117 acknowledged');
    const audit = await shop.deps.database.read((stores) => stores.audit.listAudit({ subject: null, limit: 500 }));
    expect(audit.map(({ subject }) => subject).sort()).toEqual(
      ids
        .slice(3)
        .map((id) => `case:${id}`)
        .sort(),
    );
    const one = await shop.deps.database.read((stores) => stores.cases.findCase(ids[50] ?? ''));
    expect(one).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Ann', assigneeName: 'Ann' });
  });

  test('what comes after that rings again', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 6);
    await deliverAll(shop);
    shop.pager.start();
    await tap(shop, 'Acknowledge all');
    await fail(shop, 4, 50);
    await deliverAll(shop);
    const cards = sentTo(shop, group);
    expect(cards).toHaveLength(5);
    expect(cards.at(-1)?.text).toContain('4 open');
  });

  test('snooze all of it: it rings once when the snooze is over', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 30);
    await deliverAll(shop);
    shop.pager.start();
    expect(await tap(shop, 'Snooze all 1 h')).toMatch(/^Snoozed until 22 Nov, 05:0\d: 27\.$/);
    await deliverAll(shop);
    expect(groupCardIn(shop, group).text).toContain('💤 27 snoozed');
    shop.deps.clock.advance(hour + minute);
    // As the job does, some at a time.
    for (let round = 0; round < 3; round += 1) {
      await wakeCases(shop.deps, { limit: 10 });
      await deliverAll(shop);
    }
    const rings = sentTo(shop, group).slice(4);
    expect(rings).toMatchObject([{ silent: false, replyToId: groupCardIn(shop, group).messageId }]);
    expect(rings[0]?.text).toContain('The snooze is over');
    expect(groupCardIn(shop, group).text).toContain('27 open');
  });

  test('show the list of its kind, without buttons, and the way to the command bot', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    await fail(shop, 6);
    await shop.raise({ ...failed, key: 'payment_held:1', kind: 'payment_held' });
    await deliverAll(shop);
    shop.adminBot.start();
    await expect.poll(() => shop.adminBot.username()).toBe('till_bot');
    shop.pager.start();
    await tap(shop, 'Show the list');
    const list = sentTo(shop, group).at(-1);
    expect(list?.text).toMatch(/^Exceptions · Failed · 6 open/);
    expect(list?.text).not.toContain('Held');
    expect(list?.keyboard.flat().map(({ url }) => url)).toEqual([
      'https://t.me/till_bot?start=exceptions-payment_failed',
    ]);
  });

  test('in a chat of the command bot, the list is the one behind /exceptions', async () => {
    await using shop = await openBotShop({ sharesToken: true });
    await fail(shop, 6);
    await deliverAll(shop);
    shop.adminBot.start();
    const card = groupCardIn(shop, ann, 'till_bot');
    const data = card.keyboard.flat().find(({ text }) => text === 'Show the list')?.callback_data ?? '';
    await shop.telegram.tapButton({ userId: ann, bot: 'till_bot', chatId: ann, messageId: card.messageId, data });
    const list = sentTo(shop, ann, 'till_bot').at(-1);
    expect(list?.text).toMatch(/^Exceptions · Failed · 6 open/);
    expect(list?.keyboard.flat().map(({ text }) => text)).toContain('All kinds');
  });
});

test('an alert that is made to wait alone leaves its group: its own card rings when it is due', async () => {
  await using shop = await openBotShop({ alertChatId: group });
  const [, , , , fifth = ''] = await fail(shop, 6);
  await deliverAll(shop);
  await snoozeCase(shop.deps, { caseId: fifth, by, forMs: hour });
  await deliverAll(shop);
  expect(groupCardIn(shop, group).text).toContain('2 × ');
  expect(sentTo(shop, group).at(-1)).toMatchObject({ silent: true, text: expect.stringContaining('Snoozed by Ann') });
  shop.deps.clock.advance(hour + minute);
  await wakeCases(shop.deps, { limit: 10 });
  await deliverAll(shop);
  expect(sentTo(shop, group).at(-1)).toMatchObject({
    silent: false,
    text: expect.stringContaining('The snooze is over'),
  });
});
