import { GrammyError, HttpError } from 'grammy';
import { TelegramError } from 'telegraf';
import { describe, expect, test } from 'vitest';
import { readTelegrafError } from '#bot/pager/errors.ts';
import { sumUp } from '#bot/telegram/cards.ts';
import { createConnection, type TelegramLine } from '#bot/telegram/connection.ts';
import { readGrammyError } from '#bot/telegram/grammy-errors.ts';
import { createOnceWithin } from '#bot/telegram/once-within.ts';
import type { SendOutcome, TelegramUpdate } from '#bot/telegram/telegram.ts';
import type { Clock } from '#kernel/clock.ts';
import { createKeyedMutex } from '#kernel/keyed-mutex.ts';
import { createRecordingLog } from '#test/support/fakes/recording-log.ts';
import { createSeededRandom } from '#test/support/fakes/seeded-random.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const refusals: [number, string, SendOutcome['kind'], object?][] = [
  [429, 'Too Many Requests: retry after 7', 'slow_down', { retry_after: 7 }],
  [403, 'Forbidden: bot was blocked by the user', 'blocked'],
  [400, 'Bad Request: chat not found', 'blocked'],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'blocked'],
  [400, 'Bad Request: message is not modified: specified new message content is the same', 'not_modified'],
  [400, 'Bad Request: message to edit not found', 'gone'],
  [400, "Bad Request: message can't be edited", 'gone'],
  [400, "Bad Request: can't parse entities: unsupported start tag", 'refused'],
  [400, 'Bad Request: message is too long', 'refused'],
  [400, 'Bad Request: group chat was upgraded to a supergroup chat', 'moved', { migrate_to_chat_id: -1001 }],
  [401, 'Unauthorized', 'unreachable'],
  [502, 'Bad Gateway', 'unreachable'],
];

describe('what Telegram says no with', () => {
  test.each(refusals)('%i %s means %s to both bots', (code, description, kind, parameters = {}) => {
    const said = { ok: false as const, error_code: code, description, parameters };
    expect(readGrammyError(new GrammyError('x', said, 'sendMessage', {})).kind).toBe(kind);
    expect(readTelegrafError(new TelegramError(said)).kind).toBe(kind);
  });

  test('the wait is as long as Telegram says', () => {
    const said = { ok: false as const, error_code: 429, description: 'x', parameters: { retry_after: 7 } };
    expect(readTelegrafError(new TelegramError(said))).toEqual({ kind: 'slow_down', retryAfterMs: 7_000 });
  });

  test('a failure of the network is told by its code, never by its message with the address', () => {
    const cause = Object.assign(new Error('connect to https://api.telegram.org/bot1:secret/x'), { code: 'ECONNRESET' });
    const expected = { kind: 'unreachable', reason: 'ECONNRESET' };
    expect(readGrammyError(new HttpError('Network request failed', cause))).toEqual(expected);
    expect(readTelegrafError(cause)).toEqual(expected);
    expect(readTelegrafError(new Error('bot1:secret'))).toEqual({ kind: 'unreachable', reason: 'Error' });
  });
});

describe('what becomes of a message to several chats', () => {
  const sent: SendOutcome = { kind: 'sent', messageId: 1 };
  const blocked: SendOutcome = { kind: 'blocked', reason: '403' };
  const to = (...outcomes: SendOutcome[]) => outcomes.map((outcome, chatId) => ({ chatId, outcome }));

  test.each([
    [
      'is done when all have it',
      to(sent, { kind: 'not_modified' }),
      { kind: 'done', outcome: '1 sent, 1 not_modified' },
    ],
    [
      'is done when the others are out of reach for good',
      to(sent, blocked),
      { kind: 'done', outcome: '1 sent, 1 blocked' },
    ],
    ['is done when there is nobody', [], { kind: 'done', outcome: 'nothing to show' }],
    [
      'comes again for the first chat whose wait is over, and uses up no attempt, when Telegram asks to wait',
      to({ kind: 'slow_down', retryAfterMs: 5_000 }, { kind: 'slow_down', retryAfterMs: 1_000 }, sent),
      {
        kind: 'retry',
        error: 'Telegram asks to slow down',
        retryAfterMs: 1_000,
        isUntried: true,
      },
    ],
    [
      'comes again when a chat has a new id',
      to(sent, { kind: 'moved', toChatId: -1005 }),
      { kind: 'retry', error: 'the chat has a new id', retryAfterMs: null },
    ],
    [
      'comes again when one was not reached, even when another will never take it',
      to({ kind: 'refused', reason: '400' }, { kind: 'unreachable', reason: 'ECONNRESET' }),
      { kind: 'retry', error: 'ECONNRESET', retryAfterMs: null },
    ],
    [
      'is given up on with the words of the refusal',
      to(sent, { kind: 'refused', reason: '400: too long' }),
      { kind: 'give_up', reason: 'chat 1: 400: too long' },
    ],
  ] as const)('%s', (_name, outcomes, expected) => {
    expect(sumUp(outcomes)).toEqual(expected);
  });
});

