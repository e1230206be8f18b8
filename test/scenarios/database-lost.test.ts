// The database file is taken away under the running product: by a clean-up, a restore by hand, a volume that was mounted over it.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openAppFixture } from '#test/support/app-fixture/app-fixture.ts';
import { owner, pagerBot } from '#test/support/app-fixture/world.ts';
import { awaitFound, awaitUntil } from '#test/support/time/await-until.ts';

test('a database file that is deleted makes the product unready, refuses what comes, and rings without the outbox', async () => {
  await using app = await openAppFixture();
  const order = await app.placeOrder({ provider: 'btcpay' });
  app.sandbox.faults('btcpay').set({ dropWebhooks: 1 });
  await app.visit(order, 'pay');
  const dropped = (await app.webhooksOf(order)).at(-1);
  rmSync(app.file);

  const genuine = { headers: { ...dropped?.headers }, body: dropped?.body ?? '' };
  expect((await app.postWebhook('btcpay', genuine)).status).toBe(503);
  await awaitUntil(async () => (await app.send('/readyz')).status === 503, { what: 'the product to be unready' });
  expect((await app.send('/livez')).status).toBe(200);
  const rung = await awaitFound(() => app.pagerMessages().find(({ text }) => text.includes('The database is lost')), {
    what: 'a direct message',
  });
  expect(rung.text).toContain('till.db was deleted while the product runs');
});

test('where the alert chat refuses it, the news of a lost database goes to the owners', async () => {
  await using app = await openAppFixture({ env: { ALERT_CHAT_ID: '-100123' } });
  rmSync(app.file);
  const rung = await awaitFound(
    () =>
      app.telegram
        .messages({ bot: pagerBot, chatId: owner.id })
        .find(({ text }) => text.includes('The database is lost')),
    { what: 'a direct message to an owner' },
  );
  expect(rung.chatId).toBe(owner.id);
});

test('while the database is away nothing claims that all is well: /metrics says so, and /health names the reason', async () => {
  await using app = await openAppFixture();
  const metric = async (): Promise<string | undefined> =>
    /^tillkeeper_database_up \d$/m.exec((await app.send('/metrics')).text)?.[0];
  await awaitUntil(async () => (await metric()) === 'tillkeeper_database_up 1', { what: 'the first look' });
  rmSync(app.file);
  await awaitUntil(async () => (await metric()) === 'tillkeeper_database_up 0', { what: 'the loss in the metrics' });
  const health = await app.ask('/health', ({ text }) => text.includes('🔴'));
  expect(health.text).toContain('🔴 Something is wrong');
  expect(health.text).toMatch(/🔴 database · .*till\.db was deleted while the product runs/);
  expect(health.text).not.toContain('Nothing waits in the queues');
});
