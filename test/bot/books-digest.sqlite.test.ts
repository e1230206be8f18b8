import { describe, expect, test } from 'vitest';
import { createOwnerDirectory } from '#access/owner-directory.ts';
import { closeDueDays } from '#accounting/daily-close/close-due-days.ts';
import { createBooksDigestHandler } from '#bot/pager/books-digest.ts';
import { createAlertChat } from '#bot/telegram/alert-chat.ts';
import type { ChatSender } from '#bot/telegram/telegram.ts';
import { day, hour, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { aSnapshot } from '#test/support/builders/snapshot.ts';
import { paid } from './support/chat.ts';
import { ann, type BotShop, bob, group, openBotShop } from './support/shop.ts';

type Options = Parameters<typeof openBotShop>[0] & { hasStranger?: boolean };

/** A shop whose Sunday, with one paid order, is just closed; nothing is delivered yet. */
async function openClosedShop({ hasStranger = false, ...options }: Options = {}): Promise<BotShop> {
  const shop = await openBotShop(options);
  await shop.order();
  shop.provider.shows(paid);
  shop.deps.clock.advance(minute);
  await pollPayments(shop.deps, { limit: 10 });
  if (hasStranger) {
    const createdAt = shop.deps.clock.now();
    shop.provider.lists(aSnapshot({ ...paid, reference: asProviderReference('strange'), createdAt }));
  }
  await shop.deliver();
  shop.deps.clock.advance(25 * hour);
  expect(await closeDueDays(shop.deps, { timeZone: 'Europe/Berlin', daysMax: 9 })).toMatchObject({ closed: 1 });
  return shop;
}

const told = (shop: BotShop, chatId: number): SandboxMessage[] =>
  shop.telegram.messages({ bot: 'pager_bot', chatId }).filter(({ text }) => text.includes('Books of'));

describe('the digest of a closed day', () => {
  test('goes to every owner once, as a picture with the day under it, and does not ring when all is well', async () => {
    await using shop = await openClosedShop();
    shop.adminBot.start();
    await expect.poll(() => shop.adminBot.username()).toBe('till_bot');
    await shop.deliver();
    await shop.deliver();
    for (const chatId of [ann, bob]) {
      const [digest, ...more] = told(shop, chatId);
      expect(more).toEqual([]);
      expect(digest).toMatchObject({ silent: true, photo: { width: 1280, height: 800 } });
      expect(digest?.text.replace(/[0-9a-f]{12}$/, 'HASH')).toMatchInlineSnapshot(`
        "✅ Books of Sun 22 Nov
        Unexplained: 0
        BTCPay · 1 paid 49.00 USD
        No open exceptions
        The ledger begins with this day.
        Chain HASH"
      `);
      expect(digest?.keyboard).toEqual([
        [{ text: 'Open the books', url: 'https://t.me/till_bot?start=books-2026-11-22' }],
      ]);
    }
  });

  test('goes to the alert chat alone where one is set, and rings when something is unexplained', async () => {
    await using shop = await openClosedShop({ alertChatId: group, hasStranger: true });
    await shop.deliver();
    const [digest] = told(shop, group);
    expect(digest?.silent).toBe(false);
    expect(digest?.text).toContain(
      '⚠️ UNEXPLAINED: 1\n• BTCPay missing here strange: here unknown; there Settled, 49.00 USD',
    );
    expect([...told(shop, ann), ...told(shop, bob)]).toEqual([]);
  });

  test('is not sent again after a crash that came after the first one was noted', async () => {
    await using shop = await openClosedShop({ alertChatId: group });
    await shop.deliver();
    await shop.deps.database.transaction(async (stores) => {
      const now = shop.deps.clock.now();
      const base = { receivedAt: now, availableAt: now, lane: 'pager', priority: 1, topic: 'books.digest' };
      await stores.outbox.enqueue({ ...base, id: 'again', key: 'again', payload: { day: '2026-11-22' } });
    });
    await shop.deliver();
    expect(told(shop, group)).toHaveLength(1);
  });

  test('waits for Telegram, and reaches the chats that it did not reach', async () => {
    await using shop = await openClosedShop();
    shop.telegram.failNext({ bot: 'pager_bot', method: 'sendPhoto', kind: 'error_500', times: 1 });
    await shop.deliver();
    expect([...told(shop, ann), ...told(shop, bob)]).toHaveLength(1);
    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(told(shop, ann)).toHaveLength(1);
    expect(told(shop, bob)).toHaveLength(1);
  });

  test('comes as words when its picture cannot be drawn', async () => {
    await using shop = await openClosedShop({ alertChatId: group });
    const admins = createOwnerDirectory([ann, bob]);
    const words: string[] = [];
    const sender: ChatSender = {
      sendPhoto: () => Promise.reject(new Error('no picture was drawn')),
      edit: async () => ({ kind: 'gone' }),
      async send({ view }) {
        words.push(view.text);
        return { kind: 'sent', messageId: 1 };
      },
    };
    const handler = createBooksDigestHandler({
      ...shop.deps,
      admins,
      sender,
      alertChat: createAlertChat(shop.deps, group),
      commandBot: () => null,
      draw: () => Promise.reject(new Error('no font')),
    });
    const [message] = await shop.deps.database.transaction(({ outbox }) => {
      const now = shop.deps.clock.now();
      return outbox.claimDue({ lane: 'pager', now, lockedUntil: now, lockedBy: 'x', limit: 1, suspectedPoison: false });
    });
    if (message === undefined) throw new Error('no digest is owed');
    const delivered = await handler.deliver(message, new AbortController().signal);
    expect(delivered).toEqual({ kind: 'done', outcome: '1 sent' });
    expect(words).toEqual([expect.stringContaining('Books of Sun 22 Nov')]);
    expect(shop.deps.log.events).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'digest not drawn' }),
    );
  });

  test('goes to the owners when the alert group refuses it, and to the group when that takes it', async () => {
    await using shop = await openClosedShop({ alertChatId: group });
    const refusal = { code: 400, description: 'Bad Request: TOPIC_CLOSED' };
    shop.telegram.failNext({ bot: 'pager_bot', chatId: group, times: 1_000, kind: 'refuse', refusal });
    await shop.telegram.block({ userId: bob, bot: 'pager_bot' });
    await shop.deliver();
    expect(told(shop, ann)).toHaveLength(1);
    expect(shop.telegram.messages({ bot: 'till_bot', chatId: bob }).at(-1)?.text).toContain('Books of');
    expect(await shop.owed()).toBe(1);
    shop.telegram.clearFaults();
    shop.deps.clock.advance(minute);
    await shop.deliver();
    expect(told(shop, group)).toHaveLength(1);
    expect(told(shop, ann)).toHaveLength(1);
    expect(await shop.owed()).toBe(0);
  });

  test('is let go after a week, when it is no news any more', async () => {
    await using shop = await openClosedShop({ alertChatId: group });
    const refusal = { code: 403, description: 'Forbidden: bot was kicked from the supergroup chat' };
    shop.telegram.failNext({ times: 100_000, kind: 'refuse', refusal });
    await shop.deliver();
    shop.deps.clock.advance(7 * day - minute);
    await shop.deliver();
    expect(await shop.owed()).toBe(1);
    shop.deps.clock.advance(hour);
    await shop.deliver();
    expect(await shop.owed()).toBe(0);
  });

  test('comes as words where the chat takes no picture, and a chat that takes nothing holds up nobody', async () => {
    await using shop = await openClosedShop();
    const words: string[] = [];
    const reason = '400: Bad Request: not enough rights to send photos to the chat';
    const sender: ChatSender = {
      sendPhoto: async () => ({ kind: 'blocked', reason }),
      edit: async () => ({ kind: 'gone' }),
      async send({ chatId, view }) {
        if (chatId === bob) return { kind: 'blocked', reason: '403' };
        words.push(view.text);
        return { kind: 'sent', messageId: 1 };
      },
    };
    const admins = createOwnerDirectory([ann, bob]);
    const alertChat = createAlertChat(shop.deps, null);
    const handler = createBooksDigestHandler({ ...shop.deps, admins, sender, alertChat, commandBot: () => null });
    const [message] = await shop.deps.database.transaction(({ outbox }) => {
      const now = shop.deps.clock.now();
      return outbox.claimDue({ lane: 'pager', now, lockedUntil: now, lockedBy: 'x', limit: 1, suspectedPoison: false });
    });
    if (message === undefined) throw new Error('no digest is owed');
    const signal = new AbortController().signal;
    expect(await handler.deliver(message, signal)).toEqual({ kind: 'done', outcome: '1 sent, 1 blocked' });
    expect(await handler.deliver(message, signal)).toEqual({ kind: 'done', outcome: '1 not_modified, 1 blocked' });
    expect(words).toEqual([expect.stringContaining('Books of Sun 22 Nov')]);
  });
});
