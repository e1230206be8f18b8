import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { botNames, unauthorizedUser } from '#sandbox/demo/demo-world.ts';
import { historyMs, playHistory } from '#sandbox/demo/history.ts';
import { findCard, openBrowser, openChat, openDemoWorld, openTab, picture, say } from './visitor.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(() => browser.close());

test('/reconcile shows its progress and its findings in one message that is edited', async () => {
  const world = await openDemoWorld({ behindMs: historyMs });
  await playHistory(world);
  const chat = await openTab(browser, 'desk');
  await openChat(chat, world, botNames.admin);
  await say(chat, '/reconcile');
  const card = await findCard(chat, 'Compare our payments');
  await picture(chat, 'reconcile-choice');
  await card.button('All').click();
  await card.message.getByText(/BTCPay.*nothing differs/s).waitFor();
  expect(await card.message.textContent()).toContain('missing here');
  await picture(chat, 'reconcile-findings');
  const messageId = Number(card.id);
  const texts = world.telegram
    .history({ bot: botNames.admin, method: 'editMessageText' })
    .filter((call) => Number(call.params['message_id']) === messageId)
    .map((call) => String(call.params['text']));
  expect(texts.length).toBeGreaterThanOrEqual(2);
  expect(new Set(texts).size).toBe(texts.length);
});

test('after a week, the chat answers from what really happened', async () => {
  const world = await openDemoWorld({ behindMs: historyMs });
  await playHistory(world);
  const chat = await openTab(browser, 'desk');
  await openChat(chat, world, botNames.admin);
  const asked = [
    ['/stats', 'Last 7 days'],
    ['/providers', 'BTCPay'],
    ['/alerts', 'T-1016'],
    ['/orders', 'T-1020'],
    ['/find kim', 'T-1001'],
    ['/deadletters', 'No dead letters'],
    ['/books', 'Verify chain'],
    ['/health', 'All is well'],
  ] as const;
  for (const [command, expected] of asked) {
    await say(chat, command);
    await findCard(chat, expected);
    await picture(chat, `week-${command.replaceAll(/\W+/g, '-').replace(/^-/, '')}`);
  }
});

test('an unauthorized user gets one neutral sentence and learns nothing', async () => {
  const world = await openDemoWorld();
  const chat = await openTab(browser, 'desk');
  await chat.goto(world.urls.chat);
  await chat.evaluate(`sessionStorage.setItem('user', '${unauthorizedUser.id}')`);
  await chat.goto(`${world.urls.chat}/?again#${botNames.admin}`);
  await chat.getByTestId('start').click();
  await say(chat, '/orders');
  await chat.locator('[data-testid=message][data-from=bot]').first().waitFor();
  await picture(chat, 'stranger');
  const answers = await chat.locator('[data-testid=message][data-from=bot]').allTextContents();
  expect(answers).toHaveLength(1);
  expect(answers[0]).not.toMatch(/T-\d|order|Till/i);
});
