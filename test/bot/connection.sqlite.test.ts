import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { AdminBot } from '#bot/admin/admin-bot.ts';
import { minute, second } from '#kernel/clock.ts';
import { ann, openBotShop } from './support/shop.ts';

describe('a bot that polls', () => {
  test('tries again when Telegram is not there at the start, ever more slowly, and then serves', async () => {
    await using shop = await openBotShop();
    shop.telegram.failNext({ bot: 'till_bot', method: 'getMe', times: 3, kind: 'reset' });
    shop.adminBot.start();
    const attempts = () => shop.telegram.history({ bot: 'till_bot', method: 'getMe' }).length;
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await expect.poll(attempts).toBe(attempt);
      expect(shop.adminBot.health()).toMatchObject({ ok: false, lastOkAt: null });
      await expect.poll(() => shop.adminBot.health().detail).not.toBe('not connected yet');
      shop.deps.clock.advance(minute);
    }
    await expect.poll(() => shop.adminBot.health().ok).toBe(true);
    expect(shop.adminBot.health()).toEqual({
      ok: true,
      detail: 'polling as @till_bot',
      lastOkAt: shop.deps.clock.now(),
    });
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/help' });
    await shop.telegram.awaitMessage(({ text }) => text.includes('/orders'));
  });

  test('says nothing twice in the log while Telegram stays away', async () => {
    await using shop = await openBotShop({ apiRoot: 'http://127.0.0.1:9' });
    shop.pager.start();
    for (let round = 0; round < 3; round += 1) {
      await expect.poll(() => shop.pager.health().detail).toBe('ECONNREFUSED');
      // Longer than the wait before the next attempt, and all three together shorter than a call may take.
      shop.deps.clock.advance(6 * second);
    }
    await shop.pager.stop();
    const complaints = shop.deps.log.events.filter(({ message }) => message === 'telegram not reached');
    expect(complaints).toEqual([
      { level: 'warn', message: 'telegram not reached', facts: { bot: 'pager', reason: 'ECONNREFUSED' } },
    ]);
  });

  test('stops at once in the middle of a long poll, and may be stopped twice or before its start', async () => {
    await using shop = await openBotShop();
    await shop.pager.stop();
    shop.adminBot.start();
    await expect.poll(() => shop.adminBot.health().ok).toBe(true);
    await shop.adminBot.stop();
    await shop.adminBot.stop();
  });

  test('stops soon while Telegram does not answer, and leaves the update in hand', async () => {
    await using shop = await openBotShop();
    shop.adminBot.start();
    await expect.poll(() => shop.adminBot.health().ok).toBe(true);
    shop.telegram.failNext({ bot: 'till_bot', method: 'sendMessage', times: 1, kind: 'timeout' });
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/help' });
    await expect.poll(() => shop.telegram.history({ bot: 'till_bot', method: 'sendMessage' }).length).toBe(1);
    const { clock } = shop.deps;
    // From here on deadlines go by the clock that the test moves.
    clock.deadline = (ms) => {
      const ending = new AbortController();
      void clock.sleep(ms).then(() => ending.abort());
      return ending.signal;
    };
    const startedAt = clock.elapsed();
    let isStopped = false;
    const stopped = shop.adminBot.stop().then(() => {
      isStopped = true;
    });
    await expect.poll(() => clock.advance(second) ?? isStopped).toBe(true);
    await stopped;
    expect(clock.elapsed() - startedAt).toBeLessThan(20 * second);
    expect(shop.deps.log.events.map(({ message }) => message)).toContain('updates left in hand');
  });

  test('deletes a webhook that a process before it has set late, and serves again', async () => {
    await using shop = await openBotShop();
    const timesDeleted = () => shop.telegram.history({ bot: 'till_bot', method: 'deleteWebhook' }).length;
    shop.adminBot.start();
    await expect.poll(timesDeleted).toBe(1);
    await setWebhook(shop.telegram.url, 'https://shop.example/telegram/admin');
    await beat(shop.deps.clock, () => timesDeleted() === 2);
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/help' });
    await shop.telegram.awaitMessage(({ text }) => text.includes('/orders'));
    await expect.poll(() => shop.adminBot.health().ok).toBe(true);
  });

  test('what was handled before a stop does not come again after the next start', async () => {
    await using shop = await openBotShop();
    shop.adminBot.start();
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/help' });
    await shop.telegram.awaitMessage(({ text }) => text.includes('/orders'));
    await shop.adminBot.stop();
    const response = await fetch(
      `${shop.telegram.url}/bot7000001:admin-token-that-no-log-may-show/getUpdates?timeout=0`,
    );
    expect(await response.json()).toEqual({ ok: true, result: [] });
  });
});

