// A message shows one thing at a time, however it came to be shown.
import { expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { chat, openChat, paid, say, tap, textOf } from './support/chat.ts';
import { ann, type BotShop, bob } from './support/shop.ts';

async function payAll(shop: BotShop): Promise<void> {
  shop.provider.shows(paid);
  shop.deps.clock.advance(minute);
  await pollPayments(shop.deps, { limit: 10 });
  await shop.deliver();
}

/** The data of a button as the message has it now: a phone that is behind shows it for a while longer. */
function dataOf(shop: BotShop, message: SandboxMessage, text: string): string {
  const current = chat(shop).find(({ messageId }) => messageId === message.messageId);
  return current?.keyboard.flat().find((button) => button.text.startsWith(text))?.callback_data ?? '';
}

test('of two orders that are tapped in one list, one after the other, the second stays, whatever becomes of the first', async () => {
  await using shop = await openChat();
  const first = await shop.order();
  const second = await shop.order();
  const list = await say(shop, '/orders');
  const data = [first, second].map(({ number }) => dataOf(shop, list, number));
  for (const one of data) {
    await shop.telegram.tapButton({ userId: ann, bot: 'till_bot', messageId: list.messageId, data: one, forged: true });
  }
  expect(textOf(shop, list)).toContain(second.number);
  await cancelOrder(shop.deps, { orderId: asOrderId(first.id), actor: adminActor(bob), reason: null });
  await shop.deliver();
  expect(textOf(shop, list)).toContain(second.number);
  await payAll(shop);
  expect(textOf(shop, list)).toContain(`💰 ${second.number} · paid`);
});

test('a question about an order is not covered by its card', async () => {
  await using shop = await openChat();
  const order = await shop.order();
  const card = await say(shop, `/order ${order.number}`);
  await tap(shop, card, 'Cancel order');
  const asked = textOf(shop, card);
  expect(asked).toContain('❓');
  await payAll(shop);
  expect(textOf(shop, card)).toBe(asked);
  await tap(shop, card, 'No, go back');
  expect(textOf(shop, card)).toContain(`💰 ${order.number} · paid`);
});
