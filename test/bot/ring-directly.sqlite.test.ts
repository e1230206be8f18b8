// News that cannot go by the database, because they are about it.
import { describe, expect, test } from 'vitest';
import { ann, type BotShop, bob, group, openBotShop, smallGroup } from './support/shop.ts';

const began = { kind: 'began', headline: 'The database is away', detail: 'It is tried again.' } as const;
const signal = new AbortController().signal;

const told = (shop: BotShop, bot: string, chatId: number) =>
  shop.telegram.messages({ bot, chatId }).filter(({ text }) => text.includes('The database is away'));

function refuse(shop: BotShop, fault: { bot?: string; chatId?: number }): void {
  const refusal = { code: 403, description: 'Forbidden: no' };
  shop.telegram.failNext({ ...fault, times: 1_000, kind: 'refuse', refusal });
}

describe('news that are sent directly', () => {
  test('ring in the alert chat, and nowhere else', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    expect(await shop.pager.ringDirectly(began, signal)).toBe(true);
    expect(told(shop, 'pager_bot', group)).toMatchObject([
      { silent: false, text: 'CRITICAL · The database is away\nIt is tried again.' },
    ]);
    expect([...told(shop, 'pager_bot', ann), ...told(shop, 'till_bot', ann)]).toEqual([]);
  });

  test('go to every owner, each by the bot that reaches them, when the alert chat refuses them', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    refuse(shop, { chatId: group });
    await shop.telegram.block({ userId: bob, bot: 'pager_bot' });
    expect(await shop.pager.ringDirectly(began, signal)).toBe(true);
    expect(told(shop, 'pager_bot', ann)).toHaveLength(1);
    expect(told(shop, 'till_bot', bob)).toHaveLength(1);
  });

  test('go into a group under the id that it has now', async () => {
    await using shop = await openBotShop({ alertChatId: smallGroup });
    const supergroup = await shop.telegram.upgradeGroup(smallGroup);
    expect(await shop.pager.ringDirectly(began, signal)).toBe(true);
    expect(told(shop, 'pager_bot', supergroup)).toHaveLength(1);
  });

  test('say that nobody got them when nobody did', async () => {
    await using shop = await openBotShop({ alertChatId: group });
    refuse(shop, {});
    expect(await shop.pager.ringDirectly(began, signal)).toBe(false);
  });
});
