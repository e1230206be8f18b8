const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text from outside on one line: whole characters only, control characters and runs of white space as one space. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .trim();
}

/** A character with many accents stacked on it may be cut, or one such would leave nothing of the text. */
const characterUnitsMax = 64;

/**
 * Text of at most `unitsMax` UTF-16 units; what is cut off is replaced by an ellipsis. No character is cut in two: half of
 * a surrogate pair is refused by some parsers and databases, and half of an emoji is another emoji.
 */
export function clip(text: string, unitsMax: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= unitsMax) return whole;
  const room = Math.max(unitsMax - 1, 0);
  const start = characters.segment(whole).containing(room)?.index ?? room;
  if (start > 0 && room - start <= characterUnitsMax) return `${whole.slice(0, start)}…`;
  return `${whole.slice(0, room).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Whether a reader sees anything of it. White space, joiners, fillers and lone accents show nothing. */
export function isVisible(text: string): boolean {
  return /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** By the codes of the network, as Node and OpenSSL name them. */
const networkFailures: readonly { codes: RegExp; words: string }[] = [
  { codes: /^(?:ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ERR_BAD_RESPONSE)$/, words: 'the connection was cut' },
  { codes: /^ECONNREFUSED$/, words: 'nothing listens at its address' },
  { codes: /^ENOTFOUND$/, words: 'its name is not known' },
  { codes: /^EAI_/, words: 'its name could not be looked up' },
  { codes: /^(?:ETIMEDOUT|ECONNABORTED|ESOCKETTIMEDOUT|ERR_CANCELED)$/, words: 'no answer came in time' },
  { codes: /^(?:EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/, words: 'no way leads to its address' },
  { codes: /CERT|TLS|SSL|EPROTO|UNABLE_TO/, words: 'its certificate or encryption is not accepted' },
];

/** What a failure of the network is called; `code` as Node, OpenSSL or a library of ours names it. */
export function networkWords(code: string): string {
  return networkFailures.find(({ codes }) => codes.test(code))?.words ?? 'the connection failed';
}
