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
