import { describe, expect, test } from 'vitest';
import { telegramLimits } from '#sandbox/telegram/limits.ts';
import { ada, bob, call, openSandbox, pagerToken, refusal, sent, team } from './open-sandbox.ts';

const notModified =
  '400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a ' +
  'current content and reply markup of the message';

describe('a call that Telegram would refuse is refused in the same words', () => {
  const inline = (button: unknown) => ({ chat_id: 42, text: 'x', reply_markup: { inline_keyboard: [[button]] } });

  test.each<[string, Record<string, unknown>, string]>([
    ['getMe', { token: '9:nobody' }, '401 Unauthorized'],
    ['sendPigeon', {}, '404 Not Found: method not found'],
    ['sendMessage', { chat_id: 42 }, '400 Bad Request: message text is empty'],
    ['sendMessage', { chat_id: 42, text: '' }, '400 Bad Request: message text is empty'],
    ['sendMessage', { chat_id: 42, text: '   ' }, '400 Bad Request: text must be non-empty'],
    ['sendMessage', { chat_id: 42, text: '<b> </b>', parse_mode: 'HTML' }, '400 Bad Request: text must be non-empty'],
    ['sendMessage', { text: 'x' }, '400 Bad Request: chat_id is empty'],
    ['sendMessage', { chat_id: 999, text: 'x' }, '400 Bad Request: chat not found'],
    ['sendMessage', { chat_id: '@nobody', text: 'x' }, '400 Bad Request: chat not found'],
    ['sendMessage', { chat_id: 43, text: 'x' }, "403 Forbidden: bot can't initiate conversation with a user"],
    ['getChat', { chat_id: 43 }, '400 Bad Request: chat not found'],
    ['getChat', { chat_id: 999 }, '400 Bad Request: chat not found'],
    ['sendMessage', { chat_id: 42, text: 'x'.repeat(4097) }, '400 Bad Request: message is too long'],
    ['sendMessage', { chat_id: 42, text: '😀'.repeat(2049) }, '400 Bad Request: message is too long'],
    ['sendMessage', { chat_id: 42, text: 'x', parse_mode: 'INVALID' }, '400 Bad Request: unsupported parse_mode'],
    [
      'sendMessage',
      { chat_id: 42, text: '<b>x', parse_mode: 'HTML' },
      '400 Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    [
      'sendMessage',
      { chat_id: 42, text: 'x', reply_parameters: { message_id: 999 } },
      '400 Bad Request: message to be replied not found',
    ],
    [
      'sendMessage',
      { chat_id: 42, text: 'x', reply_parameters: { quote: 'y' } },
      '400 Bad Request: can\'t find field "message_id"',
    ],
    ['sendMessage', inline({ text: 'b', callback_data: 'x'.repeat(65) }), '400 Bad Request: BUTTON_DATA_INVALID'],
    ['sendMessage', inline({ text: 'b', callback_data: 'é'.repeat(33) }), '400 Bad Request: BUTTON_DATA_INVALID'],
    [
      'sendMessage',
      inline({ text: 'b', callback_data: '' }),
      "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      'sendMessage',
      inline({ callback_data: 'x' }),
      '400 Bad Request: can\'t parse inline keyboard button: Can\'t find field "text"',
    ],
    [
      'sendMessage',
      inline({ text: 'b', url: 'http://localhost:8080/' }),
      "400 Bad Request: inline keyboard button URL 'http://localhost:8080/' is invalid: Wrong HTTP URL",
    ],
    [
      'sendMessage',
      inline({ text: 'b', url: 'ftp://example.com' }),
      "400 Bad Request: inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ],
    ['sendMessage', inline({ text: 'b', copy_text: { text: '' } }), '400 Bad Request: BUTTON_COPY_TEXT_INVALID'],
    ['sendMessage', inline({ text: 'b', pay: true }), '400 Bad Request: BUTTON_TYPE_INVALID'],
    [
      'sendMessage',
      { chat_id: 42, text: 'x', reply_markup: { inline_keyboard: 'bad' } },
      '400 Bad Request: field "inline_keyboard" must be of type Array',
    ],
    [
      'sendMessage',
      { chat_id: 42, text: 'x', reply_markup: '{oops' },
      "400 Bad Request: can't parse reply keyboard markup JSON object",
    ],
    [
      'sendMessage',
      {
        chat_id: 42,
        text: 'x',
        reply_markup: {
          inline_keyboard: Array.from({ length: 101 }, (_, i) => [{ text: 'b', callback_data: `${i}` }]),
        },
      },
      '400 Bad Request: reply markup is too long',
    ],
    ['editMessageText', { chat_id: 42, message_id: 999, text: 'x' }, '400 Bad Request: message to edit not found'],
    ['editMessageText', { chat_id: 42, text: 'x' }, '400 Bad Request: message identifier is not specified'],
    ['deleteMessage', { chat_id: 42, message_id: 999 }, '400 Bad Request: message to delete not found'],
    [
      'answerCallbackQuery',
      { callback_query_id: '1' },
      '400 Bad Request: query is too old and response timeout expired or query ID is invalid',
    ],
    ['answerCallbackQuery', { callback_query_id: '1', text: 'x'.repeat(201) }, '400 Bad Request: MESSAGE_TOO_LONG'],
    ['sendPhoto', { chat_id: 42 }, '400 Bad Request: there is no photo in the request'],
    ['editMessageMedia', { chat_id: 42, message_id: 1 }, "400 Bad Request: can't parse InputMedia: expected an Object"],
    [
      'editMessageMedia',
      { chat_id: 42, message_id: 1, media: { type: 'song', media: 'x' } },
      '400 Bad Request: can\'t parse InputMedia: type "song" is unsupported',
    ],
    [
      'editMessageMedia',
      { chat_id: 42, message_id: 1, media: { type: 'photo' } },
      "400 Bad Request: can't parse InputMedia: media not found",
    ],
    [
      'editMessageMedia',
      { chat_id: 42, message_id: 999, media: { type: 'photo', media: 'attach://a' } },
      '400 Bad Request: message to edit not found',
    ],
    ['sendDocument', { chat_id: 42, document: 'nope' }, '400 Bad Request: wrong file identifier/HTTP URL specified'],
    ['getFile', { file_id: 'nope' }, '400 Bad Request: wrong file_id or the file is temporarily unavailable'],
    ['sendChatAction', { chat_id: 42, action: 'dance' }, '400 Bad Request: wrong parameter action in request'],
    ['pinChatMessage', { chat_id: 42, message_id: 999 }, '400 Bad Request: message to pin not found'],
    ['setMyCommands', { commands: [{ command: 'Bad', description: 'x' }] }, '400 Bad Request: BOT_COMMAND_INVALID'],
    [
      'setMyCommands',
      { commands: [{ command: 'x'.repeat(33), description: 'x' }] },
      '400 Bad Request: command length must not exceed 32',
    ],
    [
      'setMyCommands',
      { commands: [{ command: 'a', description: '' }] },
      '400 Bad Request: command description must be non-empty',
    ],
    [
      'setMyCommands',
      { commands: Array.from({ length: 101 }, (_, i) => ({ command: `c${i}`, description: 'x' })) },
      '400 Bad Request: BOT_COMMANDS_TOO_MUCH',
    ],
    ['setMyCommands', { commands: [], scope: { type: 'chat', chat_id: 43 } }, '400 Bad Request: chat not found'],
    [
      'setWebhook',
      { url: 'http://example.com/hook' },
      '400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    ],
    [
      'setWebhook',
      { url: 'https://example.com/hook', secret_token: 'no spaces' },
      '400 Bad Request: secret token contains unallowed characters',
    ],
  ])('%s %j', async (method, params, expected) => {
    const sandbox = await openSandbox();
    expect(await refusal(sandbox, method, params)).toBe(expected);
  });
});

describe('lengths are counted without the markup', () => {
  test('4096 units of text inside tags are accepted', async () => {
    const sandbox = await openSandbox();
    const message = await sent(sandbox, { text: `<b>${'x'.repeat(4096)}</b>`, parse_mode: 'HTML' });
    expect(message['text']).toHaveLength(4096);
  });

  test('64 bytes of callback data are accepted', async () => {
    const sandbox = await openSandbox();
    const keyboard = [[{ text: 'b', callback_data: 'x'.repeat(64) }]];
    const message = await sent(sandbox, { text: 'x', reply_markup: { inline_keyboard: keyboard } });
    expect(message['reply_markup']).toEqual({ inline_keyboard: keyboard });
  });
});

describe('an edit', () => {
  const keyboard = { inline_keyboard: [[{ text: 'Acknowledge', callback_data: 'ack' }]] };

  test('that changes nothing is refused, whatever markup says it', async () => {
    const sandbox = await openSandbox();
    const { message_id } = await sent(sandbox, { text: '<b>x</b>', parse_mode: 'HTML', reply_markup: keyboard });
    const same = { chat_id: ada.id, message_id, text: '*x*', parse_mode: 'MarkdownV2', reply_markup: keyboard };
    expect(await refusal(sandbox, 'editMessageText', same)).toBe(notModified);
    expect(await refusal(sandbox, 'editMessageReplyMarkup', same)).toBe(notModified);
  });

  test('without reply_markup takes the buttons away', async () => {
    const sandbox = await openSandbox();
    const { message_id } = await sent(sandbox, { text: 'x', reply_markup: keyboard });
    await call(sandbox, 'editMessageText', { chat_id: ada.id, message_id, text: 'y' });
    expect(sandbox.messages({ bot: 'till_bot', chatId: ada.id })).toMatchObject([
      { text: 'y', keyboard: [], edits: 1 },
    ]);
  });

  test('of somebody else’s message is refused', async () => {
    const sandbox = await openSandbox();
    const { messageId } = await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'hi' });
    const edit = { chat_id: ada.id, message_id: messageId, text: 'x' };
    expect(await refusal(sandbox, 'editMessageText', edit)).toBe("400 Bad Request: message can't be edited");
  });

  test('of a text as if it were a caption is refused', async () => {
    const sandbox = await openSandbox();
    const { message_id } = await sent(sandbox, { text: 'x' });
    const edit = { chat_id: ada.id, message_id, caption: 'y' };
    expect(await refusal(sandbox, 'editMessageCaption', edit)).toBe(
      '400 Bad Request: there is no caption in the message to edit',
    );
  });
});

