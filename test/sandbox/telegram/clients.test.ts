import { Bot, GrammyError, InlineKeyboard, InputFile, InputMediaBuilder } from 'grammy';
import { Markup, Telegraf } from 'telegraf';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ada, adminToken, openSandbox, pagerToken, png } from './open-sandbox.ts';

describe('grammY', () => {
  test('polls, answers a command, edits the card on a tap and answers the tap', async () => {
    const sandbox = await openSandbox();
    const bot = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
    bot.command('start', (context) =>
      context.reply('<b>Welcome</b>', { parse_mode: 'HTML', reply_markup: new InlineKeyboard().text('Go', 'go') }),
    );
    bot.callbackQuery('go', async (context) => {
      await context.editMessageText('Gone');
      await context.answerCallbackQuery({ text: 'Done' });
    });
    const running = bot.start();
    onTestFinished(async () => {
      await bot.stop();
      await running;
    });
    await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: '/start' });
    const card = await sandbox.awaitMessage((message) => message.html === '<b>Welcome</b>');
    const tap = { userId: ada.id, bot: 'till_bot', messageId: card.messageId, data: 'go' };
    expect(await sandbox.tapButton(tap)).toEqual({ text: 'Done', showAlert: false });
    const edited = await sandbox.awaitMessage((message) => message.text === 'Gone');
    expect(edited).toMatchObject({ messageId: card.messageId, edits: 1, keyboard: [] });
  });

  test('uploads photos and documents, and downloads them again', async () => {
    const sandbox = await openSandbox();
    const { api } = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
    const photo = await api.sendPhoto(ada.id, new InputFile(png(640, 320), 'chart.png'), { caption: 'Sales' });
    expect(photo.photo).toMatchObject([{ width: 640, height: 320 }]);
    const sent = await api.sendDocument(ada.id, new InputFile(Buffer.from('a;b'), 'orders.csv'));
    expect(sent.document).toMatchObject({ file_name: 'orders.csv', mime_type: 'text/csv', file_size: 3 });
    const file = await api.getFile(sent.document.file_id);
    const response = await fetch(`${sandbox.url}/file/bot${adminToken}/${file.file_path}`);
    expect(await response.text()).toBe('a;b');
    expect((await api.sendDocument(ada.id, sent.document.file_id)).document.file_name).toBe('orders.csv');
    await expect(api.sendPhoto(ada.id, new InputFile(Buffer.from('no picture'), 'x.png'))).rejects.toThrow(
      'Bad Request: IMAGE_PROCESS_FAILED',
    );
  });

  test('receives a file that a user drops into the chat, and fetches it', async () => {
    const sandbox = await openSandbox();
    const bot = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
    bot.on('message:document', async (context) => {
      const file = await context.getFile();
      const answer = await fetch(`${sandbox.url}/file/bot${adminToken}/${file.file_path}`);
      const { file_name: name, mime_type: type, file_size: size } = context.message.document;
      await context.reply(`${name} ${type} ${size}: ${await answer.text()}`);
    });
    const running = bot.start();
    onTestFinished(async () => {
      await bot.stop();
      await running;
    });
    const file = { name: 'sales.csv', bytes: Buffer.from('id;price') };
    await sandbox.sendDocument({ userId: ada.id, bot: 'till_bot', ...file });
    await sandbox.awaitMessage(({ text }) => text === 'sales.csv text/csv 8: id;price');
  });

  test('deletes what a user wrote in private, once', async () => {
    const sandbox = await openSandbox();
    const { api } = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
    const written = await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'a secret' });
    await api.deleteMessage(ada.id, written.messageId);
    expect(sandbox.messages({ bot: 'till_bot', chatId: ada.id })).toEqual([]);
    await expect(api.deleteMessage(ada.id, written.messageId)).rejects.toThrow('message to delete not found');
  });

  test('cannot delete a message that is two days old', async () => {
    let nowMs = Date.UTC(2026, 10, 22);
    const sandbox = await openSandbox({ now: () => nowMs });
    const { api } = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
    const written = await sandbox.sendText({ userId: ada.id, bot: 'till_bot', text: 'a secret' });
    nowMs += 48 * 3_600_000 + 1_000;
    await expect(api.deleteMessage(ada.id, written.messageId)).rejects.toThrow("can't be deleted for everyone");
  });

  test('puts another picture in the place of the first, with its caption and its buttons', async () => {
    const sandbox = await openSandbox();
    const { api } = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
    const sent = await api.sendPhoto(ada.id, new InputFile(png(640, 320), 'a.png'), { caption: 'Old' });
    const picture = InputMediaBuilder.photo(new InputFile(png(320, 200), 'b.png'), {
      caption: '<b>New</b>',
      parse_mode: 'HTML',
    });
    const reply_markup = { inline_keyboard: [[{ text: 'Redraw', callback_data: 'redraw' }]] };
    await api.editMessageMedia(ada.id, sent.message_id, picture, { reply_markup });
    const shown = await sandbox.awaitMessage(({ text }) => text === 'New');
    expect(shown).toMatchObject({ messageId: sent.message_id, photo: { width: 320, height: 200 }, edits: 1 });
    expect(shown.keyboard.flat().map(({ text }) => text)).toEqual(['Redraw']);
    const known = shown.photo?.fileId ?? '';
    const same = InputMediaBuilder.photo(known, { caption: '<b>New</b>', parse_mode: 'HTML' });
    await expect(api.editMessageMedia(ada.id, sent.message_id, same, { reply_markup })).rejects.toThrow('not modified');
    const long = InputMediaBuilder.photo(known, { caption: 'x'.repeat(1025) });
    await expect(api.editMessageMedia(ada.id, sent.message_id, long)).rejects.toThrow('caption is too long');
    const text = await api.sendMessage(ada.id, 'words');
    await expect(api.editMessageMedia(ada.id, text.message_id, same)).rejects.toThrow('no media in the message');
    await expect(api.editMessageText(ada.id, sent.message_id, 'words')).rejects.toThrow('no text in the message');
  });

  test('sees a flood as its own error with the seconds to wait', async () => {
    const sandbox = await openSandbox();
    const { api } = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
    sandbox.failNext({ method: 'sendMessage', times: 1, kind: 'flood', retryAfterSeconds: 3 });
    const error = await api.sendMessage(ada.id, 'x').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GrammyError);
    expect(error).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
  });
});

