// A call to Telegram that had no answer may still be on its way, and arrive after a newer one.
import { expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { acknowledgeCase } from '#cases/acknowledge-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { minute, second } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { cancelOrder } from '#payments/collect/cancel-order.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';
import { arrivesLate, openChat, say, tap, textOf } from './support/chat.ts';
import { adminToken, ann, type BotShop, bob, group, openBotShop, pagerToken } from './support/shop.ts';

const by = { actor: { kind: 'admin', id: String(ann) }, name: 'Ann' } as const;

const resolve = (shop: BotShop): Promise<unknown> =>
  inTransaction(shop.deps, causeOf(systemActor), (tx) =>
    resolveCase(tx, { key: 'payment_underpaid:x', by: 'The order is paid.' }),
  );

test('an alert that is over says so, though an older edit without an answer arrives after that', async () => {
  await using shop = await openBotShop({ alertChatId: group });
  const caseId = await shop.raise();
  await shop.deliver();
  const card = () => shop.telegram.messages({ bot: 'pager_bot', chatId: group });
  shop.telegram.failNext({ bot: 'pager_bot', times: 1, kind: 'reset' });
  await acknowledgeCase(shop.deps, { caseId, by });
  await shop.deliver();
  await resolve(shop);
  shop.deps.clock.advance(5 * second);
  await shop.deliver();
  expect(card()).toMatchObject([{ text: expect.stringContaining('RESOLVED') }]);

  const late = { token: pagerToken, chatId: group, messageId: card()[0]?.messageId ?? 0 };
  await arrivesLate(shop, { ...late, text: 'Acknowledged by Ann' });
  shop.deps.clock.advance(2 * minute);
  await shop.deliver();
  expect(card()).toMatchObject([{ text: expect.stringContaining('RESOLVED') }]);
});

test('an alert is drawn again only where a call had no answer', async () => {
  await using shop = await openBotShop({ alertChatId: group });
  const caseId = await shop.raise();
  await shop.deliver();
  await acknowledgeCase(shop.deps, { caseId, by });
  await shop.deliver();
  expect(await shop.deliver()).toBe(0);
  shop.deps.clock.advance(5 * minute);
  expect(await shop.deliver()).toBe(0);
});

test('the card of an order stays as the order is, though an older edit without an answer arrives', async () => {
  await using shop = await openChat();
  const order = await shop.order();
  const card = await say(shop, `/order ${order.number}`);
  shop.telegram.failNext({ bot: 'till_bot', method: 'editMessageText', times: 1, kind: 'reset' });
  await cancelOrder(shop.deps, { orderId: asOrderId(order.id), actor: adminActor(bob), reason: null });
  await shop.deliver();
  shop.deps.clock.advance(5 * second);
  await shop.deliver();
  const shown = textOf(shop, card);
  expect(shown).toContain('cancelled');

  await arrivesLate(shop, { token: adminToken, chatId: ann, messageId: card.messageId, text: 'awaiting payment' });
  shop.deps.clock.advance(2 * minute);
  await shop.deliver();
  expect(textOf(shop, card)).toBe(shown);
});

test('the card of an order stays as the order is, though what a tap was to show arrives late', async () => {
  await using shop = await openChat();
  const order = await shop.order();
  const card = await say(shop, `/order ${order.number}`);
  await tap(shop, card, 'Cancel order');
  shop.telegram.failNext({ bot: 'till_bot', method: 'editMessageText', times: 1, kind: 'reset' });
  void tap(shop, card, 'No, go back').catch(() => undefined);
  await awaitUntil(() => shop.deps.log.events.some(({ message }) => message === 'reply not sent'), {
    what: 'a lost edit',
  });
  await tap(shop, card, 'No, go back');
  const shown = textOf(shop, card);
  await arrivesLate(shop, { token: adminToken, chatId: ann, messageId: card.messageId, text: 'awaiting payment' });
  shop.deps.clock.advance(2 * minute);
  await shop.deliver();
  expect(textOf(shop, card)).toBe(shown);
});
