import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Product } from '#catalog/product.ts';
import { asProviderReference } from '#kernel/ids.ts';
import {
  type ChannelOrderChecks,
  checkChannelOrder,
  type LicenseCheck,
} from '#payments/channels/check-channel-order.ts';
import type { ChannelOrder, ChannelOrderItem } from '#payments/ports/sales-channel.ts';
import { aCoupon } from '#test/support/fakes/sales-channel.ts';

const guide: Product = {
  id: 'p1',
  sku: 'GUIDE',
  name: 'Field Guide',
  amountMinor: 900,
  currency: 'USD',
  version: 1,
  channel: 'payhip',
  channelKey: 'RGsF',
  hasLicenseSecret: false,
  createdAt: 0,
  updatedAt: 0,
};
const fonts: Product = { ...guide, id: 'p2', sku: 'FONTS', name: 'Fonts', amountMinor: 4_999, channelKey: 'FoNt' };

function anItem(change: Partial<ChannelOrderItem> = {}): ChannelOrderItem {
  return {
    productKey: 'RGsF',
    name: 'Field Guide',
    quantity: 1,
    licenseKey: null,
    hasCoupon: false,
    hasOpenDiscount: false,
    ...change,
  };
}

function aSale(
  change: Partial<Omit<ChannelOrder, 'price'>> & { minor?: number; currency?: string } = {},
): ChannelOrder {
  const { minor = 900, currency = 'USD', ...rest } = change;
  return {
    reference: asProviderReference('sale-1'),
    price: { amountMinor: minor, currency },
    vatMinor: 0,
    customerEmail: 'buyer@example.com',
    items: [anItem()],
    coupons: [],
    feeMinor: null,
    paymentType: 'card',
    soldAt: 0,
    ...rest,
  };
}

function doubts(channelOrder: ChannelOrder, more: Partial<ChannelOrderChecks> = {}): string[] {
  return checkChannelOrder({
    provider: 'payhip',
    channelOrder,
    products: [guide, fonts],
    limits: { USD: 100_000, EUR: 100_000 },
    licenses: [],
    // As the channel's own list has them.
    coupons: channelOrder.coupons.map((named) => ({ kind: 'known', coupon: aCoupon(named) })),
    ...more,
  });
}

const percent = (share: string) => [{ code: 'C', percent: share, amountMinor: null }];
const amount = (minor: number) => [{ code: 'C', percent: null, amountMinor: minor }];

describe('a channel order counts at once', () => {
  test.each<[what: string, channelOrder: ChannelOrder]>([
    ['at the price of the catalogue', aSale()],
    ['three of one', aSale({ minor: 2_700, items: [anItem({ quantity: 3 })] })],
    ['of two products', aSale({ minor: 5_899, items: [anItem(), anItem({ productKey: 'FoNt' })] })],
    ['with a share off', aSale({ minor: 720, coupons: percent('20') })],
    ['with a share off that ends between two cents, rounded down', aSale({ minor: 603, coupons: percent('33') })],
    ['with a share off that ends between two cents, rounded up', aSale({ minor: 604, coupons: percent('32.9') })],
    ['with all of it off', aSale({ minor: 0, coupons: percent('100') })],
    ['with an amount off', aSale({ minor: 400, coupons: amount(500) })],
    [
      'with a coupon for one of two products',
      aSale({
        minor: 450 + 4_999,
        coupons: percent('50'),
        items: [anItem({ hasCoupon: true }), anItem({ productKey: 'FoNt' })],
      }),
    ],
    ['with tax in the price', aSale({ vatMinor: 150 })],
    ['with tax on top of it', aSale({ minor: 1_080, vatMinor: 180 })],
    ['with tax of an amount that was not told, in the price', aSale({ vatMinor: 'unknown' })],
    ['with a coupon and tax on top', aSale({ minor: 864, vatMinor: 144, coupons: percent('20') })],
    ['on sale, at the price of the catalogue', aSale({ items: [anItem({ hasOpenDiscount: true })] })],
    ['at the hold limit', aSale({ minor: 99_900, items: [anItem({ quantity: 111 })] })],
  ])('%s', (_what, channelOrder) => {
    expect(doubts(channelOrder)).toEqual([]);
  });
});

