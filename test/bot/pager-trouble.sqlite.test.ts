import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { snoozeCase, wakeCases } from '#cases/snooze-case.ts';
import { hour, minute, second } from '#kernel/clock.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { ann, type BotShop, bob, group, openBotShop } from './support/shop.ts';

const by = { actor: { kind: 'admin', id: String(ann) }, name: 'Ann' } as const;

function pagerMessages(shop: BotShop, chatId: number): readonly SandboxMessage[] {
  return shop.telegram.messages({ bot: 'pager_bot', chatId });
}

describe('trouble on the way to Telegram', () => {
  test('the lane waits as long as Telegram asks, and nothing is sent twice', async () => {
    await using shop = await openBotShop();
    await shop.raise();
    shop.telegram.failNext({ bot: 'pager_bot', method: 'sendMessage', times: 1, kind: 'flood', retryAfterSeconds: 7 });
    await shop.deliver();
    expect(pagerMessages(shop, ann)).toEqual([]);
    expect(pagerMessages(shop, bob)).toHaveLength(1);
    shop.deps.clock.advance(6_000);
    await shop.deliver();
    expect(pagerMessages(shop, ann)).toEqual([]);
    shop.deps.clock.advance(2_000);
    await shop.deliver();
    expect(pagerMessages(shop, ann)).toHaveLength(1);
    expect(pagerMessages(shop, bob)).toHaveLength(1);
  });

  test.each(['reset', 'error_500'] as const)(
    'after %s the other chats have their card and this one gets it later',
    async (kind) => {
      await using shop = await openBotShop();
      await shop.raise();
      shop.telegram.failNext({ bot: 'pager_bot', method: 'sendMessage', times: 1, kind });
      await shop.deliver();
      shop.deps.clock.advance(minute);
      await shop.deliver();
      expect(pagerMessages(shop, ann)).toHaveLength(1);
      expect(pagerMessages(shop, bob)).toHaveLength(1);
    },
  );

  test.each(['flood', 'reset'] as const)('a snooze that is over rings once, though %s keeps its card', async (kind) => {
    await using shop = await openBotShop({ alertChatId: group });
    const caseId = await shop.raise();
    await shop.deliver();
    const rings = () => pagerMessages(shop, group).filter(({ text }) => text.includes('The snooze is over'));
    const snooze = async () => {
      await snoozeCase(shop.deps, { caseId, by, forMs: hour });
      await shop.deliver();
    };
    const wake = async () => {
      shop.deps.clock.advance(hour + minute);
      await wakeCases(shop.deps, { limit: 10 });
      await shop.deliver();
    };
    const failEdits = (times: number) =>
      shop.telegram.failNext({ bot: 'pager_bot', method: 'editMessageText', times, kind, retryAfterSeconds: 1 });
    await snooze();
    failEdits(2);
    await wake();
    shop.deps.clock.advance(10 * second);
    await shop.deliver();
    expect(rings()).toHaveLength(1);

    // Its card is the old one still when it is snoozed again, and in all that time.
    failEdits(100);
    await snooze();
    await wake();
    expect(rings()).toHaveLength(2);
  });

  test('a chat that blocked the bot is let go with a warning, the others are served', async () => {
    await using shop = await openBotShop();
    await shop.telegram.block({ userId: ann, bot: 'pager_bot' });
    await shop.raise();
    expect(await shop.deliver()).toBe(1);
    expect(pagerMessages(shop, bob)).toHaveLength(1);
    expect(shop.deps.log.events).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'alert not shown',
        facts: expect.objectContaining({ chatId: ann }),
      }),
    );
    expect(shop.deps.log.events).toContainEqual(
      expect.objectContaining({
        message: 'message settled',
        facts: expect.objectContaining({ outcome: '1 blocked, 1 sent' }),
      }),
    );
  });

  test('no token reaches the log, whatever fails', async () => {
    await using shop = await openBotShop({ apiRoot: 'http://127.0.0.1:9' });
    shop.adminBot.start();
    shop.pager.start();
    await shop.raise();
    await shop.deliver();
    await expect.poll(() => shop.adminBot.health()).toMatchObject({ ok: false, detail: 'ECONNREFUSED' });
    await expect.poll(() => shop.pager.health()).toMatchObject({ ok: false, detail: 'ECONNREFUSED' });
    expect(shop.deps.log.events.length).toBeGreaterThan(0);
    expect(inspect(shop.deps.log.events, { depth: 12 })).not.toContain('that-no-log-may-show');
  });
});
