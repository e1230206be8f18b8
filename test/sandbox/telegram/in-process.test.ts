import { describe, expect, test } from 'vitest';
import { callInProcess } from '#sandbox/kit/connection.ts';
import { seededBytes } from '#sandbox/kit/random.ts';
import {
  createTelegramSandbox,
  type TelegramSandboxCore,
  type TelegramSandboxCoreOptions,
} from '#sandbox/telegram/sandbox.ts';
import { ada, adminToken, bob, png, team } from './open-sandbox.ts';

// The local Telegram without a server: no socket, no time but that which passes here, no chance but the seed.

interface Waiting {
  readonly atMs: number;
  readonly go: () => void;
}

interface Setting {
  readonly core: TelegramSandboxCore;
  now(): number;
  /** Moves the clock, and lets go whoever waited until then. */
  pass(ms: number): Promise<void>;
  call(method: string, params?: object, signal?: AbortSignal): Promise<{ ok: boolean; text: string }>;
}

const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

function open(seed: number, options: Partial<TelegramSandboxCoreOptions> = {}): Setting {
  let nowMs = Date.parse('2026-11-22T12:00:00.000Z');
  let waiting: Waiting[] = [];
  const core = createTelegramSandbox({
    bots: [
      { token: adminToken, username: 'till_bot', name: 'Till' },
      { token: '1002:pager-token', username: 'pager_bot', name: 'Pager' },
    ],
    users: [ada, bob],
    groups: [team],
    startedChats: 'all',
    now: () => nowMs,
    random: seededBytes(seed),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        waiting.push({ atMs: nowMs + ms, go: resolve });
        signal.addEventListener('abort', () => resolve());
      }),
    ...options,
  });
  return {
    core,
    now: () => nowMs,
    async pass(ms) {
      nowMs += ms;
      const due = waiting.filter(({ atMs }) => atMs <= nowMs);
      waiting = waiting.filter(({ atMs }) => atMs > nowMs);
      for (const { go } of due) go();
      await turns();
    },
    async call(method, params = {}, signal) {
      const request = new Request(`https://telegram.example/bot${adminToken}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(params),
      });
      const answer = await callInProcess(core.fetch, { request, signal });
      const text = await answer.text();
      return { ok: answer.ok, text: `${text} ${answer.headers.get('date')}` };
    },
  };
}

const keyboard = { inline_keyboard: [[{ text: 'Acknowledge', callback_data: 'ack:1' }]] };

async function live(seed: number): Promise<unknown[]> {
  const { core, call, pass } = open(seed);
  const seen: unknown[] = [];
  const note = async (method: string, params: object, signal?: AbortSignal) => {
    const outcome = await call(method, params, signal).catch((error: unknown) => String(error));
    seen.push(outcome);
  };
  core.setFailures({ rate: 0.3, kinds: ['flood', 'error_500', 'reset'] });
  for (let round = 0; round < 30; round += 1) {
    await note('sendMessage', { chat_id: ada.id, text: `card ${round}`, reply_markup: keyboard });
    await note('getUpdates', { timeout: 0 });
    await core.sendDocument({ userId: ada.id, bot: 'till_bot', name: 'keys.csv', bytes: png(1, 1) });
    const card = core.messages({ bot: 'till_bot', chatId: ada.id }).findLast(({ keyboard: rows }) => rows.length > 0);
    if (card) void core.tap({ userId: ada.id, bot: 'till_bot', messageId: card.messageId, data: 'ack:1' });
    await pass(1_000);
  }
  return [...seen, core.history(), core.messages({ bot: 'till_bot', chatId: ada.id })];
}

test('the same seed and the same calls give the same answers, ids and failures, byte for byte', async () => {
  const first = JSON.stringify(await live(3));
  expect(JSON.stringify(await live(3))).toBe(first);
  expect(JSON.stringify(await live(4))).not.toBe(first);
  for (const outcome of ['ConnectionReset', 'Too Many Requests', 'Internal Server Error', 'callback_query'])
    expect(first).toContain(outcome);
});

describe('a poll', () => {
  test('waits by the given clock alone', async () => {
    const { call, pass } = open(1);
    const answers: string[] = [];
    const poll = call('getUpdates', { timeout: 30 }).then(({ text }) => answers.push(text));
    await turns();
    await pass(29_999);
    expect(answers).toEqual([]);
    await pass(1);
    await poll;
    expect(answers).toEqual(['{"ok":true,"result":[]} Sun, 22 Nov 2026 12:00:30 GMT']);
  });

  test('that was given up takes nothing away', async () => {
    const { core, call } = open(1);
    const giveUp = new AbortController();
    const poll = call('getUpdates', { timeout: 30 }, giveUp.signal);
    await turns();
    giveUp.abort(new Error('killed'));
    await expect(poll).rejects.toThrow('killed');
    await core.sendText({ userId: ada.id, bot: 'till_bot', text: 'still here' });
    expect((await call('getUpdates')).text).toContain('still here');
  });
});

test('a tap resolves with its answer, and without one goes on waiting', async () => {
  const { core, call, pass } = open(1);
  await call('sendMessage', { chat_id: ada.id, text: 'card', reply_markup: keyboard });
  const answers: unknown[] = [];
  const tap = () => core.tap({ userId: ada.id, bot: 'till_bot', messageId: 1, data: 'ack:1' });
  void tap().then((answer) => answers.push(answer));
  const { text } = await call('getUpdates');
  const id = /"callback_query":\{"id":"(\d+)"/.exec(text)?.[1];
  await call('answerCallbackQuery', { callback_query_id: id, text: 'Done' });
  await turns();
  expect(answers).toEqual([{ text: 'Done', showAlert: false }]);
  void tap().then((answer) => answers.push(answer));
  await pass(24 * 3_600_000);
  expect(answers).toHaveLength(1);
  await expect(core.tap({ userId: ada.id, bot: 'till_bot', messageId: 9, data: 'ack:1' })).rejects.toThrow(
    'no message',
  );
});

test('a webhook leaves by the given way, and comes again by the given clock', async () => {
  const posts: string[] = [];
  const { core, call, pass } = open(1, {
    async post(url, { headers, body }) {
      posts.push(`${url} ${headers['x-telegram-bot-api-secret-token']} ${JSON.parse(body).message.text}`);
      if (posts.length === 1) throw new Error('connection refused');
      return { status: posts.length === 2 ? 503 : 200, statusText: '', body: '' };
    },
  });
  await call('setWebhook', { url: 'https://till.example/telegram/admin', secret_token: 'knock' });
  await core.sendText({ userId: ada.id, bot: 'till_bot', text: '/orders' });
  await turns();
  await pass(99);
  expect(posts).toHaveLength(1);
  await pass(1);
  expect(posts).toHaveLength(2);
  await pass(200);
  expect(posts).toEqual(Array.from({ length: 3 }, () => 'https://till.example/telegram/admin knock /orders'));
  await pass(3_600_000);
  expect(posts).toHaveLength(3);
  await core.stop();
});

describe('an outage', () => {
  test('cuts off every method and the polls that wait, and nothing is lost by it', async () => {
    const { core, call } = open(1);
    const poll = call('getUpdates', { timeout: 30 });
    await turns();
    core.setOutage('unreachable');
    await expect(poll).rejects.toMatchObject({ code: 'ECONNRESET' });
    for (const method of ['getMe', 'getUpdates', 'sendMessage', 'nothing']) {
      await expect(call(method, { chat_id: ada.id, text: 'x' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
    await core.sendText({ userId: ada.id, bot: 'till_bot', text: 'typed meanwhile' });
    core.setOutage('none');
    expect((await call('getUpdates')).text).toContain('typed meanwhile');
    expect(core.messages({ bot: 'till_bot', chatId: ada.id })).toHaveLength(1);
  });

  test('may answer everything with an error', async () => {
    const { core, call } = open(1);
    core.setOutage('errors');
    for (const method of ['getMe', 'getUpdates', 'sendMessage']) {
      expect((await call(method)).text).toContain('"error_code":502');
    }
    expect(core.history().map(({ ok, errorCode }) => [ok, errorCode])).toEqual([
      [false, 502],
      [false, 502],
      [false, 502],
    ]);
  });

  test('holds back the updates of a webhook', async () => {
    const posts: string[] = [];
    const { core, call, pass } = open(1, {
      async post(_url, { body }) {
        posts.push(JSON.parse(body).message.text);
        return { status: 200, statusText: '', body: '' };
      },
    });
    await call('setWebhook', { url: 'https://till.example/telegram/admin' });
    core.setOutage('unreachable');
    await core.sendText({ userId: ada.id, bot: 'till_bot', text: '/orders' });
    await pass(3_600_000);
    expect(posts).toEqual([]);
    core.setOutage('none');
    await turns();
    expect(posts).toEqual(['/orders']);
    await core.stop();
  });
});

test('a failure by chance after the effect loses only the answer', async () => {
  const { core, call } = open(1);
  core.setFailures({ rate: 1, kinds: ['reset'], afterEffectShare: 1 });
  await expect(call('sendMessage', { chat_id: ada.id, text: 'there' })).rejects.toMatchObject({ code: 'ECONNRESET' });
  core.clearFaults();
  expect(core.message({ bot: 'till_bot', chatId: ada.id, messageId: 1 })?.text).toBe('there');
  expect((await call('getMe')).ok).toBe(true);
});

test('a bot that was removed from a group is told so, may do nothing there, and hears nothing until it is added again', async () => {
  const { core, call } = open(1);
  const place = { userId: ada.id, bot: 'till_bot', chatId: team.id };
  await core.removeBot(place);
  await core.sendText({ ...place, text: '/orders' });
  const told = (await call('getUpdates')).text;
  expect(told).toContain('my_chat_member');
  expect(told).toContain('"status":"kicked"');
  expect(told).not.toContain('/orders');
  for (const method of ['sendMessage', 'getChat', 'getChatMember']) {
    const { text } = await call(method, { chat_id: team.id, text: 'card', user_id: ada.id });
    expect(text).toContain('"error_code":403,"description":"Forbidden: bot was kicked from the supergroup chat"');
  }
  await core.addBot(place);
  await core.sendText({ ...place, text: '/orders' });
  expect((await call('getUpdates')).text).toContain('/orders');
  expect((await call('sendMessage', { chat_id: team.id, text: 'back' })).ok).toBe(true);
  await expect(core.removeBot({ userId: ada.id, bot: 'till_bot' })).rejects.toThrow('is no group');
});
