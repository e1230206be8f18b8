// A group that becomes a supergroup gets another id; the configuration goes on naming the old one.
import { describe, expect, test } from 'vitest';
import { recordChatMove } from '#messaging/queues/chat-moves.ts';
import { listSentMessages, rememberSentMessage } from '#messaging/queues/sent-messages.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { ann, type BotShop, openBotShop, smallGroup } from './support/shop.ts';

const cardsIn = (shop: BotShop, bot: string, chatId: number): SandboxMessage[] =>
  shop.telegram.messages({ bot, chatId }).filter(({ text }) => text.includes('Payment underpaid'));

async function acknowledge(shop: BotShop, bot: string, card: SandboxMessage | undefined): Promise<string | undefined> {
  const data = card?.keyboard.flat().find(({ text }) => text === 'Acknowledge')?.callback_data ?? '';
  const { chatId = 0, messageId = 0 } = card ?? {};
  return (await shop.telegram.tapButton({ userId: ann, bot, chatId, messageId, data })).text;
}

describe('an alert group that becomes a supergroup', () => {
  test('gets its alerts under the new id at once, and the log names that', async () => {
    await using shop = await openBotShop({ alertChatId: smallGroup });
    const supergroup = await shop.telegram.upgradeGroup(smallGroup);
    await shop.raise();
    await shop.deliver();
    expect(cardsIn(shop, 'pager_bot', supergroup)).toHaveLength(1);
    expect(cardsIn(shop, 'pager_bot', ann)).toEqual([]);
    expect(await shop.owed()).toBe(0);
    expect(shop.deps.log.events).toContainEqual({
      level: 'warn',
      message: 'chat has a new id',
      facts: { chatId: smallGroup, newChatId: supergroup },
    });
  });

  test('is known by what Telegram tells in the chat, before anything is sent there', async () => {
    await using shop = await openBotShop({ alertChatId: smallGroup });
    shop.pager.start();
    const supergroup = await shop.telegram.upgradeGroup(smallGroup);
    await expect.poll(() => shop.deps.log.events.map(({ message }) => message)).toContain('chat has a new id');
    await shop.raise();
    await shop.deliver();
    expect(cardsIn(shop, 'pager_bot', supergroup)).toHaveLength(1);
    const calls = shop.telegram.history({ bot: 'pager_bot', method: 'sendMessage' });
    expect(calls.map(({ params }) => params['chat_id'])).toEqual([supergroup]);
  });

  test('has the buttons of its alerts served, also by a process that is started anew', async () => {
    await using shop = await openBotShop({ alertChatId: smallGroup });
    const supergroup = await shop.telegram.upgradeGroup(smallGroup);
    await shop.raise();
    await shop.deliver();
    shop.restartPager().start();
    const [card] = cardsIn(shop, 'pager_bot', supergroup);
    expect(await acknowledge(shop, 'pager_bot', card)).toBe('Acknowledged: it is yours.');
    await shop.deliver();
    expect(cardsIn(shop, 'pager_bot', supergroup)).toMatchObject([
      { edits: 1, text: expect.stringContaining('Acknowledged by Ann') },
    ]);
  });

  test('has them served by the admin bot where both bots are one', async () => {
    await using shop = await openBotShop({ alertChatId: smallGroup, sharesToken: true });
    shop.adminBot.start();
    const supergroup = await shop.telegram.upgradeGroup(smallGroup);
    await shop.raise();
    await shop.deliver();
    const [card] = cardsIn(shop, 'till_bot', supergroup);
    expect(await acknowledge(shop, 'till_bot', card)).toBe('Acknowledged: it is yours.');
  });

  test('gets an alert of before the move as a new card, and no card of the supergroup is written over', async () => {
    await using shop = await openBotShop({ alertChatId: smallGroup });
    await shop.raise({ key: 'old' });
    await shop.deliver();
    const supergroup = await shop.telegram.upgradeGroup(smallGroup);
    for (const key of ['a', 'b', 'c']) await shop.raise({ key });
    await shop.deliver();
    await shop.raise({ key: 'old' });
    await shop.deliver();
    const cards = cardsIn(shop, 'pager_bot', supergroup);
    expect(cards.map(({ edits }) => edits)).toEqual([0, 0, 0, 0]);
    expect(cards.at(-1)?.text).toContain('Happened 2 times');
  });

  test('keeps no card that reached it just before, and that nobody can edit any more', async () => {
    await using shop = await openBotShop({ alertChatId: smallGroup });
    const { deps } = shop;
    const supergroup = await shop.telegram.upgradeGroup(smallGroup);
    const kept = { bot: 'pager', chatId: smallGroup, subject: 'case:late', messageId: 3, shownVersion: 1 };
    await recordChatMove(deps, { chatId: smallGroup, movedTo: supergroup });
    await rememberSentMessage(deps, { message: { ...kept, contentHash: 'open:x' }, before: undefined });
    await rememberSentMessage(deps, {
      message: { ...kept, chatId: supergroup, contentHash: 'open:x' },
      before: undefined,
    });
    const found = await listSentMessages(deps, { subject: 'case:late' });
    expect(found.map(({ chatId }) => chatId)).toEqual([supergroup]);
  });
});
