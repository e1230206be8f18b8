// What one admin asked for may take long: a provider is slow. Nobody else waits for it.
import { expect, onTestFinished, test, vi } from 'vitest';
import { minute } from '#kernel/clock.ts';
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

function tapIn(shop: BotShop, tap: { bot: string; userId: number; text: string }): Promise<CallbackAnswer> {
  const { bot, userId, text } = tap;
  const [card] = shop.telegram.messages({ bot, chatId: group });
  const data = card?.keyboard.flat().find((button) => button.text === text)?.callback_data ?? '';
  return shop.telegram.tapButton({ userId, bot, chatId: group, messageId: card?.messageId ?? 0, data });
}

test.each(setUps)('an admin in the group is answered by $bot while a provider keeps another waiting', async (setUp) => {
  const { bot, sharesToken } = setUp;
  await using shop = await openGroup(sharesToken);
  const { asked, goOn } = shop.provider.holds();
  const checked = tapIn(shop, { bot, userId: ann, text: 'Check again' });
  await asked;
  expect((await tapIn(shop, { bot, userId: bob, text: 'Acknowledge' })).text).toBe('Acknowledged: it is yours.');
  goOn();
  expect((await checked).text).toContain('Checked');
});

test('a tap that a provider keeps waiting for minutes, or in which the machine stands still, is no failure', async () => {
  await using shop = await openGroup(false);
  const { asked, goOn } = shop.provider.holds();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const tapped = tapIn(shop, { bot: 'pager_bot', userId: ann, text: 'Check again' });
  await asked;
  vi.advanceTimersByTime(2 * minute);
  vi.useRealTimers();
  goOn();
  expect((await tapped).text).toContain('Checked');
  expect(shop.deps.log.events.filter(({ level }) => level === 'error')).toEqual([]);
});
