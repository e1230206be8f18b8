// Text files as editors leave them. Windows writes a byte order mark and may write UTF-16; read as plain UTF-8 the mark would
// become a part of the first name, or of a secret, and nobody sees it.

/** The file is no text that can be read without guessing; the reason is for whoever saved it, and repeats nothing of it. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

const marks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** Reads the bytes as their mark says, else as UTF-8, with plain line ends. Throws UnreadableText. */
export function readText(content: Uint8Array): string {
  const mark = marks.find(({ bytes }) => bytes.every((byte, at) => content[at] === byte));
  const text = decode(content.subarray(mark?.bytes.length ?? 0), mark?.encoding ?? 'utf-8');
  if (text.includes('\0')) throw new UnreadableText('looks like UTF-16 without a byte order mark: save it as UTF-8');
  return text.replaceAll(/\r\n?/g, '\n');
}

function decode(content: Uint8Array, encoding: (typeof marks)[number]['encoding']): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new UnreadableText(`is not ${encoding.toUpperCase()}: save it as UTF-8`);
  }
}

/**
 * Characters that show nothing where they stand, or look like a space: copied from a web page or a chat they spoil a secret
 * unseen. Tabs and line ends may belong to a key in several lines.
 */
const unseen = /[^\S\n\r\t ]|[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\ufffd]/u;
const seenControls = /[\n\r\t]/g;

/** The fault of a value that has such a character, with its place and not the value; undefined when there is none. */
export function findUnseen(text: string): string | undefined {
  const at = text.replaceAll(seenControls, ' ').search(unseen);
  if (at === -1) return undefined;
  const code = (text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const place = [...text.slice(0, at)].length + 1;
  return `has a character that cannot be seen (U+${code}, at place ${place}): remove it, or type the value anew`;
}

/** Whether a value still stands in quotes, which a shell or `.env` removes and Docker's --env-file does not. */
export function isQuoted(text: string): boolean {
  return /^(["'`]).+\1$/s.test(text) || /^[“”„«].+[“”«»]$/s.test(text);
}