describe('who may be written to', () => {
  test('a user after they have written', async () => {
    const sandbox = await openSandbox();
    await sandbox.sendText({ userId: bob.id, bot: 'till_bot', text: '/start' });
    expect(await sent(sandbox, { chat_id: bob.id, text: 'hello' })).toMatchObject({
      chat: { id: 43, type: 'private' },
    });
  });

  test('nobody who has blocked the bot', async () => {
    const sandbox = await openSandbox();
    await sandbox.block({ userId: ada.id, bot: 'till_bot' });
    expect(await refusal(sandbox, 'sendMessage', { chat_id: ada.id, text: 'x' })).toBe(
      '403 Forbidden: bot was blocked by the user',
    );
    await sandbox.unblock({ userId: ada.id, bot: 'till_bot' });
    expect((await call(sandbox, 'sendMessage', { chat_id: ada.id, text: 'x' })).ok).toBe(true);
  });

  test('each bot separately: the other bot’s chat is another chat', async () => {
    const sandbox = await openSandbox();
    expect(await refusal(sandbox, 'sendMessage', { token: pagerToken, chat_id: ada.id, text: 'x' })).toContain('403');
  });
});

describe('too many messages', () => {
  test('into one chat are answered with 429 and the seconds to wait, which then suffice', async () => {
    let now = 1_000_000;
    const sandbox = await openSandbox({ limits: telegramLimits, now: () => now });
    for (let i = 0; i < telegramLimits.chatBurst; i++) await sent(sandbox, { text: `${i}` });
    const refused = await call(sandbox, 'sendMessage', { chat_id: ada.id, text: 'one more' });
    expect(refused).toEqual({
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 1',
      parameters: { retry_after: 1 },
    });
    now += 1000;
    expect((await call(sandbox, 'sendMessage', { chat_id: ada.id, text: 'one more' })).ok).toBe(true);
  });

  test('into a group end at twenty a minute', async () => {
    const sandbox = await openSandbox({ limits: { ...telegramLimits, chatBurst: 100 }, now: () => 1_000_000 });
    for (let i = 0; i < 20; i++) await sent(sandbox, { chat_id: team.id, text: `${i}` });
    expect(await refusal(sandbox, 'sendMessage', { chat_id: team.id, text: 'x' })).toBe(
      '429 Too Many Requests: retry after 3',
    );
  });
});

