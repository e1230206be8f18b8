// What an export's texts come to, from its bytes to what would be booked.
import { describe, expect, test } from 'vitest';
import { asPaymentId, asProviderReference } from '#kernel/ids.ts';
import { parseMoney } from '#kernel/money.ts';
import { compareWithExport } from '#payments/channels/compare-with-export.ts';
import type { KnownPayment } from '#payments/channels/pair-by-buyer.ts';
import { readChannelExport } from '#payments/providers/payhip/channel-export.ts';
import { aPayment } from '#test/support/builders/payment.ts';

async function compare(
  rows: readonly string[],
  about: { here?: KnownPayment[]; sold?: string[]; columns?: string } = {},
) {
  const { here = [], sold = [], columns = 'id,price' } = about;
  const read = await readChannelExport(Buffer.from([columns, ...rows].join('\n')));
  if (read.kind !== 'read') throw new Error(read.code);
  const { differences } = await compareWithExport({ there: read.sales, here, sold: new Set(sold) });
  const found = differences.map(({ kind, there, healing }) => ({ kind, there, healing }));
  return { found, faults: read.unreadable.map(({ fault }) => fault) };
}

function here(amount: string, currency: string): KnownPayment {
  const money = parseMoney(amount, currency);
  const reference = asProviderReference('A1');
  const payment = aPayment({ id: asPaymentId('p1'), provider: 'payhip', reference, status: 'paid', ...money });
  return { payment, customerEmail: null, returnedMinor: 0 };
}

describe('a line without a currency is read in that of its payment', () => {
  test.each([
    ['JPY', '120000', ['"¥120,000"', '"120,000"', '120000', '120000.00', '￥120000']],
    ['KRW', '50000', ['50000', '"50,000"']],
    ['KWD', '12.345', ['12.345', '"12,345"', '12.3450', '12.34500']],
    ['KWD', '1234.500', ['"1,234.500"', '1234.5']],
    ['HUF', '4990.50', ['"4,990.50"', '4990.5', '"4.990,50"']],
    ['USD', '1234.00', ['"1,234"', '$1234', '1234.00']],
    ['CLF', '1.2345', ['1.2345']],
  ])('of %s: %s is what its lines say', async (currency, amount, texts) => {
    for (const text of texts) {
      expect(await compare([`A1,${text}`], { here: [here(amount, currency)] }), text).toEqual({
        found: [],
        faults: [],
      });
    }
  });

  test.each([
    ['-¥600', 'JPY', '120000', 600],
    ['-600', 'JPY', '120000', 600],
    ['(600)', 'KRW', '120000', 600],
    ['-1.5', 'KWD', '12.345', 1_500],
    ['-600.50', 'HUF', '4990.50', 60_050],
    ['-6.00', 'USD', '49.00', 600],
  ])(
    'a refund of %s in %s, of a payment of %s, is booked as %i minor units',
    async (text, currency, amount, returnedMinor) => {
      const healing = { kind: 'book_return', returnedMinor };
      expect((await compare([`A1,${text}`], { here: [here(amount, currency)] })).found).toMatchObject([{ healing }]);
      const beside = { here: [here(amount, currency)], columns: 'id,price,amount refunded' };
      const refunded = text.replaceAll(/[-()]/g, '');
      expect((await compare([`A1,${amount},${refunded}`, ''], beside)).found).toMatchObject([{ healing }]);
    },
  );

  test('is shown in it, with its places', async () => {
    expect((await compare(['A1,130000'], { here: [here('120000', 'JPY')] })).found).toMatchObject([
      { kind: 'amount', there: '130000 JPY' },
    ]);
    expect((await compare(['A1,9.5', 'A1,-1'], { here: [here('9.000', 'KWD')] })).found).toMatchObject([
      { kind: 'amount', there: '9.500 KWD, 1.000 KWD refunded' },
    ]);
  });

  test('an amount that its currency cannot have is for a person, and shown as it is written', async () => {
    expect((await compare(['A1,600.50'], { here: [here('600', 'JPY')] })).found).toEqual([
      { kind: 'amount', there: '600.50 JPY', healing: { kind: 'none' } },
    ]);
    expect((await compare(['A1,-600.50'], { here: [here('1200', 'JPY')] })).found).toMatchObject([
      { kind: 'status', healing: { kind: 'none' } },
    ]);
  });

  test('a mark that parts thousands or decimals of a currency with three of them is read as its payment says', async () => {
    const about = (amount: string) => ({ here: [here(amount, 'KWD')], columns: 'id,price,currency,amount refunded' });
    expect((await compare(['A1,"1,234",KWD,0'], about('1.234'))).found).toEqual([]);
    expect((await compare(['A1,"1,234",KWD,0'], about('1234.000'))).found).toEqual([]);
    expect((await compare(['A1,"1,234",KWD,0'], about('9.000'))).found).toEqual([
      { kind: 'amount', there: '1234.000 or 1.234 KWD', healing: { kind: 'none' } },
    ]);
    // More than the whole payment cannot have been refunded.
    const booked = [{ healing: { kind: 'book_return', returnedMinor: 1_500 } }];
    expect((await compare(['A1,12.345,KWD,1.500'], about('12.345'))).found).toMatchObject(booked);
    expect((await compare(['A1,"-1,500",KWD'], about('12.345'))).found).toMatchObject(booked);
    const unknown = [{ kind: 'status', healing: { kind: 'none' } }];
    expect((await compare(['A1,5000.000,KWD,1.500'], about('5000.000'))).found).toMatchObject(unknown);
  });

  test('one that no payment explains either adds nothing', async () => {
    const columns = 'id,price,currency';
    expect((await compare(['A1,1.234,KWD'], { columns })).found).toEqual([
      { kind: 'missing_here', there: '1234.000 or 1.234 KWD', healing: { kind: 'none' } },
    ]);
    expect((await compare(['A1,1.2345,KWD', 'A2,600.50,JPY'], { columns })).faults).toEqual([
      'amount_unreadable',
      'amount_unreadable',
    ]);
  });

  test('a line that no payment explains keeps its digits, and adds nothing', async () => {
    expect((await compare(['A1,120000'])).found).toEqual([
      { kind: 'missing_here', there: '120000 in a currency that is not named', healing: { kind: 'none' } },
    ]);
    expect((await compare(['A1,"1,234"'])).found).toMatchObject([{ there: '1234 in a currency that is not named' }]);
  });
});

