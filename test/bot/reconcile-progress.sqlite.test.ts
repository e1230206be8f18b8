import { expect, test } from 'vitest';
import { createOwnerDirectory } from '#access/owner-directory.ts';
import { type AdminBot, createAdminBot } from '#bot/admin/admin-bot.ts';
import { second } from '#kernel/clock.ts';
import type { ReconcileProvider } from '#payments/reconciliation/reconcile-provider.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';
import { arrivesLate } from './support/chat.ts';
import { adminToken, ann, type BotShop, openBotShop } from './support/shop.ts';

const options = { token: adminToken, mode: { kind: 'polling' }, alertChatId: null, timeZone: 'UTC' } as const;

/** The admin bot of the shop with a reconciliation that ends when the gate opens. */
function startBot(shop: BotShop, reconcile: ReconcileProvider): AdminBot {
  const bot = createAdminBot(
    {
      ...shop.deps,
      admins: createOwnerDirectory([ann]),
      reconcile,
      doctor: shop.doctor,
      redact: (text) => text,
      holdsSecret: () => false,
      readHealth: async () => ({ checks: [], jobs: [], queues: [] }),
    },
    { ...options, apiRoot: shop.telegram.url },
  );
  bot.start();
  return bot;
}

test('the progress is edited by the clock, not by every payment, and the bot serves others meanwhile', async () => {
  await using shop = await openBotShop();
  const gate = Promise.withResolvers<void>();
  const reconcile: ReconcileProvider = async ({ onProgress }) => {
    for (let compared = 1; compared <= 100; compared += 1)
      onProgress?.({ compared, healed: 0, open: 0, takenUpAt: null });
    shop.deps.clock.advance(4 * second);
    for (let compared = 101; compared <= 200; compared += 1)
      onProgress?.({ compared, healed: 0, open: 0, takenUpAt: null });
    await gate.promise;
    return { kind: 'cannot_list', gaps: ['It is made of paper.'] };
  };
  const bot = startBot(shop, reconcile);
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

test.each([
  ['fails for a moment', { kind: 'reset', times: 2 }],
  ['asks to slow down', { kind: 'flood', times: 1, retryAfterSeconds: 30 }],
  [
    'has the message no more',
    { kind: 'refuse', times: 1, refusal: { code: 400, description: 'Bad Request: message to edit not found' } },
  ],
] as const)('the end is shown, also where Telegram %s', async (_what, fault) => {
  await using shop = await openBotShop();
  const gate = Promise.withResolvers<void>();
  const bot = startBot(shop, async () => {
    await gate.promise;
    return { kind: 'cannot_list', gaps: ['It is made of paper.'] };
  });
  try {
    const { messageId } = await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/reconcile btcpay' });
    await shop.telegram.awaitMessage((message) => message.from.isBot && message.messageId > messageId);
    shop.telegram.failNext({ bot: 'till_bot', method: 'editMessageText', ...fault });
    gate.resolve();
    const texts = () => shop.telegram.messages({ bot: 'till_bot', chatId: ann }).map(({ text }) => text);
    await expect
      .poll(() => {
        shop.deps.clock.advance(5 * second);
        return texts();
      })
      .toContainEqual(expect.stringContaining('It is made of paper.'));
  } finally {
    await bot.stop();
  }
});

test('the end stays, though an edit without an answer arrives after it', async () => {
  await using shop = await openBotShop();
  const gate = Promise.withResolvers<void>();
  const bot = startBot(shop, async () => {
    await gate.promise;
    return { kind: 'cannot_list', gaps: ['It is made of paper.'] };
  });
  try {
    const { messageId } = await shop.telegram.sendText({ userId: ann, bot: 'till_bot', text: '/reconcile btcpay' });
    const shown = await shop.telegram.awaitMessage((message) => message.from.isBot && message.messageId > messageId);
    shop.telegram.failNext({ bot: 'till_bot', method: 'editMessageText', kind: 'reset', times: 1 });
    gate.resolve();
    const textNow = () => shop.telegram.messages({ bot: 'till_bot', chatId: ann }).at(-1)?.text ?? '';
    const awaitEnd = (stepsMax: number): Promise<void> => {
      let steps = 0;
      const meanwhile = (): void => {
        steps += 1;
        if (steps <= stepsMax) shop.deps.clock.advance(3 * second);
      };
      return awaitUntil(() => textNow().startsWith('Reconciled'), { what: 'the end', meanwhile });
    };
    await awaitEnd(15);
    await arrivesLate(shop, { token: adminToken, chatId: ann, messageId: shown.messageId, text: 'compared 3' });
    await awaitEnd(30);
  } finally {
    await bot.stop();
  }
});
