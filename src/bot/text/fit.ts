// A message is made of lines, each whole HTML and with a weight. What does not fit is left out line by line, the least
// important first and the oldest first among equals, and the gap says how much is missing. Tags are therefore never cut.

/** Telegram counts UTF-16 units after it has read the tags; counting the tags as well errs on the safe side. */
const messageUnitsMax = 4096;
/** About a phone's screen. */
const screenLinesMax = 20;

/** How long a line stays when room runs out. */
export const weights = { history: 1, extra: 2, detail: 3, fact: 4, must: 5 } as const;

export interface Line {
  html: string;
  weight: number;
  /** Names what is missing when a line of this group is left out: `earlier entries`. */
  group?: { one: string; many: string };
}

interface FitOptions {
  unitsMax?: number;
  linesMax?: number;
}

export function line(html: string, weight: number = weights.fact): Line {
  return { html, weight };
}

/** The lines as one message of at most `unitsMax` UTF-16 units and, as long as anything may be left out, `linesMax` lines. */
export function fitLines(lines: readonly Line[], options: FitOptions = {}): string {
  const unitsMax = options.unitsMax ?? messageUnitsMax;
  const linesMax = options.linesMax ?? screenLinesMax;
  const order = lines
    .map((candidate, index) => ({ index, weight: candidate.weight }))
    .filter((candidate) => candidate.weight < weights.must)
    .sort((left, right) => left.weight - right.weight || left.index - right.index);
  const dropped = new Set<number>();
  let text = render(lines, dropped);
  for (const { index } of order) {
    if (text.length <= unitsMax && countLines(text) <= linesMax) return text;
    dropped.add(index);
    text = render(lines, dropped);
  }
  return text.length <= unitsMax ? text : clipHtml(text, unitsMax);
}

function countLines(text: string): number {
  return text.split('\n').length;
}

function render(lines: readonly Line[], dropped: ReadonlySet<number>): string {
  const missing = new Map<string, number>();
  for (const index of dropped) {
    const group = lines[index]?.group;
    if (group !== undefined) missing.set(group.many, (missing.get(group.many) ?? 0) + 1);
  }
  const shown: string[] = [];
  for (const [index, { html, group }] of lines.entries()) {
    if (!dropped.has(index)) {
      shown.push(html);
      continue;
    }
    const count = group === undefined ? undefined : missing.get(group.many);
    if (group === undefined || count === undefined) continue;
    shown.push(`<i>… ${count} ${count === 1 ? group.one : group.many}</i>`);
    missing.delete(group.many);
  }
  return shown.join('\n');
}

const piecePattern = /<\/?[a-z][^<>]*>|&(?:lt|gt|amp|quot|#\d+);|[\uD800-\uDBFF][\uDC00-\uDFFF]|[\s\S]/gu;

/** The last resort, for one line that is too long by itself: cuts between characters and closes what is open. */
export function clipHtml(html: string, unitsMax: number): string {
  const open: string[] = [];
  let text = '';
  // Room for the ellipsis is kept at all times, and for the closing tags of what is open.
  for (const [piece] of html.matchAll(piecePattern)) {
    const name = /^<(\/?)([a-z]+)/.exec(piece);
    const isClosing = name?.[1] === '/';
    const after = nextOpen(open, isClosing, name?.[2]);
    const room = unitsMax - 1 - closing(after).length;
    if (text.length + piece.length > room) return `${text}…${closing(open)}`;
    text += piece;
    open.splice(0, open.length, ...after);
  }
  return text;
}

function nextOpen(open: readonly string[], isClosing: boolean, name: string | undefined): string[] {
  if (name === undefined) return [...open];
  return isClosing ? open.slice(0, -1) : [...open, name];
}

function closing(open: readonly string[]): string {
  return open
    .toReversed()
    .map((name) => `</${name}>`)
    .join('');
}
