// The bytes of an export as UTF-8, whatever program saved them. A file that is none is known before any of it is parsed.
import type { NotAnExport } from '../../ports/sales-channel.ts';

/** A field may hold line breaks, so that a file has more lines than records; blank ones count, too. */
const lineEndsPerRecord = 5;
/** Of a text in UTF-16 without a mark, Latin letters have a zero byte each. */
const wideWithin = 512;

export type ExportText = { kind: 'text'; bytes: Buffer } | ({ kind: 'not_an_export' } & NotAnExport);

/** Bounds the file before it is parsed: `recordsMax` lines that say something, and a few more beside them. */
export function readExportText(file: Uint8Array, { recordsMax }: { recordsMax: number }): ExportText {
  const text = decode(file);
  if (text === undefined || !isText(text)) return { kind: 'not_an_export', code: 'not_text' };
  const bytes = Buffer.from(text);
  if (hasMoreLines(bytes, recordsMax * lineEndsPerRecord)) {
    return { kind: 'not_an_export', code: 'too_many_lines', linesMax: recordsMax };
  }
  return { kind: 'text', bytes };
}

/** By its mark, or as UTF-8; the Latin letters of an old spreadsheet are taken as they are. */
function decode(file: Uint8Array): string | undefined {
  const wide = wideEncoding(file);
  if (wide !== undefined) return new TextDecoder(wide).decode(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return new TextDecoder('windows-1252').decode(file);
  }
}

function wideEncoding(file: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (file[0] === 0xff && file[1] === 0xfe) return 'utf-16le';
  if (file[0] === 0xfe && file[1] === 0xff) return 'utf-16be';
  const start = file.subarray(0, wideWithin);
  const zeros = [0, 1].map((odd) => start.filter((byte, index) => index % 2 === odd && byte === 0).length);
  const [even = 0, odd = 0] = zeros;
  const many = start.length / 4;
  if (odd > many && even === 0) return 'utf-16le';
  return even > many && odd === 0 ? 'utf-16be' : undefined;
}

/** One damaged byte makes no picture of a text: its line is named when it is read. */
function isText(text: string): boolean {
  let zeros = 0;
  for (let at = text.indexOf('\0'); at >= 0; at = text.indexOf('\0', at + 1)) {
    zeros += 1;
    if (zeros * 100 > text.length) return false;
  }
  return true;
}

function hasMoreLines(bytes: Uint8Array, linesMax: number): boolean {
  let count = 0;
  for (let at = 0; at < bytes.length && count <= linesMax; at += 1) {
    const byte = bytes[at];
    const isEnd = byte === 0x0a || (byte === 0x0d && bytes[at + 1] !== 0x0a);
    if (isEnd) count += 1;
  }
  return count > linesMax;
}
