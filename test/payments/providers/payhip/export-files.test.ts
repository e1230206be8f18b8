// Exports as programs and people leave them: whatever is in the file, the rest of the process goes on, and no line that can
// be read is lost.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ChannelExport } from '#payments/ports/sales-channel.ts';
import { readChannelExport } from '#payments/providers/payhip/channel-export.ts';

const megabyte = 1024 * 1024;
const head = 'id,email,price,currency';

async function read(file: string | Buffer): Promise<Extract<ChannelExport, { kind: 'read' }>> {
  const result = await readChannelExport(Buffer.from(file));
  if (result.kind !== 'read') throw new Error(result.code);
  return result;
}

/** How many turns all other work of the process had meanwhile. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  let turns = 0;
  const done = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await nextTurn();
    turns += 1;
  }
  await done;
  return turns;
}

const rows = (count: number) => Array.from({ length: count }, (_, index) => `SALE${index},a@example.org,9.00,USD`);

describe('a file that is too much', () => {
  test.each([
    ['of line ends alone', '\n'.repeat(4 * megabyte)],
    ['of the line ends of an old Mac', '\r'.repeat(4 * megabyte)],
    ['of an export and line ends behind it', `${head}\nA1,a@x.org,9,USD${'\n'.repeat(4 * megabyte)}`],
    ['of a million short lines', `${head}\n${'a,b\n'.repeat(megabyte)}`],
    ['of one line more than are read', [head, ...rows(20_001)].join('\n')],
  ])('%s is refused before or as soon as it shows', async (_what, file) => {
    expect(await readChannelExport(Buffer.from(file))).toEqual({
      kind: 'not_an_export',
      code: 'too_many_lines',
      linesMax: 20_000,
    });
  });

  test('of names without an end for its columns is no export, at once', async () => {
    expect(await readChannelExport(Buffer.from('('.repeat(60_000)))).toMatchObject({ code: 'no_header' });
  });

  test('of one line without an end is no export', async () => {
    expect(await readChannelExport(Buffer.from('x,'.repeat(2 * megabyte)))).toMatchObject({ code: 'no_header' });
  });
});

test('twenty thousand lines are read, and other work has its turn a hundred times meanwhile', async () => {
  const reading = read([head, ...rows(20_000)].join('\r\n'));
  expect(await turnsDuring(reading)).toBeGreaterThan(100);
  expect((await reading).sales).toHaveLength(20_000);
});

test('twenty thousand lines of one transaction are one sale', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `A1,9.00,Product ${index}`);
  const { sales } = await read(['id,price,product', ...lines].join('\n'));
  expect(sales).toMatchObject([{ lineCount: 20_000 }]);
  expect(sales[0]?.productNames).toHaveLength(50);
});

describe('the bytes of an export', () => {
  const plain = `${head}\nA1,ann@example.org,9.00,USD\n`;
  const wide = Buffer.from(plain, 'utf16le');
  const mark = (...bytes: number[]) => Buffer.from(bytes);
  test.each([
    ['UTF-8 with its mark', Buffer.concat([mark(0xef, 0xbb, 0xbf), Buffer.from(plain)])],
    ['UTF-16 with its mark', Buffer.concat([mark(0xff, 0xfe), wide])],
    ['UTF-16, the other way round', Buffer.concat([mark(0xfe, 0xff), Buffer.from(wide).swap16()])],
    ['UTF-16 without a mark', wide],
    ['UTF-16, the other way round, without a mark', Buffer.from(wide).swap16()],
    ['the line ends of an old Mac', Buffer.from(plain.replaceAll('\n', '\r'))],
    ['all kinds of line ends', Buffer.from(`\r\n\r${plain.replace('\n', '\r\n')}\n\r`)],
    [
      'a delimiter that the first line does not show',
      Buffer.from(`Sales of November\n\n${plain.replaceAll(',', ';')}`),
    ],
    ['a line that tells a spreadsheet the delimiter', Buffer.from(`sep=;\n${plain.replaceAll(',', ';')}`)],
    ['odd names', Buffer.from(plain.replace(head, ' Transaction-ID ,E-Mail Address,PRICE (total),Currency\u00a0'))],
    ['names in wide letters', Buffer.from(plain.replace('price', 'ｐｒｉｃｅ'))],
  ])('may have %s', async (_what, file) => {
    expect(await read(file)).toMatchObject({
      unreadable: [],
      sales: [{ reference: 'A1', customerEmail: 'ann@example.org', currencies: ['USD'] }],
    });
  });

  test('with a damaged character lose that line alone', async () => {
    const file = [head, 'A1,a@x.org,9\0.00,USD', ...rows(3)].join('\n');
    const { sales, unreadable } = await read(file);
    expect(sales).toHaveLength(3);
    expect(unreadable).toEqual([{ line: 2, fault: 'damaged' }]);
  });

  test('of a program that is no text are refused', async () => {
    const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(500), Buffer.from(plain)]);
    expect(await readChannelExport(zip)).toEqual({ kind: 'not_an_export', code: 'not_text' });
  });
});

describe('a line that cannot be read', () => {
  test('because it is huge is named, and the rest is read', async () => {
    const huge = `A1,a@x.org,"${'x'.repeat(200_000)}",USD`;
    const { sales, unreadable } = await read([head, huge, ...rows(2)].join('\n'));
    expect(sales.map(({ reference }) => reference)).toEqual(['SALE0', 'SALE1']);
    expect(unreadable).toEqual([{ line: 2, fault: 'too_long' }]);
  });

  test('because its quotes do not close is named, also at the very end and across the end of a slice', async () => {
    const lines = rows(1_000);
    const broken = 'A1,"a@x.org,9.00,USD';
    const { sales, unreadable } = await read([head, broken, ...lines, broken].join('\n'));
    expect(sales).toHaveLength(1_000);
    expect(unreadable).toEqual([
      { line: 2, fault: 'quotes_do_not_close' },
      { line: 1_003, fault: 'quotes_do_not_close' },
    ]);
  });

  test.each([
    ['an amount of blanks', `A1,a@x.org,"1${' '.repeat(2_000)}x",USD`],
    ['a date of blanks', `A1,a@x.org,9.00,USD,"2026-01-01 12:00${' '.repeat(60_000)}x"`],
    ['a status of one word again and again', `A1,a@x.org,9.00,USD,,${'partial'.repeat(9_000)}`],
    ['a transaction without an end', `${'A'.repeat(60_000)},a@x.org,9.00,USD`],
  ])('because a cell is %s costs no time, and the rest is read', async (_what, line) => {
    const { sales, unreadable } = await read([`${head},date,status`, line, ...rows(2)].join('\n'));
    expect(sales.map(({ reference }) => reference)).toEqual(['SALE0', 'SALE1']);
    expect(unreadable).toMatchObject([{ line: 2 }]);
  });

  test('because its number is no amount of any currency is named, also of two lines of one transaction', async () => {
    const line = `A1,${'9'.repeat(70)}`;
    const { sales, unreadable } = await read(['id,price', line, line, 'A2,9.00'].join('\n'));
    expect(sales).toMatchObject([{ reference: 'A2' }]);
    expect(unreadable).toEqual([2, 3].map((at) => ({ line: at, fault: 'amount_unreadable' })));
  });

  test('a long name of a product is cut, and its line is read', async () => {
    const { sales } = await read(['id,price,product', `A1,9.00,${'🧀'.repeat(1_000)}`].join('\n'));
    const [name = ''] = sales[0]?.productNames ?? [];
    expect(name).toMatch(/^🧀+…$/u);
    expect(name.length).toBeLessThanOrEqual(300);
  });

  test('leaves letters of several bytes whole, wherever a slice ends', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `SALE${index},9.00,Käse 🧀 ${'é'.repeat(index % 7)}`);
    const { sales } = await read(['id,price,product', ...lines].join('\n'));
    expect(
      sales.every(({ productNames }, index) => productNames[0] === `Käse 🧀 ${'é'.repeat(index % 7)}`.trim()),
    ).toBe(true);
  });

  test('a hundred times ends the reading, and that is said', async () => {
    const { unreadable } = await read([head, ...Array.from({ length: 100 }, () => 'A1,"b')].join('\n'));
    expect(unreadable.at(-1)).toMatchObject({ fault: 'too_many_broken_quotes' });
    expect(unreadable).toHaveLength(52);
  });
});
