// Questions that wait: of several about one sum of money one is alive, an answered one asks no more, and a wrong answer
// leaves the dialogue waiting.
import { describe, expect, test } from 'vitest';
import { saveProduct } from '#catalog/save-product.ts';
import { systemActor } from '#kernel/actor.ts';
import { minute } from '#kernel/clock.ts';
import { asOrderId, asPaymentId, asProviderReference } from '#kernel/ids.ts';
import type { Refund } from '#payments/model/refund.ts';
import { pollPayments } from '#payments/sync/poll-payments.ts';
import { buttonsOf, openChat, paid, say, tap, textOf } from './support/chat.ts';
import { type BotShop, bob } from './support/shop.ts';

async function paidOrder(shop: BotShop, shows = paid): Promise<{ id: string; number: string }> {
  const order = await shop.order();
  shop.provider.shows(shows);
  shop.deps.clock.advance(minute);
  await pollPayments(shop.deps, { limit: 10 });
  return order;
}

const refundsOf = (shop: BotShop, order: { id: string }): Promise<Refund[]> =>
  shop.deps.database.read((stores) => stores.refunds.listRefundsForOrder(asOrderId(order.id)));

const replaced = 'There is a newer question about the same money: nothing was done here.';
const because = 'The customer asked for it';

describe('of two questions about a refund of one order', () => {
  test('the newer one is alive, and the older one says so and asks no more', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const older = await say(shop, `/refund ${order.number} 10.00`);
    shop.deps.clock.advance(1);
    const newer = await say(shop, `/refund ${order.number} 10.00`);
    expect(await tap(shop, older, because)).toBe(replaced);
    expect(buttonsOf(shop, older)).toEqual([`‹ Back`]);
    expect(textOf(shop, older)).toContain(replaced);
    expect(await refundsOf(shop, order)).toEqual([]);
    expect(await tap(shop, newer, because)).toBe('Refund of 10.00 USD asked for.');
    expect(await refundsOf(shop, order)).toHaveLength(1);
  });

  test('the one that was answered has paid, and the other one says so', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const older = await say(shop, `/refund ${order.number} 10.00`);
    shop.deps.clock.advance(1);
    const newer = await say(shop, `/refund ${order.number} 20.00`);
    await tap(shop, newer, because);
    expect(await tap(shop, older, because)).toBe(replaced);
    expect((await refundsOf(shop, order)).map(({ amountMinor }) => amountMinor)).toEqual([2000]);
  });

  test('also where two people ask, and where one of them writes the reason', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const ours = await say(shop, `/refund ${order.number} 10.00`);
    shop.deps.clock.advance(1);
    const theirs = await say(shop, `/refund ${order.number} 10.00`, bob);
    shop.deps.clock.advance(1);
    await tap(shop, ours, 'Write a reason');
    const confirm = await say(shop, 'She paid twice');
    expect(await tap(shop, theirs, because, bob)).toBe(replaced);
    await tap(shop, confirm, 'Yes, refund 10.00 USD');
    expect(await refundsOf(shop, order)).toHaveLength(1);
  });

  test('also where an exception asks for one of them', async () => {
    await using shop = await openChat();
    const twice = { ...paid, settlement: { expected: '49.00', received: '98.00', asset: 'USD' } };
    const order = await paidOrder(shop, twice);
    const command = await say(shop, `/refund ${order.number} 49.00`);
    shop.deps.clock.advance(1);
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Resolve: Twice on one link');
    await tap(shop, card, 'Refund the surplus');
    expect(await tap(shop, command, because)).toBe(replaced);
    expect(await tap(shop, card, because)).toContain('49.00 USD asked for');
    expect(await refundsOf(shop, order)).toHaveLength(1);
  });

  test('questions about two orders do not meet', async () => {
    await using shop = await openChat();
    const [one, other] = [await paidOrder(shop), await paidOrder(shop)];
    const first = await say(shop, `/refund ${one.number} 10.00`);
    shop.deps.clock.advance(1);
    const second = await say(shop, `/refund ${other.number} 10.00`);
    for (const question of [first, second]) expect(await tap(shop, question, because)).toContain('asked for');
  });
});

test('a refund of an order with money on two payments asks which of them', async () => {
  await using shop = await openChat();
  const order = await paidOrder(shop);
  await shop.deps.database.transaction(async (stores) => {
    const [first] = await stores.payments.listPaymentsForOrder(asOrderId(order.id));
    if (first === undefined) throw new Error('no payment');
    const id = asPaymentId('01900000-0000-7000-8000-00000000000a');
    await stores.payments.insertPayment({ ...first, id, reference: asProviderReference('second') });
  });
  const question = await say(shop, `/refund ${order.number}`);
  expect(question.text).toContain('Which payment goes back?');
  expect(await refundsOf(shop, order)).toEqual([]);
});

