import { describe, expect, test } from 'vitest';
import { minute } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import type { Refund } from '#payments/model/refund.ts';
import { createRefundHandler } from '#payments/refunds/send-refund.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { auditOf, buttonsOf, chat, openChat, paid, say, tap, textOf } from './support/chat.ts';
import { ann, type BotShop, bob } from './support/shop.ts';

async function paidOrder(shop: BotShop): Promise<{ id: string; number: string }> {
  const order = await shop.order();
  shop.provider.shows(paid);
  shop.deps.clock.advance(minute);
  await pollPayments(shop.deps, { limit: 10 });
  return order;
}

const refundsOf = (shop: BotShop, order: { id: string }): Promise<Refund[]> =>
  shop.deps.database.read((stores) => stores.refunds.listRefundsForOrder(asOrderId(order.id)));

/** What the outbox owes to the provider. */
async function send(shop: BotShop): Promise<void> {
  const now = shop.deps.clock.now();
  const messages = await shop.deps.database.transaction(({ outbox }) =>
    outbox.claimDue({ lane: 'provider', now, lockedUntil: now, lockedBy: 'test', limit: 9, suspectedPoison: false }),
  );
  for (const message of messages) {
    if (message.topic === 'refund.send')
      await createRefundHandler(shop.deps).deliver(message, new AbortController().signal);
  }
}

describe('/refund', () => {
  test('asks why before anything happens; a tap on a reason asks the provider, and the card shows it', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const question = await say(shop, `/refund ${order.number} 10.00`);
    expect(question.text).toContain(`${order.number} · 10.00 USD · BTCPay`);
    expect(question.text).toContain('39.00 USD stays');
    expect(await refundsOf(shop, order)).toEqual([]);
    expect(await tap(shop, question, 'The customer asked for it')).toBe('Refund of 10.00 USD asked for.');
    expect(textOf(shop, question)).toContain('Refund 10.00 USD requested');
    expect(await refundsOf(shop, order)).toMatchObject([
      { amountMinor: 1000, reason: 'The customer asked for it', requestedById: String(ann) },
    ]);
    expect(await auditOf(shop)).toContain(`${ann} refund.request`);
    await send(shop);
    await shop.deliver();
    expect(textOf(shop, question)).toContain('Refund 10.00 USD pending');
  });

  test('takes a reason that is written, and asks once more with it', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const question = await say(shop, `/refund ${order.number}`);
    await tap(shop, question, 'Write a reason');
    expect(textOf(shop, question)).toContain('Write the reason as your next message');
    const confirm = await say(shop, 'She paid twice,\nonce by hand');
    expect(confirm.text).toContain('Reason: She paid twice, once by hand');
    expect(await refundsOf(shop, order)).toEqual([]);
    await tap(shop, confirm, 'Yes, refund 49.00 USD');
    expect(await refundsOf(shop, order)).toMatchObject([{ reason: 'She paid twice, once by hand' }]);
  });

  test('forgets nothing when the bot is started anew while somebody writes the reason', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const question = await say(shop, `/refund ${order.number}`);
    await tap(shop, question, 'Write a reason');
    const waiting = await shop.deps.database.read((stores) =>
      stores.pendingActions.findAwaitingText({ adminId: ann, now: shop.deps.clock.now() }),
    );
    expect(waiting).toMatchObject({ action: 'refund.request', adminId: ann });
  });

  test('is carried out once by a double tap, and not at all by another admin or too late', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const question = await say(shop, `/refund ${order.number} 10.00`);
    const data = question.keyboard.flat()[0]?.callback_data ?? '';
    const press = (userId: number) =>
      shop.telegram.tapButton({ userId, bot: 'till_bot', messageId: question.messageId, data });
    await Promise.all([press(ann), press(ann)]);
    expect(await refundsOf(shop, order)).toHaveLength(1);
    const second = await say(shop, `/refund ${order.number} 5.00`);
    const foreign = await shop.telegram.tapButton({
      userId: ann,
      bot: 'till_bot',
      messageId: second.messageId,
      forged: true,
      data: (await say(shop, `/refund ${order.number} 6.00`, bob)).keyboard.flat()[0]?.callback_data ?? '',
    });
    expect(foreign.text).toContain('out of date');
    shop.deps.clock.advance(11 * minute);
    expect(await tap(shop, second, 'We cannot deliver')).toContain('out of date');
    expect(await refundsOf(shop, order)).toHaveLength(1);
  });

  test('lets another message through once the reason was given, or was waited for too long', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const question = await say(shop, `/refund ${order.number}`);
    await tap(shop, question, 'Write a reason');
    shop.deps.clock.advance(11 * minute);
    expect((await say(shop, 'too late')).text).toContain('I know commands only');
  });

  test.each([
    ['/refund', 'For example /refund'],
    ['/refund nothing', 'For example /refund'],
    ['/refund 9999', 'There is no order 9999'],
    ['/refund NUMBER ten', 'is not an amount'],
    ['/refund NUMBER 49.01', 'At most 49.00 USD can be refunded'],
    ['/refund NUMBER 0', 'more than nothing'],
  ])('%s is answered with what is wrong', async (words, answer) => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const message = await say(shop, words.replace('NUMBER', order.number));
    expect(message.text).toContain(answer);
    expect(message.keyboard).toEqual([]);
  });

  test('of an order without money says that there is none', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    expect((await say(shop, `/refund ${order.number}`)).text).toContain('no money is there');
  });
});

describe('the order card', () => {
  test('offers the refund while money is there, and goes back to itself', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Refund');
    expect(textOf(shop, card)).toContain('Nothing of the payment stays');
    await tap(shop, card, 'No, go back');
    expect(textOf(shop, card)).toContain('paid');
    await tap(shop, card, 'Refund');
    await tap(shop, card, 'Bought by mistake or twice');
    expect(buttonsOf(shop, card)).not.toContain('Refund');
    expect(chat(shop).filter(({ text }) => text.includes('Refund 49.00 USD requested'))).toHaveLength(1);
  });
});
