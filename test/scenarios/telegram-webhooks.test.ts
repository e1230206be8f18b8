// Updates of both bots that Telegram posts to us, and the way back to polling.
import { expect, test } from 'vitest';
import { type AppFixture, openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { adminBot, pagerBot } from '#test/support/app-fixture/world.ts';

const posted = { TELEGRAM_MODE: 'webhook', TELEGRAM_WEBHOOK_SECRET: 'secret-of-the-updates-0123456789' };

/** Rings, and acknowledges on the card; what the pager answers. */
async function acknowledge(app: AppFixture): Promise<string | undefined> {
  const order = await app.placeOrder({ provider: 'btcpay' });
  await app.visit(order, 'underpay');
  await app.visit(order, 'expire');
  const card = await app.awaitCard(({ text }) => text.includes(order.number));
  return (await app.tap(card, 'Acknowledge')).text;
}

/** How both bots get their updates, by their own word. */
async function ways(app: AppFixture): Promise<string[]> {
  const { checks } = JSON.parse((await app.send('/readyz')).text) as { checks: { name: string; detail: string }[] };
  return checks.filter(({ name }) => name.startsWith('telegram')).map(({ detail }) => detail);
}

test('a pager with its own token hears its taps, and the admin bot its commands, when updates are posted', async () => {
  await using app = await openAppFixture({ env: posted });
  expect(await acknowledge(app)).toBe('Acknowledged: it is yours.');
  expect((await app.ask('/help')).text).toContain('/orders');
  expect(await ways(app)).toEqual([`webhook as @${adminBot}`, `webhook as @${pagerBot}`]);
});

test('a pager hears its taps after a move from webhooks to polling, and after the way back', async () => {
  await using app = await openAppFixture({ env: posted });
  app.environment['TELEGRAM_MODE'] = 'polling';
  await app.restart();
  expect(await acknowledge(app)).toBe('Acknowledged: it is yours.');
  expect(await ways(app)).toEqual([`polling as @${adminBot}`, `polling as @${pagerBot}`]);
  app.environment['TELEGRAM_MODE'] = 'webhook';
  await app.restart();
  expect(await acknowledge(app)).toBe('Acknowledged: it is yours.');
  expect(await ways(app)).toEqual([`webhook as @${adminBot}`, `webhook as @${pagerBot}`]);
});
