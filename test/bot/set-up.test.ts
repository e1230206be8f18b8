import { describe, expect, test } from 'vitest';
import { checkTelegram, type TelegramSetUp } from '#bot/set-up/check-telegram.ts';
import { judgePolling, judgeWebhook } from '#bot/set-up/check-updates.ts';
import type { SetUpCheck } from '#diagnostics/set-up-check.ts';
import { minute, second, systemClock } from '#kernel/clock.ts';
import type { TelegramSandbox, TelegramSandboxOptions } from '#sandbox/telegram/server.ts';
import { adminToken, call, openSandbox, pagerToken } from '../sandbox/telegram/open-sandbox.ts';

const group = -100500;

interface Look {
  options?: Partial<TelegramSandboxOptions>;
  setUp?: Partial<TelegramSetUp>;
  before?: (telegram: TelegramSandbox) => Promise<unknown>;
}

async function look({ options, setUp, before }: Look = {}) {
  const telegram = await openSandbox({ startedChats: 'all', ...options });
  await before?.(telegram);
  const { checks, clockAheadMs } = await checkTelegram(
    { clock: systemClock },
    {
      apiRoot: telegram.url,
      adminToken,
      pagerToken,
      webhookRoot: null,
      ownerIds: [42, 43],
      alertChatId: null,
      ...setUp,
    },
    AbortSignal.timeout(30_000),
  );
  return { telegram, checks, clockAheadMs, find: (name: string) => checks.find((check) => check.name === name) };
}

const drawn = (checks: readonly SetUpCheck[]): string[] => checks.map(({ name, status }) => `${name} ${status}`);

test('a good set-up is well, sends nothing, takes no update and changes nothing', async () => {
  const { telegram, checks } = await look();
  expect(drawn(checks)).toEqual([
    ...['admin bot ok', 'pager bot ok', 'admin updates ok', 'pager updates ok', 'owner 42 ok', 'owner 43 ok'],
    ...['alerts to 42 ok', 'alerts to 43 ok'],
  ]);
  const methods = new Set(telegram.history().map(({ method }) => method));
  expect([...methods].toSorted()).toEqual(['getChat', 'getMe', 'getWebhookInfo', 'sendChatAction']);
  expect(telegram.messages({ bot: 'till_bot', chatId: 42 })).toEqual([]);
});

test('with one token for both roles everybody is asked about once', async () => {
  const { checks, find } = await look({ setUp: { pagerToken: null } });
  expect(drawn(checks)).toEqual(['admin bot ok', 'pager bot ok', 'admin updates ok', 'owner 42 ok', 'owner 43 ok']);
  expect(find('pager bot')?.detail).toBe('the admin bot sends the alerts');
});

describe('a token', () => {
  test('that Telegram does not know is wrong, and its setting is named', async () => {
    const { checks, find } = await look({ setUp: { pagerToken: '1002:revoked' } });
    expect(find('pager bot')).toMatchObject({
      status: 'error',
      advice: expect.stringContaining('TELEGRAM_PAGER_TOKEN'),
    });
    expect(JSON.stringify(checks)).not.toContain('revoked');
    const other = await look({ setUp: { adminToken: '1001:revoked' } });
    expect(other.find('admin bot')?.advice).toContain('TELEGRAM_BOT_TOKEN');
  });

  test('that is the admin bot’s under another name is wrong', async () => {
    const bots = [adminToken, '1001:another'].map((token, index) => ({ token, username: `bot${index}`, name: 'Bot' }));
    const { find } = await look({ options: { bots, groups: [] }, setUp: { pagerToken: '1001:another' } });
    expect(find('pager bot')).toMatchObject({ status: 'error', detail: 'is the admin bot under another token' });
  });

  test('is not to blame when nobody is there', async () => {
    const { checks, clockAheadMs } = await look({ setUp: { apiRoot: 'http://127.0.0.1:1' } });
    expect(drawn(checks)).toEqual(['admin bot error', 'pager bot error']);
    expect(checks[0]?.detail).toBe('Telegram does not answer (ECONNREFUSED)');
    expect(clockAheadMs).toBeUndefined();
  });
});

