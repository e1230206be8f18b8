import { expect, test } from 'vitest';
import { createOwnerDirectory } from '#access/owner-directory.ts';
import { createAdminBot } from '#bot/admin/admin-bot.ts';
import { second } from '#kernel/clock.ts';
import type { ReconcileProvider } from '#payments/reconciliation/reconcile-provider.ts';
import { adminToken, ann, openBotShop } from './support/shop.ts';

test('the progress is edited by the clock, not by every payment, and the bot serves others meanwhile', async () => {
  await using shop = await openBotShop();
  const gate = Promise.withResolvers<void>();
  const reconcile: ReconcileProvider = async ({ onProgress }) => {
    for (let compared = 1; compared <= 100; compared += 1) onProgress?.({ compared, healed: 0, open: 0 });
    shop.deps.clock.advance(4 * second);
    for (let compared = 101; compared <= 200; compared += 1) onProgress?.({ compared, healed: 0, open: 0 });
    await gate.promise;
    return { kind: 'cannot_list', gaps: ['It is made of paper.'] };
  };
  const bot = createAdminBot(
    {
      ...shop.deps,
      admins: createOwnerDirectory([ann]),
      reconcile,
      doctor: shop.doctor,
      redact: (text) => text,
      readHealth: async () => ({ checks: [], jobs: [], queues: [] }),
    },
    {
      token: adminToken,
      apiRoot: shop.telegram.url,
      mode: { kind: 'polling' },
      alertChatId: null,
      timeZone: 'UTC',
    },
  );
  bot.start();
  try {
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/reconcile btcpay' });
    await shop.telegram.awaitMessage(({ text }) => text.includes('compared 101,'));
    await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/help' });
    await shop.telegram.awaitMessage(({ text }) => text.includes('/orders'));
    gate.resolve();
    const last = await shop.telegram.awaitMessage(({ text }) => text.startsWith('Reconciled'));
    expect(last).toMatchObject({ edits: 2, text: 'Reconciled\n⛔ BTCPay · It is made of paper.' });
  } finally {
    await bot.stop();
  }
});
