import { byteOffset, type FoundEntity, isCustomEmojiId, linkEntity, type Markup, MarkupError } from './markup.ts';

const reserved = new Set('_*[]()~`>#+-=|{}.!\n');

/** The names Telegram's complaints use, and the entity types they stand for. */
const entityTypes = {
  Bold: 'bold',
  Italic: 'italic',
  Underline: 'underline',
  Strikethrough: 'strikethrough',
  Spoiler: 'spoiler',
  Code: 'code',
  Pre: 'pre',
  PreCode: 'pre',
  TextUrl: 'text_link',
  CustomEmoji: 'custom_emoji',
  BlockQuote: 'blockquote',
} as const;
type EntityName = keyof typeof entityTypes;

interface OpenEntity {
  readonly name: EntityName;
  readonly language: string;
  readonly offset: number;
  readonly begin: number;
}

interface Cursor {
  readonly source: string;
  at: number;
  text: string;
  readonly open: OpenEntity[];
  readonly entities: FoundEntity[];
}

/** MarkdownV2: every reserved character either marks something or is escaped; what is opened last closes first. */
export function parseMarkdownV2(source: string): Markup {
  const cursor: Cursor = { source, at: 0, text: '', open: [], entities: [] };
  while (cursor.at < source.length) step(cursor);
  if (cursor.open.at(-1)?.name === 'BlockQuote') endQuote(cursor, 'blockquote');
  const left = cursor.open.at(-1);
  if (left) throw unfinished(cursor, left);
  return { text: cursor.text, entities: cursor.entities };
}

function unfinished(cursor: Cursor, open: OpenEntity): MarkupError {
  return new MarkupError(
    `Can't find end of ${open.name} entity at byte offset ${byteOffset(cursor.source, open.begin)}`,
  );
}

function mustEscape(character: string): MarkupError {
  return new MarkupError(`Character '${character}' is reserved and must be escaped with the preceding '\\'`);
}

function isEscape(source: string, at: number): boolean {
  const next = source.charCodeAt(at + 1);
  return source[at] === '\\' && next > 0 && next <= 126;
}

function step(cursor: Cursor): void {
  const { source, at } = cursor;
  const character = source[at] ?? '';
  if (isEscape(source, at)) {
    cursor.text += source[at + 1];
    cursor.at += 2;
    return;
  }
  const top = cursor.open.at(-1);
  const verbatim = top?.name === 'Code' || top?.name === 'Pre' || top?.name === 'PreCode';
  if (verbatim ? character !== '`' : !reserved.has(character)) {
    cursor.text += character;
    cursor.at++;
    return;
  }
  if (character === '\n') newLine(cursor);
  else if (top && closes(top, source.slice(at, at + 3))) closeEntity(cursor, top);
  else if (top?.name === 'BlockQuote' && /^\|\|(\n|$)/.test(source.slice(at, at + 3))) {
    cursor.at += 2;
    endQuote(cursor, 'expandable_blockquote');
  } else openEntity(cursor, character);
}

/** A quotation lasts as long as its lines begin with `>`; nothing else may be open where it ends. */
function newLine(cursor: Cursor): void {
  const quote = cursor.open.find((open) => open.name === 'BlockQuote');
  const continues = cursor.source[cursor.at + 1] === '>';
  const top = cursor.open.at(-1);
  if (quote && !continues) {
    if (top && top.name !== 'BlockQuote') throw unfinished(cursor, top);
    cursor.text += '\n';
    endQuote(cursor, 'blockquote');
    cursor.at++;
    return;
  }
  cursor.text += '\n';
  cursor.at++;
  if (quote && continues) cursor.at++;
}

function endQuote(cursor: Cursor, type: string): void {
  const quote = cursor.open.pop();
  const length = cursor.text.length - (quote?.offset ?? 0);
  if (quote && length > 0) cursor.entities.push({ type, offset: quote.offset, length });
}