describe('somebody who must be told', () => {
  test('and has not pressed Start is a warning as long as another can be told', async () => {
    const { find } = await look({
      options: {
        startedChats: [
          { userId: 42, bot: 'till_bot' },
          { userId: 42, bot: 'pager_bot' },
        ],
      },
    });
    expect(find('owner 43')).toMatchObject({ status: 'warning', advice: expect.stringContaining('t.me/till_bot') });
    expect(find('alerts to 43')).toMatchObject({ status: 'warning', advice: expect.stringContaining('press Start') });
    expect(find('alerts to 42')?.status).toBe('ok');
  });

  test('is wrong when alerts reach nobody at all', async () => {
    const { find } = await look({ options: { startedChats: [{ userId: 42, bot: 'till_bot' }] } });
    expect(find('alerts to 42')?.status).toBe('error');
    expect(find('alerts to 43')?.status).toBe('error');
    expect(find('owner 42')?.status).toBe('ok');
  });

  test('and has blocked the bot is told from one who never met it', async () => {
    const { find } = await look({ before: (telegram) => telegram.block({ userId: 43, bot: 'pager_bot' }) });
    expect(find('alerts to 43')).toMatchObject({ status: 'warning', detail: 'has blocked @pager_bot' });
  });
});

describe('the alert chat', () => {
  test('is well when the pager is in the group', async () => {
    const { checks, find } = await look({ setUp: { alertChatId: group } });
    expect(find('alert chat')).toMatchObject({ status: 'ok', detail: 'Team can be written to by @pager_bot' });
    expect(drawn(checks)).not.toContain('alerts to 42 ok');
  });

  test.each([
    ['a group without the pager', group, { groups: [{ id: group, title: 'Team', users: [42], bots: ['till_bot'] }] }],
    ['an id that is none', -1, {}],
    ['a person who has not pressed Start', 43, { startedChats: [] }],
  ])('%s is wrong', async (_what, alertChatId, options) => {
    const { find } = await look({ options, setUp: { alertChatId } });
    expect(find('alert chat')).toMatchObject({ status: 'error', advice: expect.stringContaining('ALERT_CHAT_ID') });
  });
});

describe('updates', () => {
  test('are not polled while a webhook is set for somebody, whose secret path is not shown', async () => {
    const { find } = await look({
      before: (telegram) => call(telegram, 'setWebhook', { url: 'https://other.example/bot/secret' }),
    });
    const { status, detail } = find('admin updates') ?? {};
    expect({ status, detail }).toEqual({
      status: 'warning',
      detail: 'a webhook is set for other.example, which keeps updates from being polled',
    });
  });

  const webhookRoot = 'https://till.example/telegram';
  const expected = `${webhookRoot}/admin`;
  const now = Date.UTC(2026, 10, 25, 12);
  const info = { url: expected, has_custom_certificate: false, pending_update_count: 0 } as const;
  const judge = (differences: object) =>
    judgeWebhook('admin updates', { info: { ...info, ...differences }, expected, now });

  test('are posted to us', async () => {
    const { find } = await look({
      setUp: { webhookRoot },
      before: (telegram) => call(telegram, 'setWebhook', { url: expected }),
    });
    expect(find('admin updates')).toMatchObject({ status: 'ok', detail: `posted to ${expected}` });
    expect(find('pager updates')).toMatchObject({ status: 'warning', detail: 'no webhook is set' });
  });

  test('that Telegram could not deliver are told with its reason, for an hour', () => {
    const failed = (agoMs: number) => ({ last_error_date: (now - agoMs) / second, last_error_message: 'Bad Gateway' });
    expect(judge(failed(5 * minute))).toMatchObject({
      status: 'warning',
      detail: 'Telegram could not deliver, last 5 min ago: Bad Gateway',
    });
    expect(judge(failed(61 * minute))).toMatchObject({ status: 'ok' });
  });

  test('that go elsewhere, or pile up, are told', () => {
    expect(judge({ url: 'https://old.example/telegram/admin' }).detail).toContain('is set for old.example, not for');
    expect(judge({ pending_update_count: 101 }).status).toBe('warning');
    expect(judgePolling('admin updates', { ...info, url: '', pending_update_count: 500 }).status).toBe('warning');
  });
});

test('the clock of Telegram is read from its answers', async () => {
  const { clockAheadMs } = await look({ options: { now: () => Date.now() + 90_000 } });
  expect(Math.abs((clockAheadMs ?? 0) - 90_000)).toBeLessThan(1_000);
});
