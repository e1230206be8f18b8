// What one admin asked for may take long: a provider is slow. Nobody else waits for it.
import { expect, test } from 'vitest';
import { asOrderId } from '#kernel/ids.ts';
import type { CallbackAnswer } from '#sandbox/telegram/callbacks.ts';
import { ann, type BotShop, bob, group, openBotShop } from './support/shop.ts';

/** Both bots serve the buttons of a card: with one token it is the command bot. */
const setUps = [
  { bot: 'pager_bot', sharesToken: false },
  { bot: 'till_bot', sharesToken: true },
];

async function openGroup(sharesToken: boolean): Promise<BotShop> {
  const shop = await openBotShop({ alertChatId: group, sharesToken });
  const order = await shop.order();
  await shop.raise({ orderId: asOrderId(order.id), actions: ['check_again'] });
  await shop.deliver();
  shop.adminBot.start();
  if (!sharesToken) shop.pager.start();
  return shop;
}

test.each(setUps)('an admin in the group is answered by $bot while a provider keeps another waiting', async (setUp) => {
  await using shop = await openGroup(setUp.sharesToken);
  const { bot } = setUp;
  const [card] = shop.telegram.messages({ bot, chatId: group });
  const tap = (userId: number, text: string): Promise<CallbackAnswer> => {
    const data = card?.keyboard.flat().find((button) => button.text === text)?.callback_data ?? '';
    return shop.telegram.tapButton({ userId, bot, chatId: group, messageId: card?.messageId ?? 0, data });
  };
  const { asked, goOn } = shop.provider.holds();
  const checked = tap(ann, 'Check again');
  await asked;
  expect((await tap(bob, 'Acknowledge')).text).toBe('Acknowledged: it is yours.');
  goOn();
  expect((await checked).text).toContain('Checked');
});