describe('Telegraf', () => {
  test('sends, edits, uploads, and receives taps by polling', async () => {
    const sandbox = await openSandbox({ startedChats: 'all' });
    const pager = new Telegraf(pagerToken, { telegram: { apiRoot: sandbox.url } });
    pager.action('ack', (context) => context.answerCbQuery('Acknowledged'));
    const running = pager.launch();
    onTestFinished(async () => {
      pager.stop();
      await running;
    });
    const keyboard = Markup.inlineKeyboard([Markup.button.callback('Acknowledge', 'ack')]);
    const card = await pager.telegram.sendMessage(ada.id, '*Late*', { parse_mode: 'MarkdownV2', ...keyboard });
    await pager.telegram.editMessageText(ada.id, card.message_id, undefined, 'Late twice', keyboard);
    const tap = { userId: ada.id, bot: 'pager_bot', messageId: card.message_id, data: 'ack' };
    expect(await sandbox.tapButton(tap)).toEqual({ text: 'Acknowledged', showAlert: false });
    await pager.telegram.sendPhoto(
      ada.id,
      { source: Buffer.from(png(10, 10)), filename: 'p.png' },
      { caption: 'chart' },
    );
    const shown = sandbox.messages({ bot: 'pager_bot', chatId: ada.id });
    expect(shown).toMatchObject([
      { text: 'Late twice', edits: 1, keyboard: [[{ text: 'Acknowledge', callback_data: 'ack' }]] },
      { text: 'chart', photo: { width: 10, height: 10 } },
    ]);
  });

  test('keeps its chat apart from the other bot’s', async () => {
    const sandbox = await openSandbox({ startedChats: 'all' });
    await new Telegraf(pagerToken, { telegram: { apiRoot: sandbox.url } }).telegram.sendMessage(ada.id, 'alert');
    await new Bot(adminToken, { client: { apiRoot: sandbox.url } }).api.sendMessage(ada.id, 'card');
    const texts = (bot: string) => sandbox.messages({ bot, chatId: ada.id }).map((message) => message.text);
    expect([texts('till_bot'), texts('pager_bot')]).toEqual([['card'], ['alert']]);
  });
});

test('parameters may come by query, form or JSON text', async () => {
  const sandbox = await openSandbox();
  const root = `${sandbox.url}/bot${adminToken}`;
  await fetch(`${root}/sendmessage?chat_id=42&text=query`);
  const markup = JSON.stringify({ inline_keyboard: [[{ text: 'b', callback_data: 'c' }]] });
  await fetch(`${root}/sendMessage`, {
    method: 'POST',
    body: new URLSearchParams({ chat_id: '42', text: 'form', reply_markup: markup, disable_notification: 'true' }),
  });
  expect(sandbox.messages({ bot: 'till_bot', chatId: ada.id })).toMatchObject([
    { text: 'query', silent: false },
    { text: 'form', silent: true, keyboard: [[{ text: 'b', callback_data: 'c' }]] },
  ]);
});
