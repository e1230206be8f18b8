import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelExport } from '#payments/ports/sales-channel.ts';
import { readChannelExport } from '#payments/providers/payhip/channel-export.ts';

async function read(text: string): Promise<Extract<ChannelExport, { kind: 'read' }>> {
  const result = await readChannelExport(Buffer.from(text));
  if (result.kind !== 'read') throw new Error(result.code);
  return result;
}

const plain = [
  'Transaction ID,Email,Price,Currency,Date,Amount Refunded,Product',
  'AAA111,ann@example.org,9.00,USD,2026-11-20 10:00:00,0.00,Field Guide',
  'BBB222,bob@example.org,"1,234.50",USD,2026-11-21 11:00:00,5.00,"Type, family"',
].join('\n');

describe('an export', () => {
  test('is read line by line', async () => {
    expect(await read(plain)).toEqual({
      kind: 'read',
      unreadable: [],
      sales: [
        {
          line: 2,
          lineCount: 1,
          reference: 'AAA111',
          customerEmail: 'ann@example.org',
          currencies: ['USD'],
          readings: [{ amount: '9.00', otherwise: '9.00', returned: '0.00' }],
          productNames: ['Field Guide'],
          soldAt: Date.UTC(2026, 10, 20, 10),
        },
        {
          line: 3,
          lineCount: 1,
          reference: 'BBB222',
          customerEmail: 'bob@example.org',
          currencies: ['USD'],
          readings: [{ amount: '1234.50', otherwise: '1234.50', returned: '5.00' }],
          productNames: ['Type, family'],
          soldAt: Date.UTC(2026, 10, 21, 11),
        },
      ],
    });
  });

  test.each([
    ['a mark of UTF-8 in front', `\uFEFF${plain}`],
    ['the line ends of Windows', plain.replaceAll('\n', '\r\n')],
    ['empty lines between', plain.replaceAll('\n', '\n\n')],
    ['a title above', `Sales of November\n\n${plain}`],
    ['a column that nobody knows', plain.replaceAll(/^([^,]*),/gm, '$1,sunny,')],
  ])('may have %s', async (_what, text) => {
    const { sales } = await read(text);
    expect(sales.map(({ reference, readings }) => [reference, readings[0]?.amount])).toEqual([
      ['AAA111', '9.00'],
      ['BBB222', '1234.50'],
    ]);
  });

  test('may be UTF-16, as some spreadsheets save it, and have the letters of an old one', async () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(plain, 'utf16le')]);
    expect(await readChannelExport(wide)).toMatchObject({
      kind: 'read',
      sales: [{ readings: [{ amount: '9.00' }] }, {}],
    });
    const latin = Buffer.from(plain.replace('Field Guide', 'Café'), 'latin1');
    expect(await readChannelExport(latin)).toMatchObject({ kind: 'read', sales: [{ productNames: ['Café'] }, {}] });
  });

  test('of a shop in a country of decimal commas is read', async () => {
    const text = 'E-Mail;Total;Currency;Order ID\nann@example.org;1.234,50;EUR;AAA111\n';
    expect((await read(text)).sales).toMatchObject([
      { reference: 'AAA111', readings: [{ amount: '1234.50' }], currencies: ['EUR'] },
    ]);
  });

  test('takes the transaction for the name of a sale although a plain id stands in front of it', async () => {
    expect((await read('id,transaction_id,amount\n7,AAA111,9.00')).sales).toMatchObject([{ reference: 'AAA111' }]);
  });

  test('keeps a field with line breaks whole, and numbers the lines behind it rightly', async () => {
    const text = 'id,email,price,currency,product\nA1,a@x.org,9,USD,"two\nlines"\nB2,b@x.org,oops,USD,x\n';
    const { sales, unreadable } = await read(text);
    expect(sales).toMatchObject([{ productNames: ['two\nlines'] }]);
    expect(unreadable).toEqual([{ line: 4, fault: 'amount_unreadable' }]);
  });

  test('loses nothing but the line whose quotes do not close', async () => {
    const lines = plain.split('\n');
    const text = [lines[0], 'XXX,x@example.org,"9.00,USD,,', ...lines.slice(1)].join('\n');
    const { sales, unreadable } = await read(text);
    expect(sales.map(({ reference }) => reference)).toEqual(['AAA111', 'BBB222']);
    expect(unreadable).toEqual([{ line: 2, fault: 'quotes_do_not_close' }]);
  });

  test('names every line that makes no sense, and why', async () => {
    const text = [
      'id,email,price,currency',
      ',,9.00,USD',
      'A 1,a@x.org,9.00,USD',
      'A2,a@x.org,nine,USD',
      'A3,a@x.org,9.00,QQQ',
      'Total,,27.00 and more,',
    ].join('\n');
    expect(await read(text)).toEqual({
      kind: 'read',
      sales: [],
      unreadable: [
        { line: 2, fault: 'not_named' },
        { line: 3, fault: 'transaction_unreadable' },
        { line: 4, fault: 'amount_unreadable' },
        { line: 5, fault: 'currency_unknown' },
        { line: 6, fault: 'amount_unreadable' },
      ],
    });
  });

  test('says of a refund what it says, and no more', async () => {
    const rows: [header: string, value: string, returned: string][] = [
      ['status', 'Refunded', '9.00'],
      ['status', 'Partially refunded', 'unknown'],
      ['status', 'paid', '0'],
      ['refunded', 'yes', 'unknown'],
      ['refunded', 'No', '0'],
      ['refunded', '4.50', '4.50'],
      ['amount refunded', '-4.50', '4.50'],
    ];
    for (const [header, value, returned] of rows) {
      const [channelOrder] = (await read(`id,price,currency,${header}\nA1,9.00,USD,${value}`)).sales;
      expect(channelOrder?.readings[0]?.returned, `${header} ${value}`).toBe(returned);
    }
  });

  test('puts the lines of one sale together: items, and a line for what went back', async () => {
    const text = 'id,price,currency,product\nA1,9.00,USD,One\nA1,5.00,USD,Two\nA1,-4.00,USD,One\n';
    expect((await read(text)).sales).toMatchObject([
      {
        lineCount: 3,
        readings: [{ amount: '9.00', otherwise: '14.00', returned: '4.00' }],
        productNames: ['One', 'Two'],
      },
    ]);
  });

  test('takes buyer and time of one sale from whichever of its lines has them', async () => {
    const header = 'id,price,currency,email,date\n';
    const bare = 'A1,9.00,USD,,\n';
    const named = 'A1,5.00,USD,ann@example.org,2026-11-20\n';
    for (const lines of [bare + named, named + bare, named + named]) {
      expect((await read(header + lines)).sales).toMatchObject([
        { lineCount: 2, customerEmail: 'ann@example.org', soldAt: Date.UTC(2026, 10, 20) },
      ]);
    }
  });

  test('names its faults in the order of the lines, whatever they are', async () => {
    const text = 'id,price,currency\nA1,9.00,USD\nA1,9.00,EUR\nB2,oops,USD\nA1,1.00,JPY\nC3,"9.00,USD\n';
    expect((await read(text)).unreadable.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
  });

  test.each([
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13])],
    ['a letter', Buffer.from('Dear Ada,\nhere are the sales.\n')],
    ['nothing', Buffer.alloc(0)],
  ])('is not %s', async (_what, bytes) => {
    expect((await readChannelExport(bytes)).kind).toBe('not_an_export');
  });

  test('reads back what was written, in any order of columns, with any delimiter and any quotes', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 20 });
    const channelOrder = fc.record({
      id: fc.stringMatching(/^[A-Za-z0-9]{6,12}$/),
      price: fc.integer({ min: 1, max: 9_999_99 }),
      product: cell,
      note: cell,
    });
    const table = fc.record({
      sales: fc.uniqueArray(channelOrder, { selector: ({ id }) => id, maxLength: 8 }),
      columns: fc.shuffledSubarray(['id', 'price', 'product', 'note', 'currency'], { minLength: 5 }),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      bom: fc.boolean(),
      recordDelimiter: fc.constantFrom('windows' as const, 'unix' as const),
    });
    await fc.assert(
      fc.asyncProperty(table, async ({ sales, columns, delimiter, bom, recordDelimiter }) => {
        const rows = sales.map((one) => ({ ...one, price: (one.price / 100).toFixed(2), currency: 'USD' }));
        const options = { header: true, columns, delimiter, bom, record_delimiter: recordDelimiter };
        const result = await read(stringify(rows, options));
        expect(result.unreadable).toEqual([]);
        expect(result.sales.map(({ reference, readings }) => [reference, readings[0]?.amount])).toEqual(
          sales.map(({ id, price }) => [id, (price / 100).toFixed(2)]),
        );
      }),
    );
  });

  test('no bytes make the reader throw', async () => {
    const header = Buffer.from('id,price,email\n');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await expect(readChannelExport(bytes)).resolves.toHaveProperty('kind');
        await expect(readChannelExport(Buffer.concat([header, bytes]))).resolves.toHaveProperty('kind');
      }),
    );
  });
});