describe('a channel order is held for review, with the reason', () => {
  test.each<[what: string, channelOrder: ChannelOrder, why: string]>([
    ['of nothing', aSale({ items: [] }), 'The order names no product.'],
    ['of an unknown product', aSale({ items: [anItem({ productKey: 'XXXX' })] }), '(XXXX) is not in the catalogue.'],
    ['of a product that is not told', aSale({ items: [anItem({ productKey: null })] }), 'The product is not named'],
    ['in another currency', aSale({ currency: 'EUR' }), 'in the catalogue it is in USD'],
    ['of nobody knows how many', aSale({ items: [anItem({ quantity: null })] }), 'The quantity of'],
    ['of none', aSale({ items: [anItem({ quantity: 0 })] }), 'The quantity of'],
    ['for less', aSale({ minor: 899 }), 'The price is 8.99 USD; the catalogue makes it 9.00 USD.'],
    ['for more', aSale({ minor: 901 }), 'The price is 9.01 USD; the catalogue makes it 9.00 USD.'],
    ['for less, on sale', aSale({ minor: 500, items: [anItem({ hasOpenDiscount: true })] }), 'amount is not named'],
    ['for less than the coupon makes it', aSale({ minor: 100, coupons: percent('20') }), 'it would be 7.20 USD'],
    [
      'with a coupon without terms',
      aSale({ minor: 100, coupons: [{ code: 'C', percent: null, amountMinor: null }] }),
      'discount cannot be computed',
    ],
    [
      'with two coupons',
      aSale({ minor: 100, coupons: [...percent('20'), ...percent('30')] }),
      'discount cannot be computed',
    ],
    ['with more than all of it off', aSale({ minor: 0, coupons: percent('101') }), 'discount cannot be computed'],
    [
      'with an amount off that is more than the price',
      aSale({ minor: 0, coupons: amount(901) }),
      'discount cannot be computed',
    ],
    ['with tax that explains nothing', aSale({ minor: 1_000, vatMinor: 50 }), 'Tax does not explain it.'],
    ['with tax that is not told', aSale({ minor: 1_000, vatMinor: 'unknown' }), 'The tax in it is not named'],
    [
      'above the limit',
      aSale({ minor: 100_800, items: [anItem({ quantity: 112 })] }),
      'above the review threshold of 1000.00 USD',
    ],
  ])('%s', (_what, channelOrder, why) => {
    expect(doubts(channelOrder).join(' ')).toContain(why);
  });

  test('above the limit, and not at it, by its price or by what its goods are worth', () => {
    expect(doubts(aSale(), { limits: { USD: 900 } })).toEqual([]);
    expect(doubts(aSale({ minor: 720, coupons: percent('20') }), { limits: { USD: 900 } })).toEqual([]);
    expect(doubts(aSale(), { limits: { USD: 899 } })).toEqual(['It is above the review threshold of 8.99 USD.']);
    const worth = doubts(aSale({ minor: 720, coupons: percent('20') }), { limits: { USD: 899 } });
    expect(worth).toEqual(['Its goods are worth 9.00 USD by the catalogue, above the review threshold of 8.99 USD.']);
  });

  test('with a coupon that ends one day, where the order does not say when it was made', () => {
    const channelOrder = aSale({ minor: 720, coupons: percent('20'), soldAt: null });
    const ending = { kind: 'known', coupon: aCoupon({ code: 'C', percent: '20', endsAt: 1 }) } as const;
    expect(doubts(channelOrder, { coupons: [ending] })).toEqual(['The coupon “C” is over.']);
    expect(doubts({ ...channelOrder, soldAt: 0 }, { coupons: [ending] })).toEqual([]);
  });

  test('in a currency without a limit, whatever its amount', () => {
    const euros = { ...guide, currency: 'EUR' };
    expect(doubts(aSale({ currency: 'EUR' }), { products: [euros], limits: { USD: 1 } })).toEqual([
      'No review threshold is set for EUR: see /settings.',
    ]);
  });

  test('in a currency that has no cents', () => {
    const yen = { ...guide, currency: 'JPY' };
    expect(doubts(aSale({ currency: 'JPY' }), { products: [yen], limits: { JPY: 9_999 } })).toEqual([
      'How amounts in JPY are counted there is not known.',
    ]);
  });

  test('every doubt is reported, not only the first', () => {
    const items = [anItem({ productKey: 'A' }), anItem({ productKey: 'B' })];
    expect(doubts(aSale({ minor: 200_000, items }))).toHaveLength(3);
  });
});

