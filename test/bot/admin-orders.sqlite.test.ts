import { describe, expect, test } from 'vitest';
import { adminActor } from '#access/admin.ts';
import { systemActor } from '#kernel/actor.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from '#messaging/queues/enqueue-outbox-message.ts';
import { createPaymentLink } from '#payments/collect/create-payment-link.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import type { SandboxMessage } from '#sandbox/telegram/model.ts';
import { auditOf, buttonsOf, chat, openChat, paid, say, tap, textOf } from './support/chat.ts';
import { ann, bob } from './support/shop.ts';

describe('orders', () => {
  test('the list is paged and filtered by buttons, and a card leads back to the same page', async () => {
    await using shop = await openChat();
    for (let count = 0; count < 10; count += 1) await shop.order();
    const list = await say(shop, '/orders');
    expect(list.text).toContain('T-');
    await tap(shop, list, 'Older ›');
    expect(textOf(shop, list)).toContain('page 2');
    const [row] = buttonsOf(shop, list);
    await tap(shop, list, row ?? '');
    expect(textOf(shop, list)).toContain('awaiting payment');
    await tap(shop, list, '‹ Orders');
    expect(textOf(shop, list)).toContain('page 2');
    await tap(shop, list, 'Paid');
    expect(textOf(shop, list)).toContain('Nothing here.');
  });

  test('a page stays what it is while orders arrive, and both ways lead over the same orders', async () => {
    await using shop = await openChat();
    for (let count = 0; count < 20; count += 1) {
      shop.deps.clock.advance(minute);
      await shop.order();
    }
    const rowsOf = (message: SandboxMessage) => buttonsOf(shop, message).filter((text) => text.startsWith('T-'));
    const list = await say(shop, '/orders');
    const first = rowsOf(list);
    shop.deps.clock.advance(minute);
    await shop.order();
    await tap(shop, list, 'Older ›');
    const second = rowsOf(list);
    expect(second).toHaveLength(8);
    expect(second.filter((text) => first.includes(text))).toEqual([]);
    await tap(shop, list, 'Older ›');
    expect(rowsOf(list)).toHaveLength(4);
    expect(buttonsOf(shop, list)).not.toContain('Older ›');
    await tap(shop, list, '‹ Newer');
    expect(rowsOf(list)).toEqual(second);
    await tap(shop, list, '‹ Newer');
    expect(rowsOf(list)).toEqual(['T-1021', ...first.slice(0, 7)]);
  });

  test('a button of the version before, which counted pages, says that it is out of date', async () => {
    await using shop = await openChat();
    await shop.order();
    const list = await say(shop, '/orders');
    const tapped = { userId: ann, bot: 'till_bot', messageId: list.messageId, forged: true } as const;
    expect((await shop.telegram.tapButton({ ...tapped, data: 'orders:all:1' })).text).toBe(
      'This button is out of date.',
    );
  });

  test('a card shown is edited in place when the order changes', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    expect(card.text).toContain('⏳');
    shop.provider.shows(paid);
    shop.deps.clock.advance(minute);
    await pollPayments(shop.deps, { limit: 10 });
    await shop.deliver();
    expect(textOf(shop, card)).toContain(`💰 ${order.number} · paid`);
    expect(buttonsOf(shop, card)).toContain('Mark delivered');
    expect(chat(shop).filter(({ text }) => text.includes('paid'))).toHaveLength(1);
  });

  test('a refresh that would change nothing on the card sends nothing', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    await say(shop, `/order ${order.number}`);
    await inTransaction(shop.deps, causeOf(systemActor), (tx) =>
      enqueueOutboxMessage(tx, {
        topic: 'order.card',
        key: 'again',
        payload: { orderId: order.id, version: 1 },
      }),
    );
    expect(await shop.deliver()).toBeGreaterThan(0);
    expect(shop.telegram.history({ method: 'editMessageText' })).toEqual([]);
  });

  test('a card shown follows a new link', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    expect(textOf(shop, card)).toContain('Pay at https://pay.example.org/i/paper-1');
    shop.provider.shows({ state: 'failed', providerStatus: 'Invalid' });
    shop.deps.clock.advance(minute);
    await pollPayments(shop.deps, { limit: 10 });
    shop.provider.shows({});
    const orderId = asOrderId(order.id);
    await createPaymentLink(shop.deps, { orderId, provider: 'auto', actor: adminActor(bob), by: 'Bob' });
    await shop.deliver();
    expect(textOf(shop, card)).toContain('Pay at https://pay.example.org/i/paper-2');
    expect(textOf(shop, card)).not.toContain('paper-1');
  });

  test('a message that went back to the list is not overwritten by the order it showed before', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, '‹ Orders');
    shop.provider.shows(paid);
    shop.deps.clock.advance(minute);
    await pollPayments(shop.deps, { limit: 10 });
    await shop.deliver();
    expect(textOf(shop, card)).toMatch(/^Orders\n/);
  });

  test('check again asks the provider, tells what came of it and draws the card anew', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    expect(await tap(shop, card, 'Check again')).toBe('Checked: nothing new at the provider.');
    shop.deps.clock.advance(minute);
    shop.provider.shows(paid);
    expect(await tap(shop, card, 'Check again')).toBe('Checked: 1 payment changed.');
    expect(textOf(shop, card)).toContain('paid');
    expect(await auditOf(shop)).toEqual([`${ann} order.check`, `${ann} order.check`]);
  });

  test('a provider that does not answer is named with its own words', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    shop.provider.goesAway();
    expect(await tap(shop, card, 'Check again')).toContain('4200');
  });

  test('cancelling asks first; a double tap on yes acts once', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Cancel order');
    expect(textOf(shop, card)).toContain('Cancel this order?');
    expect(await auditOf(shop)).toEqual([]);
    const current = chat(shop).find(({ messageId }) => messageId === card.messageId);
    const data = current?.keyboard.flat()[0]?.callback_data ?? '';
    const yes = { userId: ann, bot: 'till_bot', messageId: card.messageId, data };
    const [first, second] = await Promise.all([
      shop.telegram.tapButton(yes),
      shop.telegram.tapButton({ ...yes, forged: true }),
    ]);
    expect([first.text, second.text]).toEqual(['Cancelled.', 'This button is out of date.']);
    expect(textOf(shop, card)).toContain('cancelled');
    expect(await auditOf(shop)).toEqual([`${ann} order.cancel`]);
  });

  test('only the one who asked may confirm, and only for two minutes', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Cancel order');
    const current = chat(shop).find(({ messageId }) => messageId === card.messageId);
    const data = current?.keyboard.flat()[0]?.callback_data ?? '';
    const bobs = await say(shop, '/help', bob);
    const forged = { userId: bob, bot: 'till_bot', messageId: bobs.messageId, data, forged: true };
    expect((await shop.telegram.tapButton(forged)).text).toBe('This button is out of date.');
    shop.deps.clock.advance(2 * minute + 1);
    expect(await tap(shop, card, 'Yes, cancel it')).toBe('This button is out of date.');
    expect(await auditOf(shop)).toEqual([]);
  });

  test('no means no: the card comes back and nothing happened', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Cancel order');
    await tap(shop, card, 'No, go back');
    expect(textOf(shop, card)).toContain('awaiting payment');
    expect(await auditOf(shop)).toEqual([]);
  });

  test('a paid order is marked as delivered in two steps, and an old button of it then does nothing', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    shop.provider.shows(paid);
    shop.deps.clock.advance(minute);
    await pollPayments(shop.deps, { limit: 10 });
    const card = await say(shop, `/order ${order.number}`);
    const old = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Mark delivered');
    expect(await tap(shop, card, 'Yes, delivered')).toBe('Marked as delivered.');
    expect(textOf(shop, card)).toContain('fulfilled');
    expect(await tap(shop, old, 'Mark delivered')).toBe('This button is out of date.');
    expect(await auditOf(shop)).toEqual([`${ann} order.fulfil`]);
  });

  test('find by e-mail opens the only match', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    expect((await say(shop, '/find ANN@example.org')).text).toContain(`${order.number} · awaiting payment`);
    expect((await say(shop, '/find <b>nobody</b>')).text).toBe('Nothing found for “<b>nobody</b>”.');
  });
});
