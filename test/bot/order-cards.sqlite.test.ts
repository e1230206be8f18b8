// An order's card in the chat shows what is stored: whatever changes something that stands on it draws it anew.
import { expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { acknowledgeCase } from '#cases/acknowledge-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { systemActor } from '#kernel/actor.ts';
import { day, minute, second } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { formatOrderNumber } from '#orders/order.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { markPaid } from '#payments/overrides/mark-paid.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { awaitUntil } from '#test/support/time/await-until.ts';
import { openChat, paid, say, textOf } from './support/chat.ts';
import { ann, type BotShop, bob } from './support/shop.ts';

async function poll(shop: BotShop): Promise<void> {
  await pollPayments(shop.deps, { limit: 10 });
  await shop.deliver();
}

test('a create that was never carried out is told as failed, also of an order that was accepted meanwhile', async () => {
  await using shop = await openChat();
  shop.provider.goesAway();
  await expect(shop.order()).rejects.toThrow('provider_failed');
  const query = { statuses: null, before: null, limit: 1 };
  const [order] = await shop.deps.database.read((stores) => stores.orders.listOrders(query));
  if (order === undefined) throw new Error('no order');
  const accepted = { orderId: order.id, by: { actor: adminActor(bob), name: 'Bob' }, reason: 'paid in cash' };
  await markPaid(shop.deps, accepted);
  await shop.deliver();
  const card = await say(shop, `/order ${formatOrderNumber(order.number)}`);
  expect(card.text).toContain('⏳ BTCPay: payment created');
  shop.deps.clock.advance(day);
  await poll(shop);
  expect(textOf(shop, card)).toContain('BTCPay: payment failed');
});

test("the provider's words are told as it says them last, also where they change no status", async () => {
  await using shop = await openChat();
  const order = await shop.order();
  const card = await say(shop, `/order ${order.number}`);
  expect(card.text).toContain('“New”');
  shop.provider.shows({ providerStatus: 'New / Seen' });
  shop.deps.clock.advance(minute);
  await poll(shop);
  expect(textOf(shop, card)).toContain('“New / Seen”');
});

test('a link that was begun and not made is counted at once', async () => {
  await using shop = await openChat();
  const order = await shop.order();
  shop.provider.shows({ state: 'failed', providerStatus: 'Invalid' });
  shop.deps.clock.advance(2 * minute);
  await poll(shop);
  const card = await say(shop, `/order ${order.number}`);
  shop.provider.goesAway();
  const orderId = asOrderId(order.id);
  await createPaymentLink(shop.deps, { orderId, provider: 'auto', actor: adminActor(bob) });
  await shop.deliver();
  expect(textOf(shop, card)).toContain('2 payment links in all');
});

test('a case of the order stands on it from its beginning to its end, with whoever has it', async () => {
  await using shop = await openChat();
  const order = await shop.order();
  const card = await say(shop, `/order ${order.number}`);
  const key = `payment_unread:${order.id}`;
  const caseId = await shop.raise({ key, kind: 'payment_unread', orderId: asOrderId(order.id) });
  await shop.deliver();
  expect(textOf(shop, card)).toContain('Payment underpaid');
  await acknowledgeCase(shop.deps, { caseId, by: { actor: adminActor(ann), name: 'Ann' } });
  await shop.deliver();
  expect(textOf(shop, card)).toContain('✋ Ann');
  await inTransaction(shop.deps, causeOf(systemActor), (tx) => resolveCase(tx, { key, by: 'It is over.' }));
  await shop.deliver();
  expect(textOf(shop, card)).not.toContain('Payment underpaid');
});

test('of an order whose card is open nowhere nothing is queued for the chat', async () => {
  await using shop = await openChat();
  await shop.order();
  shop.provider.shows(paid);
  shop.deps.clock.advance(minute);
  await pollPayments(shop.deps, { limit: 10 });
  const depths = await shop.deps.database.read(({ outbox }) => outbox.depths(shop.deps.clock.now()));
  expect(depths.map(({ lane }) => lane)).toEqual(['shop']);
});

test('a card that was on its way while the order changed is drawn again, also by what had begun and was not stored yet', async () => {
  await using shop = await openChat();
  const order = await shop.order();
  const card = await say(shop, `/order ${order.number}`);
  const isKept = async () => (await shop.deliver()) > 0;
  await awaitUntil(isKept, { what: 'the card that is looked at again' });
  // Stored by a transaction that did not see the card, and so told nobody.
  const query = { id: asOrderId(order.id) };
  await shop.deps.database.transaction(async ({ orders }) => {
    const found = await orders.findOrder(query.id);
    if (found !== undefined) await orders.changeOrder(found, { status: 'cancelled', updatedAt: shop.deps.clock.now() });
  });
  await shop.deliver();
  expect(textOf(shop, card)).toContain('awaiting payment');
  shop.deps.clock.advance(6 * second);
  await shop.deliver();
  expect(textOf(shop, card)).toContain('cancelled');
});