describe('the question about an order that is marked as paid', () => {
  test('warns that no provider says so', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Mark paid');
    expect(textOf(shop, card)).toContain('No provider says that the money is there');
  });

  test('does not where the provider does: a late payment is there', async () => {
    await using shop = await openChat();
    const late = { ...paid, state: 'expired', providerStatus: 'Expired / PaidLate', isLate: true } as const;
    const order = await paidOrder(shop, late);
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Mark paid');
    expect(textOf(shop, card)).toContain('BTCPay has the money: Expired / PaidLate.');
    expect(textOf(shop, card)).not.toContain('No provider');
  });

  test('warns that the provider has the money and does not confirm it', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop, { ...paid, state: 'invalid', providerStatus: 'Invalid' });
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Mark paid');
    expect(textOf(shop, card)).toContain('⚠️ BTCPay has the money and does not confirm it: Invalid.');
    expect(textOf(shop, card)).not.toContain('No provider');
  });
});

describe('a question that was answered', () => {
  test('asks no more once the reason is written', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const question = await say(shop, `/refund ${order.number}`);
    await tap(shop, question, 'Write a reason');
    expect(textOf(shop, question)).toContain('Write the reason as your next message');
    await say(shop, 'She paid twice');
    expect(textOf(shop, question)).not.toContain('Write the reason');
    expect(textOf(shop, question)).toContain('Answered below');
    expect(buttonsOf(shop, question)).toEqual(['‹ Back']);
  });

  test('asks no more where only a written reason will do', async () => {
    await using shop = await openChat();
    const order = await shop.order();
    const card = await say(shop, `/order ${order.number}`);
    await tap(shop, card, 'Mark paid');
    await say(shop, 'She paid in cash');
    expect(textOf(shop, card)).toContain('Answered below');
  });

  test('asks no more once a value is written', async () => {
    await using shop = await openChat();
    const settings = await say(shop, '/settings');
    await tap(shop, settings, 'Another currency');
    await say(shop, '300 EUR');
    expect(textOf(shop, settings)).toContain('Answered below');
    expect(buttonsOf(shop, settings)).toEqual(['‹ Back']);
  });
});

describe('a wrong answer says what is right, and the dialogue waits on', () => {
  test('for a limit', async () => {
    await using shop = await openChat();
    const settings = await say(shop, '/settings');
    await tap(shop, settings, 'Another currency');
    for (const wrong of ['a lot', '300', '-5 EUR', '1.234 EUR', '300 EURO']) {
      const { text } = await say(shop, wrong);
      expect(text).toContain('250.00 EUR');
      expect(text).toContain('I am still waiting for it');
      expect(textOf(shop, settings)).toContain('Write the new limit as your next message');
    }
    expect((await say(shop, '300 EUR')).text).toContain('300.00 EUR');
  });

  test('for a reason that is too long or shows nothing', async () => {
    await using shop = await openChat();
    const order = await paidOrder(shop);
    const question = await say(shop, `/refund ${order.number}`);
    await tap(shop, question, 'Write a reason');
    expect((await say(shop, 'x'.repeat(301))).text).toContain('at most 300 characters');
    expect((await say(shop, '\u3164')).text).toContain('A reason is needed');
    expect((await say(shop, 'She paid twice')).text).toContain('Reason: She paid twice');
  });

  test('for a secret key, which goes from the chat all the same', async () => {
    await using shop = await openChat();
    const draft = { sku: 'ebook', name: 'E-book', amountMinor: 4900, currency: 'USD' };
    const sold = { ...draft, channel: 'payhip', channelKey: 'K1' } as const;
    await saveProduct(shop.deps, { draft: sold, expectedVersion: null, actor: systemActor });
    const card = await say(shop, '/products ebook');
    await tap(shop, card, 'Set license secret');
    const wrong = await say(shop, 'two words');
    expect(wrong.text).toContain('one word');
    expect(wrong.text).toContain('I am still waiting for it');
    expect((await say(shop, 'psk_right')).text).toContain('ebook');
  });

  test('until its time is over, and a command goes before it', async () => {
    await using shop = await openChat();
    const settings = await say(shop, '/settings');
    await tap(shop, settings, 'Another currency');
    await say(shop, 'a lot');
    expect((await say(shop, '/health')).text).not.toContain('waiting');
    expect((await say(shop, '300 EUR')).text).toContain('300.00 EUR');
    await tap(shop, await say(shop, '/settings'), 'Another currency');
    await say(shop, 'a lot');
    shop.deps.clock.advance(11 * minute);
    expect((await say(shop, '300 EUR')).text).toContain('I know commands only');
  });
});