describe('a license', () => {
  const withSecret = [{ ...guide, hasLicenseSecret: true }];
  const good: LicenseCheck = { kind: 'known', isEnabled: true, email: 'Buyer@Example.com ', productKey: 'RGsF' };

  test('that Payhip knows as this buyer’s raises no doubt', () => {
    expect(doubts(aSale(), { products: withSecret, licenses: [good] })).toEqual([]);
    expect(doubts(aSale(), { products: withSecret, licenses: [{ ...good, productKey: null }] })).toEqual([]);
  });

  test('that another item of the order has, too, makes the channel order held', () => {
    expect(doubts(aSale(), { products: withSecret, licenses: [{ kind: 'twice' }] }).join()).toContain('twice');
  });

  test('of a product without a secret key is not verified', () => {
    expect(doubts(aSale(), { licenses: [{ kind: 'unknown' }] })).toEqual([]);
  });

  test.each<[what: string, check: LicenseCheck | undefined, why: string]>([
    ['that is not known', { kind: 'unknown' }, 'not known there'],
    ['that is disabled', { ...good, isEnabled: false }, 'is disabled'],
    ['of another buyer', { ...good, email: 'other@example.com' }, 'another buyer'],
    ['of nobody', { ...good, email: null }, 'another buyer'],
    ['of another product', { ...good, productKey: 'FoNt' }, 'another product'],
    ['that came with another order', { kind: 'used', orderNumber: 'T-1001' }, 'was used by T-1001 already'],
    ['that could not be asked about', { kind: 'not_asked', why: 'Payhip is away' }, 'Payhip is away'],
    ['that was forgotten', undefined, 'its license was not checked'],
  ])('%s makes the channel order held', (_what, check, why) => {
    const found = doubts(aSale(), { products: withSecret, licenses: [check] });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(why);
  });

  test('of a buyer who is not reported makes the channel order held', () => {
    expect(doubts(aSale({ customerEmail: null }), { products: withSecret, licenses: [good] })).toHaveLength(1);
  });
});

test('a price that neither the catalogue nor its coupon explains is never accepted', () => {
  const channelOrder = fc.record({
    quantity: fc.integer({ min: 1, max: 9 }),
    share: fc.integer({ min: 0, max: 100 }),
    off: fc.integer({ min: 3, max: 5_000 }),
  });
  fc.assert(
    fc.property(channelOrder, ({ quantity, share, off }) => {
      const exact = (900 * quantity * (100 - share)) / 100;
      const items = [anItem({ quantity })];
      const coupons = share === 0 ? [] : percent(String(share));
      expect(doubts(aSale({ minor: Math.round(exact), items, coupons }))).toEqual([]);
      expect(doubts(aSale({ minor: Math.round(exact) + off, items, coupons }))).not.toEqual([]);
      if (exact > off) expect(doubts(aSale({ minor: Math.round(exact) - off, items, coupons }))).not.toEqual([]);
    }),
  );
});
