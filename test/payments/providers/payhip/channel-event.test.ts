import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMoney } from '#kernel/money.ts';
import type { ChannelOrder } from '#payments/ports/sales-channel.ts';
import { readPayhipEvent } from '#payments/providers/payhip/channel-event.ts';
import { fixture, fixtureJson } from '../support/fixtures.ts';

type Body = Record<string, unknown>;
const paid = fixtureJson<Body>('payhip/webhook-paid.json');
const [item] = paid['items'] as Body[];

const read = (body: Body) => readPayhipEvent(Buffer.from(JSON.stringify(body)));

function saleOf(change: Body): ChannelOrder {
  const event = read({ ...paid, ...change });
  if (event?.kind !== 'sold') throw new Error(`it was read as ${event?.kind}`);
  return event.channelOrder;
}

test.each([
  ['HUF', '4990.00 HUF'],
  ['PKR', '4990.00 PKR'],
  ['IDR', '4990.00 IDR'],
  ['USD', '4990.00 USD'],
])('a price of 499000 %s is in hundredths: %s', (currency, amount) => {
  expect(formatMoney(saleOf({ currency, price: 499_000 }).price)).toBe(amount);
});

test.each(['constructor', '__proto__', 'toString', 'QQQ'])(
  'an event in %s, which is no currency, is unreadable',
  (name) => {
    expect(read({ ...paid, currency: name })).toBeUndefined();
  },
);

test('the documented sale is read', () => {
  expect(readPayhipEvent(Buffer.from(fixture('payhip/webhook-paid.json')))).toEqual({
    kind: 'sold',
    channelOrder: {
      reference: 'ZGjVj5x4GN',
      price: { amountMinor: 900, currency: 'USD' },
      vatMinor: 0,
      customerEmail: 'buyer@example.com',
      items: [
        {
          productKey: 'RGsF',
          name: 'Example product',
          quantity: 1,
          licenseKey: null,
          hasCoupon: false,
          hasOpenDiscount: false,
        },
      ],
      coupons: [],
      feeMinor: 81,
      paymentType: 'card',
      soldAt: 1_703_693_218_000,
    },
  });
});

test('the documented refund is read', () => {
  const event = readPayhipEvent(Buffer.from(fixture('payhip/webhook-refunded.json')));
  expect(event).toMatchObject({
    kind: 'returned',
    returned: { returnedMinor: 900, returnedAt: 1_703_696_818_000, channelOrder: { reference: 'ZGjVj5x4GN' } },
  });
});

test.each([
  ['created', 'active', null],
  ['deleted', 'canceled', 1_703_779_618_000],
])('the documented subscription that is %s is %s', (which, status, endedAt) => {
  expect(readPayhipEvent(Buffer.from(fixture(`payhip/webhook-subscription.${which}.json`)))).toEqual({
    kind: 'subscription',
    subscription: {
      reference: 'SUB_TEST123',
      status,
      customerEmail: 'buyer@example.com',
      customerName: 'Test User',
      planName: 'Premium Plan',
      productName: 'Test Subscription',
      startedAt: 1_703_693_218_000,
      endedAt,
    },
  });
});