describe('faults on demand', () => {
  test('a flood answers 429 exactly as often as asked, and nothing is sent', async () => {
    const sandbox = await openSandbox();
    sandbox.failNext({ method: 'sendMessage', times: 2, kind: 'flood', retryAfterSeconds: 7 });
    const params = { chat_id: ada.id, text: 'x' };
    expect(await call(sandbox, 'sendMessage', params)).toMatchObject({
      error_code: 429,
      parameters: { retry_after: 7 },
    });
    expect((await call(sandbox, 'sendMessage', params)).ok).toBe(false);
    expect((await call(sandbox, 'sendMessage', params)).ok).toBe(true);
    expect(sandbox.messages({ bot: 'till_bot', chatId: ada.id })).toHaveLength(1);
  });

  test('a reset after the effect loses only the answer', async () => {
    const sandbox = await openSandbox();
    sandbox.failNext({ times: 1, kind: 'reset', afterEffect: true });
    await expect(call(sandbox, 'sendMessage', { chat_id: ada.id, text: 'x' })).rejects.toThrow('fetch failed');
    expect(sandbox.messages({ bot: 'till_bot', chatId: ada.id })).toHaveLength(1);
  });

  test('a timeout says nothing until the client gives up', async () => {
    const sandbox = await openSandbox();
    sandbox.failNext({ bot: 'till_bot', times: 1, kind: 'timeout' });
    const ending = new AbortController();
    const hanging = call(sandbox, 'getMe', { signal: ending.signal });
    hanging.catch(() => undefined);
    const unanswered = [{ method: 'getMe', ok: false, error: 'no answer (injected)' }];
    await expect.poll(() => sandbox.history()).toMatchObject(unanswered);
    ending.abort(new Error('gave up'));
    await expect(hanging).rejects.toThrow('gave up');
  });

  test('an internal error looks like Telegram’s', async () => {
    const sandbox = await openSandbox();
    sandbox.failNext({ times: 1, kind: 'error_500' });
    expect(await refusal(sandbox, 'getMe')).toBe('500 Internal Server Error');
  });
});