function closes(top: OpenEntity, next: string): boolean {
  switch (top.name) {
    case 'Bold':
      return next[0] === '*';
    case 'Italic':
      return next[0] === '_' && next[1] !== '_';
    case 'Underline':
      return next.startsWith('__');
    case 'Strikethrough':
      return next[0] === '~';
    case 'Spoiler':
      return next.startsWith('||');
    case 'Code':
      return next[0] === '`';
    case 'Pre':
    case 'PreCode':
      return next === '```';
    case 'TextUrl':
    case 'CustomEmoji':
      return next[0] === ']';
    case 'BlockQuote':
      return false;
    default:
      return top.name satisfies never;
  }
}

function openEntity(cursor: Cursor, character: string): void {
  const { source, at: begin } = cursor;
  const twice = source[begin + 1] === character;
  let name: EntityName;
  let language = '';
  if (character === '_') name = twice ? 'Underline' : 'Italic';
  else if (character === '*') name = 'Bold';
  else if (character === '~') name = 'Strikethrough';
  else if (character === '|' && twice) name = 'Spoiler';
  else if (character === '[') name = 'TextUrl';
  else if (character === '!' && source[begin + 1] === '[') name = 'CustomEmoji';
  else if (character === '>' && mayQuote(cursor)) name = 'BlockQuote';
  else if (character === '`') {
    const fence = readFence(source, begin);
    name = fence.name;
    language = fence.language;
    cursor.at += fence.length;
  } else throw mustEscape(character);
  if (character !== '`') cursor.at += name === 'Underline' || name === 'Spoiler' || name === 'CustomEmoji' ? 2 : 1;
  cursor.open.push({ name, language, offset: cursor.text.length, begin });
}

/** One backtick is code; three are a block, with its language if a word stands before the white space. */
function readFence(source: string, begin: number): { name: EntityName; language: string; length: number } {
  if (!source.startsWith('```', begin)) return { name: 'Code', language: '', length: 1 };
  const match = /^```(?:([^\s`]+)(?=\s))?(?:\r\n|\n\r|\n|\r)?/.exec(source.slice(begin));
  const language = match?.[1] ?? '';
  return { name: language === '' ? 'Pre' : 'PreCode', language, length: match?.[0].length ?? 3 };
}

function mayQuote(cursor: Cursor): boolean {
  const atLineStart = cursor.text === '' || cursor.text.endsWith('\n');
  return atLineStart && !cursor.open.some((open) => open.name === 'BlockQuote');
}

const markLengths: Partial<Record<EntityName, number>> = { Underline: 2, Spoiler: 2, Pre: 3, PreCode: 3 };

function closeEntity(cursor: Cursor, top: OpenEntity): void {
  const span = { offset: top.offset, length: cursor.text.length - top.offset };
  let entity: FoundEntity | undefined = { type: entityTypes[top.name], ...span };
  cursor.at += markLengths[top.name] ?? 1;
  if (top.name === 'TextUrl') {
    const url = cursor.source[cursor.at] === '(' ? readTarget(cursor, 'a URL') : cursor.text.slice(top.offset);
    entity = linkEntity(url, span);
  } else if (top.name === 'CustomEmoji') {
    if (cursor.source[cursor.at] !== '(') throw new MarkupError('Custom emoji entity must contain a tg://emoji URL');
    const id = /^tg:(?:\/\/)?emoji\?id=(-?\d+)$/i.exec(readTarget(cursor, 'a custom emoji URL'))?.[1];
    if (id === undefined || !isCustomEmojiId(id)) throw new MarkupError('Invalid custom emoji identifier specified');
    entity = { type: 'custom_emoji', ...span, custom_emoji_id: id };
  } else if (top.language !== '') entity = { ...entity, language: top.language };
  cursor.open.pop();
  if (entity && span.length > 0) cursor.entities.push(entity);
}

/** The `(…)` after a link's text. */
function readTarget(cursor: Cursor, what: string): string {
  const { source } = cursor;
  const begin = ++cursor.at;
  let target = '';
  while (cursor.at < source.length && source[cursor.at] !== ')') {
    if (isEscape(source, cursor.at)) cursor.at++;
    target += source[cursor.at++];
  }
  if (cursor.at >= source.length) {
    throw new MarkupError(`Can't find end of ${what} at byte offset ${byteOffset(source, begin)}`);
  }
  cursor.at++;
  return target;
}
