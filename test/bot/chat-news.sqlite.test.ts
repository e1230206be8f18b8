// What an update says of the chat itself.
import { describe, expect, test } from 'vitest';
import { createOwnerDirectory } from '#access/owner-directory.ts';
import { createAlertChat } from '#bot/telegram/alert-chat.ts';
import { type ChatUpdate, heedChatNews } from '#bot/telegram/chat-news.ts';
import { hour, minute } from '#kernel/clock.ts';
import { ann, type BotShop, bob, eve, group, openBotShop } from './support/shop.ts';

async function openClosedShop(): Promise<BotShop> {
  const shop = await openBotShop({ alertChatId: group });
  for (const bot of ['pager_bot', 'till_bot']) {
    shop.telegram.failNext({ bot, times: 1_000, kind: 'refuse', refusal: { code: 403, description: 'Forbidden: no' } });
  }
  await shop.raise();
  await shop.deliver();
  shop.deps.clock.advance(hour);
  await shop.deliver();
  return shop;
}

function newsDeps(shop: BotShop): Parameters<typeof heedChatNews>[0] {
  const admins = createOwnerDirectory([ann, bob]);
  return { ...shop.deps, admins, alertChat: createAlertChat(shop.deps, group) };
}

/** How many calls to Telegram follow the update. */
async function triesAfter(shop: BotShop, update: Omit<ChatUpdate, 'update_id'>): Promise<number> {
  const before = shop.telegram.history().length;
  await heedChatNews(newsDeps(shop), { update_id: 1, ...update });
  await shop.deliver();
  return shop.telegram.history().length - before;
}

const membership = (chatId: number, status: string): Omit<ChatUpdate, 'update_id'> => ({
  my_chat_member: { chat: { id: chatId }, new_chat_member: { status } },
});
const text = (chatId: number, words: string): Omit<ChatUpdate, 'update_id'> => ({
  message: { chat: { id: chatId }, text: words },
});

describe('what is owed is tried at once', () => {
  test.each([
    ['an owner presses Start', text(ann, '/start')],
    ['an owner opens a link into the bot', text(bob, '/start T-1042')],
    ['an owner unblocks the bot', membership(ann, 'member')],
    ['the bot is back in the alert group', membership(group, 'administrator')],
  ])('when %s', async (_what, update) => {
    await using shop = await openClosedShop();
    expect(await triesAfter(shop, update)).toBeGreaterThan(0);
  });

  test.each([
    ['an owner asks for something', text(ann, '/orders')],
    ['a stranger presses Start', text(eve, '/start')],
    ['a stranger unblocks the bot', membership(eve, 'member')],
    ['an owner blocks the bot', membership(ann, 'kicked')],
    ['the bot leaves the alert group', membership(group, 'left')],
    ['the bot comes into another group', membership(-77, 'member')],
  ])('and not when %s', async (_what, update) => {
    await using shop = await openClosedShop();
    expect(await triesAfter(shop, update)).toBe(0);
    shop.deps.clock.advance(15 * minute);
    await shop.deliver();
    expect(await shop.owed()).toBe(1);
  });
});

test('a failure to keep the news is logged, and no reason not to serve the update', async () => {
  await using shop = await openClosedShop();
  const database = { ...shop.deps.database, read: () => Promise.reject(new Error('disk I/O error')) };
  await heedChatNews({ ...newsDeps(shop), database }, { update_id: 7, ...text(ann, '/start') });
  expect(shop.deps.log.events.at(-1)).toMatchObject({ level: 'error', message: 'chat news not kept' });
});
