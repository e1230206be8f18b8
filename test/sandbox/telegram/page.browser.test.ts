import { Bot, InlineKeyboard, InputFile } from 'grammy';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ada, adminToken, openSandbox, pagerToken, png } from './open-sandbox.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});

afterAll(() => browser.close());

/** A page as a visitor sees it; a script error or a refused asset fails the test. */
async function openPage(url: string, width = 1280): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 844 } });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => (message.type() === 'error' ? faults.push(message.text()) : undefined));
  onTestFinished(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });
  await page.goto(`${url}/`);
  return page;
}

test('a card changes in place when its button is tapped, and the bot’s word is shown', async () => {
  const sandbox = await openSandbox({ startedChats: 'all' });
  const bot = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
  bot.command('orders', (context) =>
    context.reply('<b>T-1042</b> open', { parse_mode: 'HTML', reply_markup: new InlineKeyboard().text('Check', 'c') }),
  );
  bot.callbackQuery('c', async (context) => {
    await context.editMessageText('T-1042 paid');
    await context.answerCallbackQuery('Checked');
  });
  const running = bot.start();
  onTestFinished(async () => {
    await bot.stop();
    await running;
  });
  const page = await openPage(sandbox.url);
  await page.getByTestId('chat-till_bot').click();
  await page.getByTestId('composer').fill('/orders');
  await page.getByTestId('send').click();
  const card = page.locator('[data-testid=message][data-from=bot]');
  await card.getByText('T-1042').waitFor();
  expect(await card.locator('b').textContent()).toBe('T-1042');
  await card.getByTestId('inline-button').getByText('Check').click();
  const toast = page.getByTestId('toast').filter({ hasText: 'Checked' });
  await toast.waitFor();
  const [word, message] = await Promise.all([toast.boundingBox(), card.boundingBox()]);
  expect(word && word.y + word.height).toBeLessThanOrEqual(message?.y ?? 0);
  await card.getByText('T-1042 paid').waitFor();
  expect(await card.getByTestId('edited').count()).toBe(1);
  expect(await card.getByTestId('inline-button').count()).toBe(0);
});

test('on a phone the list marks the pager’s chat until it is opened; photos and files are shown', async () => {
  const sandbox = await openSandbox({ startedChats: 'all' });
  const { api } = new Bot(pagerToken, { client: { apiRoot: sandbox.url } });
  await api.setMyCommands([{ command: 'alerts', description: 'What needs attention' }]);
  const page = await openPage(sandbox.url, 390);
  const item = page.getByTestId('chat-pager_bot');
  await item.waitFor();
  await api.sendPhoto(ada.id, new InputFile(png(640, 320), 'p.png'), { caption: 'Chart' });
  await api.sendDocument(ada.id, new InputFile(Buffer.from('a;b'), 'orders.csv'));
  await item.getByTestId('unread').getByText('2').waitFor();
  expect(await item.getAttribute('class')).toContain('ringing');
  await item.click();
  await page.getByTestId('photo').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('document').click()]);
  expect(download.suggestedFilename()).toBe('orders.csv');
  await page.getByTestId('commands-menu').click();
  await page.getByTestId('command').getByText('/alerts').click();
  await sandbox.awaitMessage((message) => message.text === '/alerts' && message.from.id === ada.id);
  await page.getByTestId('back').click();
  await item.waitFor();
  expect(await item.getByTestId('unread').count()).toBe(0);
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(overflow).toBe(0);
});

test('a file is sent to the bot by the paper clip, and disappears from the page when the bot deletes it', async () => {
  const sandbox = await openSandbox({ startedChats: 'all' });
  const { api } = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
  const page = await openPage(sandbox.url, 390);
  await page.getByTestId('chat-till_bot').click();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByTestId('attach').click()]);
  await chooser.setFiles({ name: 'sales.csv', mimeType: 'text/csv', buffer: Buffer.from('id;price') });
  const own = page.getByTestId('document').filter({ hasText: 'sales.csv' });
  await own.waitFor();
  const { messageId, document } = await sandbox.awaitMessage(({ from }) => from.id === ada.id);
  expect(document).toMatchObject({ name: 'sales.csv', bytes: 8 });
  await api.deleteMessage(ada.id, messageId);
  await own.waitFor({ state: 'detached' });
  // The same file may be chosen once more.
  const [again] = await Promise.all([page.waitForEvent('filechooser'), page.getByTestId('attach').click()]);
  await again.setFiles({ name: 'sales.csv', mimeType: 'text/csv', buffer: Buffer.from('id;price') });
  await own.waitFor();
});

test('a new user presses Start first; a bot that is blocked cannot write', async () => {
  const sandbox = await openSandbox({ startedChats: [] });
  const { api } = new Bot(adminToken, { client: { apiRoot: sandbox.url } });
  const page = await openPage(sandbox.url);
  await page.getByTestId('chat-till_bot').click();
  await page.getByTestId('start').click();
  await page.getByTestId('composer').waitFor();
  await api.sendMessage(ada.id, 'Welcome');
  await page.getByText('Welcome').first().waitFor();
  await page.getByTestId('more').click();
  await page.getByText('Block bot').click();
  await page.getByTestId('unblock').waitFor();
  await expect(api.sendMessage(ada.id, 'x')).rejects.toThrow('bot was blocked by the user');
});
