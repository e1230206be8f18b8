import { describe, expect, test } from 'vitest';
import { createKeyGuard } from '#server/kit/key-guard.ts';
import { type TelegramReceiver, telegramRoutes } from '#server/webhooks/telegram-updates.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function open(handleUpdate: TelegramReceiver['handleUpdate'] = async () => undefined) {
  const receivers = new Map([['admin', { secrets: ['new-secret', 'old-secret'], handleUpdate }]]);
  const guarding = { clock: createTestClock(), log, onRefused: () => undefined, tell: async () => undefined };
  const guard = createKeyGuard(guarding, 'Telegram webhook');
  const app = telegramRoutes({ receivers, guard, log });
  return (input: { bot?: string; secret?: string; body?: string } = {}) =>
    app.request(`/telegram/${input.bot ?? 'admin'}`, {
      method: 'POST',
      headers: input.secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': input.secret },
      body: input.body ?? '{"update_id":7,"message":{}}',
    });
}

describe('an update by webhook', () => {
  test.each(['new-secret', 'old-secret'])('with %s reaches its bot', async (secret) => {
    const seen: unknown[] = [];
    const post = open(async (update) => void seen.push(update));
    expect((await post({ secret })).status).toBe(200);
    expect(seen).toEqual([{ update_id: 7, message: {} }]);
  });

  test.each([undefined, '', 'new-secre', 'new-secret2', 'new-secret,old-secret'])(
    'with the secret %j is refused and not read',
    async (secret) => {
      const post = open(() => Promise.reject(new Error('must not be called')));
      expect((await post(secret === undefined ? {} : { secret })).status).toBe(401);
    },
  );

  test('for a bot that is not here finds nothing', async () => {
    expect((await open()({ bot: 'other', secret: 'new-secret' })).status).toBe(404);
  });

  test.each(['{', '[]', 'null', '{"message":{}}'])('that is none is refused: %s', async (body) => {
    expect((await open()({ secret: 'new-secret', body })).status).toBe(400);
  });

  test('that could not be handled is asked for again', async () => {
    const response = await open(() => Promise.reject(new Error('busy')))({ secret: 'new-secret' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).not.toBeNull();
  });
});