describe('letters before a dollar sign', () => {
  test.each([
    ['CA$24.00', 2_400, 'CAD'],
    ['HK$130.00', 13_000, 'HKD'],
    ['A$24.00', 2_400, 'AUD'],
    ['NT$130', 13_000, 'TWD'],
    ['"R$ 24,00"', 2_400, 'BRL'],
    ['US$24.00', 2_400, 'USD'],
  ])('%s is added as %i minor units of %s', async (text, amountMinor, currency) => {
    const healing = { kind: 'add_sale', price: { amountMinor, currency }, returnedMinor: 0 };
    expect((await compare([`A1,${text}`])).found).toMatchObject([{ healing }]);
  });

  test('that name no currency, or another than the column, refuse their line alone', async () => {
    expect(await compare(['A1,Q$24.00', 'A2,$9.00'])).toMatchObject({ found: [{}], faults: ['currency_unknown'] });
    const columns = 'id,price,currency';
    expect(await compare(['A1,CA$24.00,USD', 'A2,$9.00,EUR', 'A3,9.00,12'], { columns })).toEqual({
      found: [],
      faults: ['currency_unknown', 'currency_unknown', 'currency_unknown'],
    });
  });

  test('of a refund in another currency than its order refuse the line of the refund', async () => {
    expect(await compare(['A1,$24.00', 'A1,-¥600'], { here: [here('24.00', 'USD')] })).toEqual({
      found: [],
      faults: ['currency_unknown'],
    });
  });
});

describe('a currency in the header of a column', () => {
  test.each(['24.00', '$24.00', 'CA$24.00'])('is that of %s below it', async (text) => {
    const { found } = await compare([`A1,${text}`], { columns: 'id,Price (CAD)' });
    expect(found).toMatchObject([{ healing: { kind: 'add_sale', price: { amountMinor: 2_400, currency: 'CAD' } } }]);
  });

  test('refuses a line that names another, and says nothing where it is none', async () => {
    expect(await compare(['A1,24.00,USD'], { columns: 'id,Price (CAD),currency' })).toEqual({
      found: [],
      faults: ['currency_unknown'],
    });
    const { found } = await compare(['A1,24.00,USD'], { columns: 'id,Price (NET),currency' });
    expect(found).toMatchObject([{ healing: { kind: 'add_sale', price: { currency: 'USD' } } }]);
  });
});

describe('a bare dollar sign', () => {
  test('is the US dollar where the shop sells in no other dollar', async () => {
    const healing = { kind: 'add_sale', price: { amountMinor: 2_400, currency: 'USD' } };
    expect((await compare(['A1,$24.00'], { sold: ['USD', 'EUR'] })).found).toMatchObject([{ healing }]);
    expect((await compare(['A1,$24.00'])).found).toMatchObject([{ healing }]);
  });

  test('is for a person in a shop of another dollar', async () => {
    const found = [{ kind: 'missing_here', there: '24.00 in a currency that is not named', healing: { kind: 'none' } }];
    expect((await compare(['A1,$24.00'], { sold: ['CAD'] })).found).toEqual(found);
    expect((await compare(['A1,$24.00'], { sold: ['USD', 'HKD'] })).found).toEqual(found);
  });

  test('is the dollar of the payment that the line names', async () => {
    expect((await compare(['A1,$24.00'], { here: [here('24.00', 'CAD')] })).found).toEqual([]);
    expect((await compare(['A1,$24.00'], { here: [here('24.00', 'EUR')] })).found).toMatchObject([
      { kind: 'currency' },
    ]);
  });
});
