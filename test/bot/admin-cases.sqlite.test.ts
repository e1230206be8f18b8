import { describe, expect, test } from 'vitest';
import { type Case, needsDecision } from '#cases/case.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId } from '#kernel/ids.ts';
import type { PaymentSnapshot } from '#payments/model/snapshot.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { auditOf, buttonsOf, chat, openChat, say, tap, textOf } from './support/chat.ts';
import { ann, type BotShop, bob, group } from './support/shop.ts';

const short: Partial<PaymentSnapshot> = {
  state: 'expired',
  providerStatus: 'Expired / PaidPartial',
  settlement: { expected: '49.00', received: '24.50', asset: 'USD' },
};

async function shortOrder(shop: BotShop): Promise<{ id: string; number: string; exception: Case }> {
  const order = await shop.order();
  shop.provider.shows(short);
  shop.deps.clock.advance(minute);
  await pollPayments(shop.deps, { limit: 10 });
  const [exception] = await openOf(shop, order);
  if (exception === undefined) throw new Error('no exception');
  return { ...order, exception };
}

const openOf = (shop: BotShop, order: { id: string }): Promise<Case[]> =>
  shop.deps.database
    .read((stores) => stores.cases.listLiveCasesForOrder(asOrderId(order.id)))
    .then((cases) => cases.filter(needsDecision));

async function openCard(shop: BotShop, number: string, userId = ann) {
  const card = await say(shop, `/order ${number}`, userId);
  await tap(shop, card, 'Resolve: Underpaid', userId);
  return card;
}

describe('/exceptions', () => {
  test('sends no picture where there is nothing to show', async () => {
    await using shop = await openChat();
    const list = await say(shop, '/exceptions');
    expect(list.text).toContain('Nothing waits for a decision.');
    expect(list.photo).toBeUndefined();
  });

  test('shows a picture and below it the list, and cards in the place of the list', async () => {
    await using shop = await openChat();
    const { number } = await shortOrder(shop);
    const picture = await say(shop, '/exceptions');
    expect(picture).toMatchObject({ photo: { width: 1280 }, silent: true });
    const list = await shop.telegram.awaitMessage(({ text }) => text.startsWith('Exceptions'));
    await tap(shop, list, '1');
    expect(textOf(shop, list)).toContain(number);
    await tap(shop, list, '‹ Exceptions');
    expect(textOf(shop, list)).toContain('1 open');
    expect(chat(shop).filter(({ from }) => from.isBot)).toHaveLength(2);
  });

  test('has a picture that says so when everything is settled by the time it is drawn anew', async () => {
    await using shop = await openChat();
    const { number } = await shortOrder(shop);
    const picture = await say(shop, '/exceptions');
    await shop.telegram.awaitMessage(({ text }) => text.startsWith('Exceptions'));
    const card = await openCard(shop, number);
    await tap(shop, card, 'Accept as paid');
    await tap(shop, card, 'Agreed with the customer');
    expect(await tap(shop, picture, 'Redraw')).toBe('Nothing waits for a decision.');
  });
});

describe('a decision in the chat', () => {
  test('that was made by somebody else meanwhile is told, and the card shows it', async () => {
    await using shop = await openChat();
    const { number } = await shortOrder(shop);
    const mine = await openCard(shop, number);
    const theirs = await openCard(shop, number, bob);
    await tap(shop, mine, 'Accept as paid');
    await tap(shop, theirs, 'Accept as paid', bob);
    expect(await tap(shop, theirs, 'The difference is small', bob)).toBe('Accepted as paid.');
    expect(await tap(shop, mine, 'Agreed with the customer')).toBe('It is over already: Bob.');
    expect(textOf(shop, mine)).toContain('Bob accepted as paid');
    expect(await auditOf(shop)).toEqual([`${bob} case.accept`]);
  });

  test('by a button that no longer fits does nothing, says so, and shows what fits', async () => {
    await using shop = await openChat();
    const { number, exception } = await shortOrder(shop);
    const card = await openCard(shop, number);
    const data = card.keyboard.flat()[0]?.callback_data ?? '';
    const current = chat(shop).find(({ messageId }) => messageId === card.messageId);
    const accept = current?.keyboard.flat().find(({ text }) => text === 'Accept as paid')?.callback_data ?? data;
    await tap(shop, card, 'Accept as paid');
    await tap(shop, card, 'Agreed with the customer');
    const stale = { userId: ann, bot: 'till_bot', messageId: card.messageId, data: accept, forged: true } as const;
    expect((await shop.telegram.tapButton(stale)).text).toBe('This button is out of date.');
    expect(textOf(shop, card)).toContain('Ann accepted as paid');
    expect(exception.status).toBe('open');
  });

  test('that is gone back from has changed nothing', async () => {
    await using shop = await openChat();
    const { number, id } = await shortOrder(shop);
    const card = await openCard(shop, number);
    await tap(shop, card, 'Accept as paid');
    await tap(shop, card, 'No, go back');
    expect(buttonsOf(shop, card)).toContain('Accept as paid');
    expect(await openOf(shop, { id })).toHaveLength(1);
  });

  test('waits for the written reason of whoever began it, and of nobody else', async () => {
    await using shop = await openChat();
    const { number, id } = await shortOrder(shop);
    const card = await say(shop, `/order ${number}`);
    await tap(shop, card, 'Mark paid');
    expect((await say(shop, 'Seen on the statement', bob)).text).toContain('I know commands only');
    const confirm = await say(shop, 'Seen on the statement');
    expect(confirm.text).toContain('Reason: Seen on the statement');
    expect(await tap(shop, confirm, 'Yes, it is paid')).toBe('Marked as paid.');
    expect(await openOf(shop, { id })).toEqual([]);
    expect(await auditOf(shop)).toEqual([`${ann} order.mark_paid`]);
  });
});

describe('a question to the provider', () => {
  test('is asked once in a while, from the exception as from the alert', async () => {
    await using shop = await openChat();
    const { number, exception } = await shortOrder(shop);
    await shop.deps.database.transaction((stores) => stores.cases.changeCase(exception, { kind: 'payment_reversed' }));
    const card = await say(shop, `/order ${number}`);
    await tap(shop, card, 'Resolve: Reversed');
    expect(await tap(shop, card, 'Check again')).toBe('Checked: nothing new at the provider.');
    expect(await tap(shop, card, 'Check again')).toBe('Checked a moment ago.');
  });
});

describe('a link to an exception', () => {
  test('that is not known says so', async () => {
    await using shop = await openChat();
    expect((await say(shop, '/start ex-AZL1oHw-eryN7wEjRWeJqw')).text).toContain('not known any more');
  });

  test('is all that the alert group gets: nothing is decided there', async () => {
    await using shop = await openChat({ alertChatId: group, sharesToken: true });
    const { number } = await shortOrder(shop);
    await shop.deliver();
    const inGroup = () => shop.telegram.messages({ bot: 'till_bot', chatId: group });
    const alert = inGroup().find(({ text }) => text.includes('Payment underpaid'));
    const data = alert?.keyboard.flat().find(({ text }) => text === 'Resolve…')?.callback_data ?? '';
    const pressed = { userId: ann, bot: 'till_bot', chatId: group, messageId: alert?.messageId ?? 0, data };
    await shop.telegram.tapButton(pressed);
    const plain = inGroup().at(-1);
    expect(plain?.text).toContain(number);
    expect(plain?.keyboard.flat().map(({ text, url }) => [text, url !== undefined])).toEqual([
      ['Resolve in the command bot', true],
    ]);
  });
});
