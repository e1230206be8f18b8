import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { type DemoWorld, startDemoWorld } from '#sandbox/demo/demo-world.ts';

// Somebody in front of a browser. Everything behind the pages is the real thing, started for the one test.

export const sizes = { desk: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;

/** Where pictures of what was seen go; git does not take them. */
const picturesFolder = process.env['SCREENSHOTS_DIR'] ?? 'test-results';

/** A browser that is missing is a failure, not a reason to skip. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

export async function openDemoWorld(options: { behindMs?: number } = {}): Promise<DemoWorld> {
  const world = await startDemoWorld({ portBase: 0, behindMs: options.behindMs ?? 0 });
  onTestFinished(() => world.stop());
  return world;
}

/** A tab; a script error, a refused asset or a page wider than its window fails the test. */
export async function openTab(browser: Browser, size: keyof typeof sizes): Promise<Page> {
  const page = await browser.newPage({ viewport: sizes[size] });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => (message.type() === 'error' ? faults.push(message.text()) : undefined));
  onTestFinished(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });
  return page;
}

export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(picturesFolder, { recursive: true });
  await page.screenshot({ path: join(picturesFolder, `${name}.png`), animations: 'disabled' });
}

export async function expectNoSideways(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}

/** The chat page as Ada sees it, in the chat with one bot. */
export async function openChat(page: Page, world: DemoWorld, bot: string): Promise<void> {
  await page.goto(`${world.urls.chat}/#${bot}`);
  await page.getByTestId('composer').waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId('composer').fill(text);
  await page.getByTestId('send').click();
}

export interface Card {
  readonly id: string;
  /** The same message whatever becomes of its text. */
  readonly message: Locator;
  button(text: string): Locator;
}

/** The newest message of a bot that contains this, found by its id, so that an edit differs from a new message. */
export async function findCard(page: Page, text: string | RegExp): Promise<Card> {
  const found = page.locator('[data-testid=message][data-from=bot]').filter({ hasText: text }).last();
  await found.waitFor();
  const id = (await found.getAttribute('data-message-id')) ?? '';
  const message = page.locator(`[data-testid=message][data-message-id="${id}"]`);
  return {
    id,
    message,
    button: (label) => message.getByTestId('inline-button').filter({ hasText: label }),
  };
}
