// Whoever has seen one webhook of a channel can forge any other: what an event says of itself proves nothing.
import { describe, expect, test } from 'vitest';
import { saveProduct } from '#catalog/save-product.ts';
import { day, minute } from '#kernel/clock.ts';
import { asProviderReference } from '#kernel/ids.ts';
import { ProviderUnreachable } from '#payments/ports/provider-errors.ts';
import type { ChannelOrder, Coupon } from '#payments/ports/sales-channel.ts';
import { openTestDatabase } from '#test/support/database/test-database.ts';
import { aCoupon, aSale, aSaleItem } from '#test/support/fakes/sales-channel.ts';
import { admin, type ChannelKit, openChannelKit } from '#test/support/scenario-kits/channel-kit.ts';

/** A product of 5,000.00 USD, which one order of is above the review threshold of 100.00 USD. */
async function addStudio({ deps }: ChannelKit): Promise<void> {
  const draft = { sku: 'STUDIO', name: 'Studio', amountMinor: 500_000, currency: 'USD' } as const;
  await saveProduct(deps, {
    draft: { ...draft, channel: 'payhip', channelKey: 'StUd' },
    expectedVersion: null,
    actor: admin,
  });
}

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const coupon = (percent: string | null, amountMinor: number | null = null) => [
  { code: 'ALLFREE', percent, amountMinor },
];
const studio = [aSaleItem({ productKey: 'StUd', name: 'Studio', hasCoupon: true })];

async function outcomeOf(
  shop: ChannelKit,
  { order, coupons = [] }: { order: Partial<ChannelOrder>; coupons?: Coupon[] },
): Promise<{ outcome: unknown; attention: string | null }> {
  await shop.addGuide();
  await addStudio(shop);
  shop.channel.coupons = coupons;
  const result = await shop.sell(order);
  const { order: after } = await shop.orderOf();
  return { outcome: 'outcome' in result ? result.outcome : result, attention: after.attention };
}

describe('the review threshold weighs what the goods are worth in the catalogue', () => {
  const all = [aCoupon({ code: 'allfree', percent: '100' })];
  test.each<[what: string, order: Partial<ChannelOrder>, coupons: Coupon[]]>([
    ['sold for nothing', { price: usd(0), items: studio, coupons: coupon('100') }, all],
    ['sold for a hundredth', { price: usd(5_000), items: studio, coupons: coupon('99') }, [aCoupon({ percent: '99' })]],
    ['by a hundred pieces', { price: usd(0), items: [aSaleItem({ quantity: 100 })], coupons: coupon('100') }, all],
    [
      'by more pieces than can be counted',
      { price: usd(0), items: [aSaleItem({ quantity: 999_999_999_999 })], coupons: coupon('100') },
      all,
    ],
  ])('also of goods %s with a coupon that exists', async (_what, order, coupons) => {
    await using opened = await openTestDatabase();
    const { outcome, attention } = await outcomeOf(openChannelKit(opened), { order, coupons });
    expect(outcome).toBe('held');
    expect(attention).toContain('USD by the catalogue, above the review threshold of 100.00 USD');
  });
});

describe('a coupon counts as the channel’s own list has it', () => {
  const free = { price: usd(0), items: [aSaleItem({ hasCoupon: true })], coupons: coupon('100') };

  test('and one that the list does not have holds the order', async () => {
    await using opened = await openTestDatabase();
    const { outcome, attention } = await outcomeOf(openChannelKit(opened), { order: free });
    expect(outcome).toBe('held');
    expect(attention).toContain('The coupon “ALLFREE” is not in Payhip’s list');
  });

  test.each<[what: string, theirs: Partial<Coupon>, why: string]>([
    ['takes off less', { percent: '10' }, 'With the coupon it would be 8.10 USD.'],
    ['takes off an amount', { percent: null, amountMinor: 100 }, 'With the coupon it would be 8.00 USD.'],
    ['is for another product', { percent: '100', productKey: 'StUd' }, 'The coupon “ALLFREE” is for another product.'],
    ['is over', { percent: '100', endsAt: aSale().soldAt }, 'The coupon “ALLFREE” is over.'],
  ])('and not as the event has it: it %s', async (_what, theirs, why) => {
    await using opened = await openTestDatabase();
    const { outcome, attention } = await outcomeOf(openChannelKit(opened), {
      order: free,
      coupons: [aCoupon(theirs)],
    });
    expect(outcome).toBe('held');
    expect(attention).toContain(why);
  });

  test('and one that it has makes the order count, whatever the event says of its terms', async () => {
    await using opened = await openTestDatabase();
    const order = { ...free, price: usd(720), coupons: coupon(null, null) };
    const coupons = [aCoupon({ code: 'AllFree', percent: '20' })];
    expect(await outcomeOf(openChannelKit(opened), { order, coupons })).toEqual({ outcome: 'paid', attention: null });
  });

  test('and while the list is not shown it is asked for again, and at last the order is held', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    const failure = { provider: 'payhip', operation: 'list_coupons', code: null, httpStatus: 503 } as const;
    shop.channel.coupons = new ProviderUnreachable({ ...failure, message: 'list_coupons: no answer' });
    const sold = { kind: 'sold', channelOrder: aSale(free) } as const;
    expect(await shop.hear(sold, { startedAttempts: 3 })).toMatchObject({ kind: 'retry' });
    expect(await shop.hear(sold, { startedAttempts: 4 })).toMatchObject({ outcome: 'held' });
    expect((await shop.orderOf()).order.attention).toContain('“ALLFREE” could not be checked: no answer');
  });
});