describe('whatever can be read is taken', () => {
  test('numbers as text, flags as words, and a date as text', () => {
    const change = { price: '900', vat_applied: 'true', vat_amount: '150', date: '1703693218', stripe_fee: '48' };
    expect(saleOf(change)).toMatchObject({
      price: { amountMinor: 900 },
      vatMinor: 150,
      feeMinor: 81,
      soldAt: 1_703_693_218_000,
    });
  });

  test.each<[what: string, change: Body, channelOrder: Partial<ChannelOrder>]>([
    ['a quantity that is a number', { items: [{ ...item, quantity: 3 }] }, { items: [{ quantity: 3 }] } as never],
    [
      'a quantity that is nonsense',
      { items: [{ ...item, quantity: 'few' }] },
      { items: [{ quantity: null }] } as never,
    ],
    ['tax without an amount', { vat_applied: true }, { vatMinor: 'unknown' }],
    ['tax with an amount in another form', { vat_applied: true, vat_amount: '1.50' }, { vatMinor: 'unknown' }],
    ['no e-mail', { email: null }, { customerEmail: null }],
    ['no items at all', { items: undefined }, { items: [] }],
    ['no fee of Stripe', { stripe_fee: undefined }, { feeMinor: null }],
    ['a date that is none', { date: 'soon' }, { soldAt: null }],
    ['a currency in small letters', { currency: 'usd' }, { price: { amountMinor: 900, currency: 'USD' } }],
  ])('%s', (_what, change, channelOrder) => {
    expect(saleOf(change)).toMatchObject(channelOrder);
  });

  test('a list with a gap in it, which PHP writes as an object with indices', () => {
    const other = { ...item, product_name: 'Second' };
    const coupons = { '2': { code: 'HALF', percentage: 50 }, '10': { code: 'FIVE', amount: 500 } };
    const channelOrder = saleOf({ price: '2400.0', items: { '10': other, '2': item }, coupons });
    expect(channelOrder.price).toEqual({ amountMinor: 2400, currency: 'USD' });
    expect(channelOrder.items.map(({ name }) => name)).toEqual(['Example product', 'Second']);
    expect(channelOrder.coupons).toEqual([
      { code: 'HALF', percent: '50', amountMinor: null },
      { code: 'FIVE', percent: null, amountMinor: 500 },
    ]);
    expect(saleOf({ items: {}, coupons: {} })).toMatchObject({ items: [], coupons: [] });
  });

  test('whole numbers that PHP writes with a zero behind the point, wherever they stand', () => {
    const text = fixture('payhip/webhook-paid.json').replaceAll(/: ?(\d+)(?=[,\s}])/g, ': $1.0');
    expect(text).toContain('900.0');
    const event = readPayhipEvent(Buffer.from(text));
    expect(event).toEqual(readPayhipEvent(Buffer.from(fixture('payhip/webhook-paid.json'))));
  });

  test('a list that is none: the order is taken, with one thing in it that nobody could read', () => {
    for (const items of ['nonsense', 7, { first: item }, Array.from({ length: 201 }, () => item)]) {
      expect(saleOf({ items }).items).toMatchObject([{ name: 'Unreadable item', productKey: null }]);
    }
    expect(saleOf({ coupons: 'HALF' }).coupons).toEqual([{ code: 'without a code', percent: null, amountMinor: null }]);
  });

  test('an item that cannot be read is noticed and loses none of the others', () => {
    const { items } = saleOf({ items: ['nonsense', item, null] });
    expect(items.map(({ name, productKey }) => [name, productKey])).toEqual([
      ['Unreadable item', null],
      ['Example product', 'RGsF'],
      ['Unreadable item', null],
    ]);
  });

  test('the key of a product is taken from its address when it is not told', () => {
    const { items } = saleOf({ items: [{ ...item, product_key: undefined }] });
    expect(items[0]?.productKey).toBe('RGsF');
  });

  test('a variant is named, a discount of unknown size is marked', () => {
    const { items } = saleOf({ items: [{ ...item, variant_name: 'Large', used_upgrade_discount: true }] });
    expect(items[0]).toMatchObject({ name: 'Example product (Large)', hasOpenDiscount: true });
  });
});

describe('a coupon', () => {
  const used = { ...item, used_coupon: true };
  test.each<[where: string, change: Body]>([
    ['with the sale', { coupons: [{ code: 'SPRING', percentage: 20, amount: null }], items: [used] }],
    ['with the item', { items: [{ ...used, coupon_code: 'SPRING', coupon_percentage: '20' }] }],
    [
      'with both',
      {
        coupons: [{ code: 'SPRING', percentage: 20 }],
        items: [{ ...used, coupon_code: 'spring', coupon_percentage: 20 }],
      },
    ],
  ])('is read once where it is told: %s', (_where, change) => {
    const { coupons, items } = saleOf(change);
    expect(coupons).toHaveLength(1);
    expect(coupons[0]).toMatchObject({ percent: '20', amountMinor: null });
    expect(items[0]?.hasCoupon).toBe(true);
  });

  test('whose terms are not told has none', () => {
    expect(saleOf({ items: [used] }).coupons).toEqual([{ code: 'without a code', percent: null, amountMinor: null }]);
  });
});

test('no JSON makes the reader throw', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(paid)), fc.jsonValue()), (change) => {
      expect(() => read({ ...paid, ...change })).not.toThrow();
    }),
  );
  expect(readPayhipEvent(Buffer.from('nothing'))).toBeUndefined();
  expect(read({ type: 'weather' })).toBeUndefined();
});
