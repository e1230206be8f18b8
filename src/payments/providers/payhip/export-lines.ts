// The text of an export as records of fields, each with the number of its line. A quote that is never closed would swallow
// everything behind it: then that line alone is given up, and reading goes on behind it. The text is parsed in slices, so
// that the process serves others between two of them.
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import type { LineFault, UnreadableLine } from '../../ports/sales-channel.ts';

export interface ExportLine {
  line: number;
  fields: string[];
}

export interface ExportLines {
  lines: ExportLine[];
  unreadable: UnreadableLine[];
  /** There are more records than are wanted; the rest was not read. */
  isCut: boolean;
}

/** What is parsed at once, a few milliseconds: the parser's time goes by records more than by bytes. */
const sliceBytes = 32 * 1024;
const sliceLines = 100;
const recordBytesMax = 64 * 1024;
/** Each costs a walk through the rest of the text; a file with more of them is no export. */
const brokenMax = 50;
/** Some exports begin with a title, which tells nothing of the delimiter. */
const delimiterWithin = 10;

export async function readLines(bytes: Buffer, { recordsMax }: { recordsMax: number }): Promise<ExportLines> {
  const found: ExportLines = { lines: [], unreadable: [], isCut: false };
  const delimiter = delimiterOf(bytes);
  let rest = bytes;
  let before = 0;
  for (let broken = 0; rest.length > 0; broken += 1) {
    const left = recordsMax - found.lines.length;
    const { lines, brokenAt } = await readUntilBroken(rest, { delimiter, recordsMax: left });
    for (const { line, fields } of lines.slice(0, left)) found.lines.push({ line: before + line, fields });
    found.isCut = lines.length > left;
    if (brokenAt === undefined || found.isCut) return found;
    const behind = endOfLine(rest, brokenAt);
    const isLong = behind.at - behind.from > recordBytesMax;
    const fault: LineFault = isLong ? 'too_long' : 'quotes_do_not_close';
    found.unreadable.push({ line: before + brokenAt, fault });
    if (broken >= brokenMax) {
      found.unreadable.push({ line: before + brokenAt + 1, fault: 'too_many_broken_quotes' });
      return found;
    }
    rest = rest.subarray(behind.at);
    before += brokenAt;
  }
  return found;
}

/** One record more than are wanted shows that there are more. */
async function readUntilBroken(
  bytes: Buffer,
  { delimiter, recordsMax }: { delimiter: string; recordsMax: number },
): Promise<{ lines: ExportLine[]; brokenAt: number | undefined }> {
  const lines: ExportLine[] = [];
  let ended = 0;
  const parser = parse({
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    trim: true,
    max_record_size: recordBytesMax,
    record_delimiter: ['\r\n', '\n', '\r'],
    on_record(fields: string[], { lines: count }) {
      // A record that has line breaks within quotes begins where the one before it ended.
      const line = ended + 1;
      ended = Math.max(count, line);
      if (fields.some((field) => field !== '')) lines.push({ line, fields });
      return null;
    },
  });
  const over = once(parser.resume(), 'end').then(
    () => undefined,
    (error: unknown) => error,
  );
  let at = 0;
  while (at < bytes.length && parser.writable && lines.length <= recordsMax) {
    const end = sliceEnd(bytes, at);
    parser.write(bytes.subarray(at, end));
    at = end;
    await nextTurn();
  }
  if (lines.length > recordsMax) {
    parser.destroy();
    return { lines, brokenAt: undefined };
  }
  if (parser.writable) parser.end();
  const error = await over;
  if (error === undefined) return { lines, brokenAt: undefined };
  if (!(error instanceof CsvError)) throw error;
  return { lines, brokenAt: ended + 1 };
}

function sliceEnd(bytes: Buffer, from: number): number {
  const last = Math.min(from + sliceBytes, bytes.length);
  let at = from;
  for (let count = 0; count < sliceLines && at < last; count += 1) at = nextLine(bytes, { from: at, to: last });
  return at;
}

/** Where a line begins, and where the next one does. */
function endOfLine(bytes: Buffer, line: number): { from: number; at: number } {
  let from = 0;
  let at = 0;
  for (let count = 0; count < line; count += 1) {
    from = at;
    at = nextLine(bytes, { from: at, to: bytes.length });
  }
  return { from, at };
}

/** At most `to`, where the line goes on behind it. */
function nextLine(bytes: Buffer, { from, to }: { from: number; to: number }): number {
  for (let at = from; at < to; at += 1) {
    if (bytes[at] === 0x0a) return at + 1;
    if (bytes[at] === 0x0d) return Math.min(bytes[at + 1] === 0x0a ? at + 2 : at + 1, to);
  }
  return to;
}

/** The mark that parts one of the first lines into most pieces, quoted texts left out. */
function delimiterOf(bytes: Buffer): string {
  const start = bytes
    .subarray(0, recordBytesMax)
    .toString()
    .trimStart()
    .replaceAll(/"[^"]*"/g, '');
  const first = start.split(/\r\n|\n|\r/, delimiterWithin);
  const pieces = (mark: string): number => Math.max(...first.map((line) => line.split(mark).length));
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: pieces(mark) }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}