test('one license key proves one item, also within one order', async () => {
  await using opened = await openTestDatabase();
  const shop = openChannelKit(opened);
  await shop.addGuide({ secret: 's' });
  const known = { kind: 'known', isEnabled: true, email: 'ann@example.org', productKey: 'RGsF' } as const;
  shop.channel.licenses.push(known, known);
  const item = aSaleItem({ licenseKey: 'KEY-1' });
  expect(await shop.sell({ price: usd(1_800), items: [item, item] })).toMatchObject({ outcome: 'held' });
  expect((await shop.orderOf()).order.attention).toContain('the license key stands in the order twice');
});

describe('what counts without review is bounded', () => {
  async function sellMany(shop: ChannelKit, count: number, from = 0): Promise<unknown[]> {
    const outcomes: unknown[] = [];
    for (let index = from; index < from + count; index += 1) {
      const soldAt = shop.deps.clock.now();
      const result = await shop.sell({ reference: asProviderReference(`cheap-${index}`), soldAt });
      outcomes.push('outcome' in result ? result.outcome : result.kind);
    }
    return outcomes;
  }

  test('to ten times the review threshold within a day; the rest is held, with one case', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    const outcomes = await sellMany(shop, 151);
    // 111 orders of 9.00 USD are 999.00 USD.
    expect(outcomes.filter((outcome) => outcome === 'paid')).toHaveLength(111);
    expect(outcomes.slice(111).every((outcome) => outcome === 'held')).toBe(true);
    const { order } = await shop.orderOf('cheap-150');
    expect(order.attention).toContain('999.00 USD counted without review within a day');
    const ringing = await shop.ringingCases();
    expect(ringing.map(({ kind, key }) => [kind, key])).toEqual([
      ['channel_orders_held', 'channel_orders_held:payhip:limit'],
    ]);
    expect(ringing[0]).toMatchObject({ occurrences: 40, severity: 'critical' });
  });

  test('and what comes to exactly that still counts', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    Object.assign(shop.deps, { unreviewedTimes: 0.18 });
    await shop.addGuide();
    // Two orders of 9.00 USD are 0.18 of 100.00 USD.
    expect(await sellMany(shop, 3)).toEqual(['paid', 'paid', 'held']);
  });

  test('by what the goods are worth, not by what the event says that was paid', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    shop.channel.coupons = [aCoupon({ code: 'ALLFREE', percent: '100' })];
    const outcomes: unknown[] = [];
    for (let index = 0; index < 13; index += 1) {
      const items = [aSaleItem({ hasCoupon: true, quantity: 9 })];
      const reference = asProviderReference(`free-${index}`);
      outcomes.push(await shop.sell({ reference, price: usd(0), items, coupons: coupon('100') }));
    }
    expect(outcomes.filter((one) => (one as { outcome: string }).outcome === 'held')).toHaveLength(1);
  });

  test('for each day anew, and what an admin has accepted does not count', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    await sellMany(shop, 111);
    expect(await sellMany(shop, 1, 111)).toEqual(['held']);
    shop.deps.clock.advance(day - minute);
    expect(await sellMany(shop, 1, 112)).toEqual(['held']);
    shop.deps.clock.advance(2 * minute);
    expect(await sellMany(shop, 2, 113)).toEqual(['paid', 'paid']);
  });
});

describe('a refund that does not fit its order is held', () => {
  const held = 'refund_held:payhip:sale-1';
  test.each<[what: string, order: Partial<ChannelOrder>, returnedMinor: number, why: string]>([
    ['in another currency', { price: { amountMinor: 900, currency: 'JPY' } }, 900, 'in JPY, and the order in USD'],
    ['of an order of another price', { price: usd(90_000) }, 900, '900.00 USD, and the order is of 9.00 USD'],
    ['of more than was paid', {}, 901, '9.01 USD of 9.00 USD'],
  ])('when it is %s', async (_what, order, returnedMinor, why) => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    await shop.sell();
    expect(await shop.giveBack(returnedMinor, order)).toEqual({ kind: 'done', outcome: 'held' });
    const { order: after, refunds } = await shop.orderOf();
    expect([after.status, refunds]).toEqual(['paid', []]);
    const one = await shop.deps.database.read((stores) => stores.cases.findLiveCase(held));
    expect(one).toMatchObject({ kind: 'refund_held', rings: true, orderId: after.id });
    expect(one?.facts.why).toContain(why);
  });

  test('also when it was reported before its order, and one that fits is recorded all the same', async () => {
    await using opened = await openTestDatabase();
    const shop = openChannelKit(opened);
    await shop.addGuide();
    await shop.giveBack(800, { price: { amountMinor: 900, currency: 'JPY' } });
    await shop.giveBack(300);
    await shop.sell();
    const { order, refunds } = await shop.orderOf();
    expect([order.status, refunds.map(({ amountMinor }) => amountMinor)]).toEqual(['partially_refunded', [300]]);
    expect(await shop.giveBack(400)).toEqual({ kind: 'done', outcome: 'booked' });
  });
});
