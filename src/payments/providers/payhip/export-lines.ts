// The text of an export as records of fields, each with the number of its line. A quote that is never closed would swallow
// everything behind it: then that line alone is given up, and reading goes on behind it.
import { CsvError, parse } from 'csv-parse/sync';
import type { UnreadableLine } from '../../ports/sales-channel.ts';

export interface ExportLine {
  line: number;
  fields: string[];
}

export interface ExportLines {
  lines: ExportLine[];
  unreadable: UnreadableLine[];
}

const recordUnitsMax = 64 * 1024;
/** Each costs a walk through the rest of the text; a file with more of them is no export. */
const brokenMax = 50;

export function readLines(text: string): ExportLines {
  const found: ExportLines = { lines: [], unreadable: [] };
  const delimiter = delimiterOf(text);
  let rest = text;
  let before = 0;
  for (let broken = 0; rest !== ''; broken += 1) {
    const { lines, brokenAt } = readUntilBroken(rest, delimiter);
    found.lines.push(...lines.map(({ line, fields }) => ({ line: before + line, fields })));
    if (brokenAt === undefined) return found;
    found.unreadable.push({ line: before + brokenAt, fault: 'quotes_do_not_close' });
    if (broken >= brokenMax) {
      found.unreadable.push({
        line: before + brokenAt + 1,
        fault: 'too_many_broken_quotes',
      });
      return found;
    }
    rest = behindLine(rest, brokenAt);
    before += brokenAt;
  }
  return found;
}

function readUntilBroken(text: string, delimiter: string): { lines: ExportLine[]; brokenAt: number | undefined } {
  const lines: ExportLine[] = [];
  let ended = 0;
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      max_record_size: recordUnitsMax,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record(fields: string[], { lines: count }) {
        // A record that has line breaks within quotes begins where the one before it ended.
        const line = ended + 1;
        ended = Math.max(count, line);
        if (fields.some((field) => field !== '')) lines.push({ line, fields });
        return null;
      },
    });
    return { lines, brokenAt: undefined };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { lines, brokenAt: ended + 1 };
  }
}

function behindLine(text: string, line: number): string {
  let at = 0;
  for (let count = 0; count < line; count += 1) {
    const end = /\r\n|\n|\r/g;
    end.lastIndex = at;
    const match = end.exec(text);
    if (match === null) return '';
    at = match.index + match[0].length;
  }
  return text.slice(at);
}

/** The mark that parts the first line into most pieces, quoted texts left out. */
function delimiterOf(text: string): string {
  const first = (/^[^\r\n]*/.exec(text.trimStart())?.[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).mark;
}
