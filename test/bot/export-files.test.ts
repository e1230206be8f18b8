import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { createExportWriter, type ExportFile } from '#bot/files/export-files.ts';
import type { ExportRow } from '#exports/export-rows.ts';

async function write(pages: readonly (readonly ExportRow[])[], bytesMax = 1_000_000): Promise<ExportFile[]> {
  const files: ExportFile[] = [];
  const writer = createExportWriter({ name: 'btcpay-orders', bytesMax }, async (file) => void files.push(file));
  for (const page of pages) await writer.write(page);
  await writer.end();
  return files;
}

const row = (id: number, more: ExportRow = {}): ExportRow => ({
  id,
  name: 'Ann',
  items: [{ sku: 'A' }],
  at: null,
  ...more,
});

describe('a table', () => {
  test('is a file for a spreadsheet and one for a program', async () => {
    const [csv, jsonl] = await write([[row(1), row(2)], [row(3)]]);
    expect(csv?.name).toBe('btcpay-orders.csv');
    const text = csv?.bytes.toString('utf8') ?? '';
    expect(text.startsWith('\ufeffid,name,items,at\n')).toBe(true);
    expect(parse(text, { bom: true, columns: true })).toEqual(
      ['1', '2', '3'].map((id) => ({ id, name: 'Ann', items: '[{"sku":"A"}]', at: '' })),
    );
    expect(jsonl?.name).toBe('btcpay-orders.jsonl');
    const lines = jsonl?.bytes
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([row(1), row(2), row(3)]);
  });

  test('without a row is no file', async () => {
    expect(await write([])).toEqual([]);
    expect(await write([[]])).toEqual([]);
  });

  test('that is too large comes in parts, each of which can be read alone', async () => {
    const pages = Array.from({ length: 10 }, (_, index) => [row(index, { name: 'x'.repeat(100) })]);
    const files = await write(pages, 300);
    expect(files.map(({ name }) => name)).toContain('btcpay-orders.part-1.csv');
    expect(files.map(({ name }) => name)).toContain('btcpay-orders.part-2.jsonl');
    const csv = files.filter(({ name }) => name.endsWith('.csv'));
    const read = csv.flatMap(({ bytes }) => parse(bytes, { bom: true, columns: true }) as { id: string }[]);
    expect(read.map(({ id }) => id)).toEqual(pages.map((_, index) => String(index)));
    for (const { bytes } of files) expect(bytes.byteLength).toBeLessThan(600);
  });
});

describe('a cell', () => {
  test.each(['=HYPERLINK("http://evil.example")', '+1', '-1', '@SUM(A1)', '\tx'])(
    'with %j is no formula',
    async (name) => {
      const [csv] = await write([[row(1, { name })]]);
      const [cells] = parse(csv?.bytes ?? '', { bom: true, columns: true }) as { name: string }[];
      expect(cells?.name).toBe(`'${name}`);
    },
  );

  test('with quotes, commas, line ends and letters of any script comes back as it was', async () => {
    const name = 'Zoë "Z", 你好\nend';
    const [csv, jsonl] = await write([[row(1, { name })]]);
    expect(parse(csv?.bytes ?? '', { bom: true, columns: true })).toMatchObject([{ name }]);
    expect(JSON.parse(jsonl?.bytes.toString('utf8') ?? '')).toMatchObject({ name });
  });
});
