import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ada, bob, call, openSandbox, refusal, sent, team } from './open-sandbox.ts';

type Updates = readonly {
  update_id: number;
  message?: { text: string; entities?: unknown };
  callback_query?: { id: string };
}[];

async function updates(sandbox: Awaited<ReturnType<typeof openSandbox>>, params: Record<string, unknown> = {}) {
  const answer = await call(sandbox, 'getUpdates', params);
  if (!answer.ok) throw new Error(answer.description);
  return answer.result as Updates;
}

describe('getUpdates', () => {
  test('waits for the next update and returns at once when it comes', async () => {
    const sandbox = await openSandbox();
    const waiting = updates(sandbox, { timeout: 20 });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: '/order T-1042 now' });
    expect(await waiting).toMatchObject([
      {
        message: {
          text: '/order T-1042 now',
          entities: [{ type: 'bot_command', offset: 0, length: 6 }],
          from: { id: ada.id, is_bot: false, first_name: 'Ada', username: 'ada' },
          chat: { id: ada.id, type: 'private' },
        },
      },
    ]);
  });

  test('repeats updates until an offset confirms them', async () => {
    const sandbox = await openSandbox();
    for (const text of ['a', 'b', 'c']) await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text });
    const first = await updates(sandbox, { limit: 2 });
    expect(first.map((update) => update.message?.text)).toEqual(['a', 'b']);
    expect(await updates(sandbox, { limit: 2 })).toEqual(first);
    const rest = await updates(sandbox, { offset: Number(first[1]?.update_id) + 1 });
    expect(rest.map((update) => update.message?.text)).toEqual(['c']);
    expect(await updates(sandbox, { offset: Number(rest[0]?.update_id) + 1 })).toEqual([]);
  });

  test('a negative offset keeps only the last ones', async () => {
    const sandbox = await openSandbox();
    for (const text of ['a', 'b', 'c']) await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text });
    expect((await updates(sandbox, { offset: -1 })).map((update) => update.message?.text)).toEqual(['c']);
  });

  test('a second poller ends the first with 409', async () => {
    const sandbox = await openSandbox();
    const first = refusal(sandbox, 'getUpdates', { timeout: 20 });
    const firstOver = first.then(() => true);
    // The second poll is repeated, because the first may still be on its way when it is sent.
    while (!(await Promise.race([firstOver, updates(sandbox, { timeout: 0 }).then(() => false)])));
    expect(await first).toBe(
      '409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    );
  });

  test('brings only the kinds that are allowed', async () => {
    const sandbox = await openSandbox();
    await updates(sandbox, { allowed_updates: ['callback_query'] });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'unseen' });
    expect(await updates(sandbox)).toEqual([]);
  });

  test('a poll that was given up takes nothing away', async () => {
    const sandbox = await openSandbox();
    const given = new AbortController();
    const poll = call(sandbox, 'getUpdates', { timeout: 20, signal: given.signal });
    given.abort();
    await expect(poll).rejects.toThrow('aborted');
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'still here' });
    expect((await updates(sandbox)).map((update) => update.message?.text)).toEqual(['still here']);
  });
});