describe('work in turn', () => {
  test('of one key is done one after the other, of two keys side by side, and a failure holds up nothing', async () => {
    const queue = createKeyedMutex();
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = queue.run('a', async () => {
      await gate.promise;
      done.push('a1');
      throw new Error('broken');
    });
    const second = queue.run('a', async () => void done.push('a2'));
    await queue.run('b', async () => void done.push('b'));
    expect(done).toEqual(['b']);
    expect(queue.size()).toBe(2);
    gate.resolve();
    await expect(first).rejects.toThrow('broken');
    await second;
    await queue.idle();
    expect(done).toEqual(['b', 'a1', 'a2']);
    expect(queue.size()).toBe(0);
  });
});

describe('once in a while', () => {
  test('lets a key through once within the time', () => {
    const clock = createTestClock();
    const once = createOnceWithin(clock, { forMs: 1_000, keysMax: 2 });
    expect([once.isFirst('a'), once.isFirst('a'), once.isFirst('b')]).toEqual([true, false, true]);
    clock.advance(1_000);
    expect(once.isFirst('a')).toBe(true);
  });

  test('remembers no more keys than it may', () => {
    const once = createOnceWithin(createTestClock(), { forMs: 1_000, keysMax: 2 });
    for (const key of ['a', 'b', 'c']) once.touch(key);
    expect([once.isFirst('b'), once.isFirst('c'), once.isFirst('a')]).toEqual([false, false, true]);
  });
});

function aLine(differences: Partial<TelegramLine<TelegramUpdate>>): TelegramLine<TelegramUpdate> {
  return {
    introduce: async () => 'till_bot',
    prepare: async () => undefined,
    getUpdates: async () => [],
    setWebhook: async () => undefined,
    deleteWebhook: async () => undefined,
    findWebhook: async () => '',
    onReached: async () => undefined,
    classify: () => ({ kind: 'unreachable', reason: 'x' }),
    handle: async () => undefined,
    keyOf: () => 'chat',
    ...differences,
  };
}

test('a stop that comes with an update in hand waits for it and tells Telegram that it is done', async () => {
  const asked: number[] = [];
  const handled: number[] = [];
  const line = aLine({
    async getUpdates({ offset }) {
      asked.push(offset);
      if (asked.length > 1) return [];
      void connection.stop();
      return [{ update_id: 41 }];
    },
    handle: async ({ update_id }) => void handled.push(update_id),
  });
  const deps = { clock: createTestClock(), random: createSeededRandom(1), log: createRecordingLog() };
  const connection = createConnection(deps, { bot: 'admin', mode: { kind: 'polling' }, line });
  connection.start();
  await expect.poll(() => asked).toEqual([0, 42]);
  await connection.stop();
  expect(handled).toEqual([41]);
});

test.each([
  [2_600_000, 'once'],
  [0, 'after a while'],
])('Telegram that asks to wait %d s before the next updates is asked again %s', async (retryAfterSeconds) => {
  const waits: number[] = [];
  const sleep: Clock['sleep'] = (ms, signal) => {
    waits.push(ms);
    return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
  };
  const line = aLine({
    onReached: async () => undefined,
    classify: () => ({ kind: 'slow_down', retryAfterMs: retryAfterSeconds * 1_000 }),
    getUpdates: () => Promise.reject(new Error('429')),
  });
  const deps = { clock: { ...createTestClock(), sleep }, random: createSeededRandom(1), log: createRecordingLog() };
  const connection = createConnection(deps, { bot: 'admin', mode: { kind: 'polling' }, line });
  connection.start();
  await expect.poll(() => waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThanOrEqual(Math.max(retryAfterSeconds * 1_000, 500));
  await connection.stop();
});
