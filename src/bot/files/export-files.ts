// Rows become files of two kinds, one for a spreadsheet and one for a program. A file that grows too large is sent and the
// next part begun, so that no more than one part of each kind is ever in memory.
import { stringify } from 'csv-stringify/sync';
import type { ExportRow } from '#exports/export-rows.ts';
import type { JsonValue } from '#kernel/json.ts';

export interface ExportFile {
  name: string;
  bytes: Buffer;
}

/** Telegram takes 50 MB from a bot; parts of this size are taken well before, and do not fill a small server's memory. */
export const partBytesMax = 8 * 1024 * 1024;

interface Format {
  extension: 'csv' | 'jsonl';
  /** What a file begins with. */
  head(columns: readonly string[]): string;
  rows(rows: readonly ExportRow[], columns: readonly string[]): string;
}

const formats: readonly Format[] = [
  {
    extension: 'csv',
    // With the mark at its beginning a spreadsheet reads it as UTF-8.
    head: (columns) => stringify([columns], { bom: true }),
    // What begins like a formula is made harmless: a customer's name may hold one.
    rows: (rows, columns) =>
      stringify(
        rows.map((row) => columns.map((column) => cellOf(row[column]))),
        { escape_formulas: true },
      ),
  },
  {
    extension: 'jsonl',
    head: () => '',
    rows: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  },
];

function cellOf(value: JsonValue | undefined): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

export interface ExportWriter {
  write(rows: readonly ExportRow[]): Promise<void>;
  /** Sends what is left; a table without a row makes no file. */
  end(): Promise<void>;
}

/** Writes one table in every format; `send` is awaited, so that reading waits for Telegram. */
export function createExportWriter(
  table: {
    name: string;
    bytesMax: number;
    /** Those of the first row where they are left out. */
    columns?: readonly string[];
    /** All formats where they are left out. */
    formats?: readonly ('csv' | 'jsonl')[];
  },
  send: (file: ExportFile) => Promise<void>,
): ExportWriter {
  let columns: readonly string[] = table.columns ?? [];
  const wanted = formats.filter(({ extension }) => table.formats?.includes(extension) ?? true);
  const parts = wanted.map((format) => ({ format, chunks: [] as Buffer[], bytes: 0, sent: 0 }));

  async function flush(part: (typeof parts)[number], isLast: boolean): Promise<void> {
    if (part.chunks.length === 0) return;
    const number = isLast && part.sent === 0 ? '' : `.part-${part.sent + 1}`;
    const file = { name: `${table.name}${number}.${part.format.extension}`, bytes: Buffer.concat(part.chunks) };
    part.chunks = [];
    part.bytes = 0;
    part.sent += 1;
    await send(file);
  }

  return {
    async write(rows) {
      const [first] = rows;
      if (first === undefined) return;
      if (columns.length === 0) columns = Object.keys(first);
      for (const part of parts) {
        const text = part.format.rows(rows, columns);
        const chunk = Buffer.from(part.chunks.length === 0 ? part.format.head(columns) + text : text);
        part.chunks.push(chunk);
        part.bytes += chunk.byteLength;
        if (part.bytes >= table.bytesMax) await flush(part, false);
      }
    },
    async end() {
      for (const part of parts) await flush(part, true);
    },
  };
}