describe('a webhook', () => {
  async function listen(
    answers: readonly (readonly [number, string])[],
    handle: (text: string | undefined) => Promise<void> = async () => undefined,
  ) {
    const seen: { secret: unknown; body: { message?: { text: string } } }[] = [];
    const server = createServer(async (request, response) => {
      const body = JSON.parse(await readText(request)) as { message?: { text: string } };
      const [status, answer] = answers[seen.length] ?? [200, ''];
      seen.push({ secret: request.headers['x-telegram-bot-api-secret-token'], body });
      server.emit('seen');
      await handle(body.message?.text);
      response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/telegram/till`, seen, server };
  }

  test('gets updates in order with the secret, again after a failure', async () => {
    const sandbox = await openSandbox();
    const hook = await listen([[500, '']]);
    await call(sandbox, 'setWebhook', { url: hook.url, secret_token: 's3cret_-' });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'one' });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'two' });
    while (hook.seen.length < 3) await once(hook.server, 'seen');
    expect(hook.seen.map((hit) => hit.body.message?.text)).toEqual(['one', 'one', 'two']);
    expect(hook.seen.every((hit) => hit.secret === 's3cret_-')).toBe(true);
    expect((await call(sandbox, 'getWebhookInfo')).result).toMatchObject({
      url: hook.url,
      last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
    });
  });

  test('tells of one chat in order, and of another while the bot takes its time', async () => {
    const sandbox = await openSandbox();
    const held = Promise.withResolvers<void>();
    const hook = await listen([], (text) => (text === 'slow' ? held.promise : Promise.resolve()));
    await call(sandbox, 'setWebhook', { url: hook.url });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'slow' });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'next' });
    await sandbox.sendText({ userId: bob.id, bot: 'till_bot', text: 'quick' });
    while (hook.seen.length < 2) await once(hook.server, 'seen');
    expect(hook.seen.map((hit) => hit.body.message?.text)).toEqual(['slow', 'quick']);
    held.resolve();
    while (hook.seen.length < 3) await once(hook.server, 'seen');
    expect(hook.seen.at(-1)?.body.message?.text).toBe('next');
  });

  test('may answer with a method, which is carried out', async () => {
    const sandbox = await openSandbox();
    const hook = await listen([[200, JSON.stringify({ method: 'sendMessage', chat_id: ada.id, text: 'pong' })]]);
    await call(sandbox, 'setWebhook', { url: hook.url });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'ping' });
    expect((await sandbox.awaitMessage((message) => message.text === 'pong')).from.isBot).toBe(true);
  });

  test('shuts out polling until it is deleted', async () => {
    const sandbox = await openSandbox();
    const hook = await listen([]);
    await call(sandbox, 'setWebhook', { url: hook.url });
    expect(await refusal(sandbox, 'getUpdates')).toBe(
      "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
    await call(sandbox, 'deleteWebhook');
    expect(await updates(sandbox)).toEqual([]);
  });
});

describe('a tap on a button', () => {
  const keyboard = { inline_keyboard: [[{ text: 'Acknowledge', callback_data: 'ack:1' }]] };

  test('brings the message and the data, and ends with the bot’s one answer', async () => {
    const sandbox = await openSandbox();
    const { message_id: messageId } = await sent(sandbox, { text: 'card', reply_markup: keyboard });
    const tap = sandbox.tapButton({ userId: ada.id, bot: 'till_bot', messageId, data: 'ack:1' });
    const [update] = await updates(sandbox, { timeout: 5 });
    expect(update).toMatchObject({
      callback_query: { data: 'ack:1', from: { id: ada.id }, message: { message_id: messageId, text: 'card' } },
    });
    const id = update?.callback_query?.id;
    const answer = { callback_query_id: id, text: 'Done', show_alert: true };
    expect((await call(sandbox, 'answerCallbackQuery', answer)).result).toBe(true);
    expect(await tap).toEqual({ text: 'Done', showAlert: true });
    expect(await refusal(sandbox, 'answerCallbackQuery', answer)).toContain('query is too old');
  });

  test('can no longer be answered when it is old', async () => {
    let now = 1_000_000;
    const sandbox = await openSandbox({ now: () => now, answerTimeoutMs: 200 });
    const { message_id: messageId } = await sent(sandbox, { text: 'card', reply_markup: keyboard });
    const tap = sandbox.tapButton({ userId: ada.id, bot: 'till_bot', messageId, data: 'ack:1' });
    const unanswered = expect(tap).rejects.toThrow('did not answer the tap within 200 ms');
    const [update] = await updates(sandbox, { timeout: 5 });
    now += 31_000;
    const id = update?.callback_query?.id;
    expect(await refusal(sandbox, 'answerCallbackQuery', { callback_query_id: id })).toContain('query is too old');
    await unanswered;
  });

  test('that no button offers is a mistake, unless it is forged on purpose', async () => {
    const sandbox = await openSandbox({ answerTimeoutMs: 50 });
    const { message_id: messageId } = await sent(sandbox, { text: 'card', reply_markup: keyboard });
    const tap = { userId: ada.id, bot: 'till_bot', messageId, data: 'forged' };
    await expect(sandbox.tapButton(tap)).rejects.toThrow('no button with data forged');
    await expect(sandbox.tapButton({ ...tap, forged: true })).rejects.toThrow('did not answer');
    expect(await updates(sandbox)).toMatchObject([{ callback_query: { data: 'forged' } }]);
  });
});

describe('in a group', () => {
  test('bots receive commands meant for them and replies to them, nothing else', async () => {
    const sandbox = await openSandbox();
    const inTeam = { userId: ada.id, bot: 'till_bot', chatId: team.id };
    await sandbox.sendText({ ...inTeam, text: 'just talking' });
    await sandbox.sendText({ ...inTeam, text: '/orders' });
    await sandbox.sendText({ ...inTeam, text: '/orders@pager_bot' });
    const { message_id: replyToId } = await sent(sandbox, { chat_id: team.id, text: 'card' });
    await sandbox.sendText({ ...inTeam, text: 'thanks', replyToId });
    expect((await updates(sandbox)).map((update) => update.message?.text)).toEqual(['/orders', 'thanks']);
  });

  test('members have a status', async () => {
    const sandbox = await openSandbox();
    const status = async (userId: number) =>
      (await call(sandbox, 'getChatMember', { chat_id: team.id, user_id: userId })).result;
    expect(await status(ada.id)).toMatchObject({ status: 'creator' });
    expect(await status(bob.id)).toMatchObject({ status: 'member' });
    expect(await status(1001)).toMatchObject({ status: 'administrator' });
  });
});

test('each user sees the narrowest command list that is meant for them', async () => {
  const sandbox = await openSandbox();
  const list = (name: string) => [{ command: name, description: name }];
  await call(sandbox, 'setMyCommands', { commands: list('start') });
  await call(sandbox, 'setMyCommands', { commands: list('orders'), scope: { type: 'chat', chat_id: ada.id } });
  await call(sandbox, 'setMyCommands', { commands: list('help'), scope: { type: 'all_group_chats' } });
  const seen = (userId: number, chatId?: number) =>
    sandbox.commands({ bot: 'till_bot', userId, ...(chatId ? { chatId } : {}) }).map((entry) => entry.command);
  expect([seen(ada.id), seen(bob.id), seen(bob.id, team.id)]).toEqual([['orders'], ['start'], ['help']]);
  await call(sandbox, 'deleteMyCommands', { scope: { type: 'chat', chat_id: ada.id } });
  expect(seen(ada.id)).toEqual(['start']);
});