describe('a token that Telegram refuses', () => {
  const refusals = (times: number) => ({ bot: 'till_bot', method: 'getMe', times, kind: 'refuse' as const });

  test('is told of once it was refused twice before it was ever accepted', async () => {
    const told: string[] = [];
    await using shop = await openBotShop({ onTokenRefused: (reason) => void told.push(reason) });
    shop.telegram.failNext({ ...refusals(3), refusal: { code: 401, description: 'Unauthorized' } });
    shop.adminBot.start();
    const attempts = () => shop.telegram.history({ bot: 'till_bot', method: 'getMe' }).length;
    await expect.poll(attempts).toBe(1);
    await expect.poll(() => shop.adminBot.health().detail).toBe('401: Unauthorized');
    expect(told).toEqual([]);
    for (const attempt of [2, 3]) {
      shop.deps.clock.advance(minute);
      await expect.poll(attempts).toBe(attempt);
    }
    await expect.poll(() => told).toEqual(['401: Unauthorized']);
  });
});

describe('a bot that is called', () => {
  test('tells Telegram its address and secret, and serves what is posted', async () => {
    const received: { url: string | undefined; secret: unknown }[] = [];
    const served: { bot?: AdminBot } = {};
    const server = createServer((request, response) => {
      received.push({ url: request.url, secret: request.headers['x-telegram-bot-api-secret-token'] });
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void served.bot?.handleUpdate(JSON.parse(Buffer.concat(chunks).toString()));
        response.end();
      });
    });
    const publicUrl = await listen(server);
    try {
      await using shop = await openBotShop({ adminMode: { kind: 'webhook', publicUrl, secret: 'a-secret' } });
      served.bot = shop.adminBot;
      shop.adminBot.start();
      await expect.poll(() => shop.adminBot.health().detail).toBe('webhook as @till_bot');
      await shop.telegram.awaitCall(({ method, ok }) => method === 'setWebhook' && ok);
      await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/help' });
      await shop.telegram.awaitMessage(({ text }) => text.includes('/orders'));
      expect(received).toEqual([{ url: '/telegram/admin', secret: 'a-secret' }]);
      expect(shop.telegram.history({ bot: 'till_bot', method: 'getUpdates' })).toEqual([]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test('sets its webhook anew when somebody has deleted it', async () => {
    const mode = { kind: 'webhook', publicUrl: 'https://shop.example', secret: 'a-secret' } as const;
    await using shop = await openBotShop({ adminMode: mode });
    shop.adminBot.start();
    const timesSet = () => shop.telegram.history({ bot: 'till_bot', method: 'setWebhook' }).length;
    await expect.poll(timesSet).toBe(1);
    await expect.poll(() => shop.adminBot.health().ok).toBe(true);
    await setWebhook(shop.telegram.url, '');
    await beat(shop.deps.clock, () => timesSet() === 3);
    expect(shop.deps.log.events.map(({ message }) => message)).toContain('webhook was lost, set anew');
  });

  test('an update without sense is put aside', async () => {
    await using shop = await openBotShop({ adminMode: { kind: 'send_only' } });
    const senseless = [{ update_id: 1 }, { update_id: 2, callback_query: {} }, { update_id: 3, message: { text: 7 } }];
    for (const update of senseless) await shop.adminBot.handleUpdate(update);
    for (const update of senseless) await shop.pager.handleUpdate(update);
    expect(shop.telegram.history({ method: 'sendMessage' })).toEqual([]);
  });

  test('serves an update once that Telegram posts again, while it is in hand and afterwards', async () => {
    await using shop = await openBotShop({ adminMode: { kind: 'send_only' } });
    const chat = { id: ann, type: 'private' };
    const message = {
      message_id: 5,
      date: 1,
      chat,
      from: { id: ann, is_bot: false, first_name: 'Ann' },
      text: '/help',
    };
    const entities = [{ type: 'bot_command', offset: 0, length: 5 }];
    const update = { update_id: 8, message: { ...message, entities } };
    await Promise.all([shop.adminBot.handleUpdate(update), shop.adminBot.handleUpdate({ ...update })]);
    await shop.adminBot.handleUpdate(update);
    expect(shop.telegram.history({ method: 'sendMessage' })).toHaveLength(1);
  });

  test('looks every minute whether Telegram is still there, and says when it is not', async () => {
    await using shop = await openBotShop({ sharesToken: true });
    shop.pager.start();
    await expect.poll(() => shop.pager.health().detail).toBe('send only as @till_bot');
    shop.telegram.failNext({ bot: 'till_bot', method: 'getMe', times: 1, kind: 'error_500' });
    await beat(shop.deps.clock, () => !shop.pager.health().ok);
    await beat(shop.deps.clock, () => shop.pager.health().ok);
  });
});

/** As another process does that has the token; an empty address deletes it. */
async function setWebhook(telegramUrl: string, url: string): Promise<void> {
  const call = `${telegramUrl}/bot7000001:admin-token-that-no-log-may-show/setWebhook?url=${encodeURIComponent(url)}`;
  expect((await fetch(call)).status).toBe(200);
}

/** Moves the clock minute by minute until it is so; the bound is the test's own. */
async function beat(clock: { advance(ms: number): void }, isSo: () => boolean): Promise<void> {
  await expect
    .poll(() => {
      const so = isSo();
      if (!so) clock.advance(minute);
      return so;
    })
    .toBe(true);
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
