import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { createCsvParts } from '#bot/csv.ts';

const columns = ['name', 'amount'];
const read = (bytes: Uint8Array | undefined) => parse(Buffer.from(bytes ?? []), { columns: true, bom: true });

test('a cell that a spreadsheet would take for a formula is only a text there', () => {
  const parts = createCsvParts({ columns, rowsMax: 9 });
  const hostile = [
    '=HYPERLINK("http://x")',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    'a "quoted", name\nin two lines',
    'Ünïcode',
  ];
  expect(parts.add(hostile.map((name) => ({ name, amount: '49.00' })))).toEqual([]);
  const bytes = parts.end();
  const names = (read(bytes) as { name: string }[]).map(({ name }) => name);
  expect(names.slice(0, 5)).toEqual(hostile.slice(0, 5).map((name) => `'${name}`));
  expect(names.slice(5)).toEqual(hostile.slice(5));
  expect(Buffer.from(bytes ?? []).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
});

test('a long file comes in parts, each with its header, and no line is lost or twice', () => {
  const parts = createCsvParts({ columns, rowsMax: 3 });
  const rows = Array.from({ length: 8 }, (_, index) => ({ name: `n${index}`, amount: '1' }));
  const full = [...parts.add(rows.slice(0, 2)), ...parts.add(rows.slice(2))];
  expect([...full, parts.end()].map((bytes) => (read(bytes) as object[]).length)).toEqual([3, 3, 2]);
  expect([...full, parts.end()].flatMap((bytes) => read(bytes))).toEqual(rows);
});

test('nothing makes no file', () => {
  expect(createCsvParts({ columns, rowsMax: 3 }).end()).toBeUndefined();
});
