import { byteOffset, type FoundEntity, isCustomEmojiId, linkEntity, type Markup, MarkupError } from './markup.ts';

const simpleTags: ReadonlyMap<string, string> = new Map([
  ['b', 'bold'],
  ['strong', 'bold'],
  ['i', 'italic'],
  ['em', 'italic'],
  ['u', 'underline'],
  ['ins', 'underline'],
  ['s', 'strikethrough'],
  ['strike', 'strikethrough'],
  ['del', 'strikethrough'],
  ['tg-spoiler', 'spoiler'],
  ['span', 'spoiler'],
]);
const tags = new Set([...simpleTags.keys(), 'a', 'pre', 'code', 'blockquote', 'tg-emoji']);
const namedCharacters: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
]);

interface OpenTag {
  readonly name: string;
  readonly argument: string;
  readonly offset: number;
}

interface Cursor {
  readonly source: string;
  at: number;
  text: string;
  readonly open: OpenTag[];
  readonly entities: FoundEntity[];
}

/** Telegram's HTML: a small tag set, four named characters, end tags that may be nameless, and no self-closing tags. */
export function parseHtml(source: string): Markup {
  const cursor: Cursor = { source, at: 0, text: '', open: [], entities: [] };
  while (cursor.at < source.length) {
    if (source[cursor.at] !== '<') cursor.text += readCharacter(cursor);
    else if (source[cursor.at + 1] === '/') readEndTag(cursor);
    else readStartTag(cursor);
  }
  const left = cursor.open.at(-1);
  if (left) throw new MarkupError(`Can't find end tag corresponding to start tag "${left.name}"`);
  if (!cursor.text.isWellFormed()) {
    throw new MarkupError(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    );
  }
  return {
    text: cursor.text,
    entities: cursor.entities.map(({ language, ...entity }) => keepLanguage(entity, language)),
  };
}

/** Only a `pre` keeps the language of the `code` inside it. */
function keepLanguage(entity: FoundEntity, language: string | undefined): FoundEntity {
  return entity.type === 'pre' && language ? { ...entity, language } : entity;
}

function isSpaceOrEnd(character: string | undefined): boolean {
  return character === undefined || /[ \t\r\n\v\0]/.test(character);
}

function skipSpace(cursor: Cursor): void {
  while (cursor.at < cursor.source.length && isSpaceOrEnd(cursor.source[cursor.at])) cursor.at++;
}

/** One character of text, decoded; an unknown `&name` stays as it is written. */
function readCharacter(cursor: Cursor): string {
  const rest = cursor.source.slice(cursor.at, cursor.at + 12);
  const match = /^&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+))(;?)/i.exec(rest);
  const decoded = match && decodeReference(match);
  if (!match || decoded === undefined || decoded === null) {
    cursor.at++;
    return cursor.source[cursor.at - 1] ?? '';
  }
  cursor.at += match[0].length;
  return decoded;
}

function decodeReference(match: RegExpExecArray): string | undefined {
  const [whole, hex, decimal, name, semicolon] = match;
  if (name !== undefined) return namedCharacters.get(name);
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code === 0 || code >= 0x10ffff || whole.length - (semicolon ?? '').length >= 10) return undefined;
  return String.fromCodePoint(code);
}

function readStartTag(cursor: Cursor): void {
  const { source } = cursor;
  const begin = cursor.at++;
  const offset = byteOffset(source, begin);
  while (!isSpaceOrEnd(source[cursor.at]) && source[cursor.at] !== '>') cursor.at++;
  if (cursor.at >= source.length) throw new MarkupError(`Unclosed start tag at byte offset ${offset}`);
  const name = source.slice(begin + 1, cursor.at).toLowerCase();
  if (!tags.has(name)) throw new MarkupError(`Unsupported start tag "${name}" at byte offset ${offset}`);
  let argument = '';
  for (;;) {
    skipSpace(cursor);
    if (source[cursor.at] === '>') break;
    const attribute = readAttribute(cursor, { tag: name, offset });
    argument = tagArgument(name, attribute) ?? argument;
  }
  cursor.at++;
  if (name === 'span' && argument !== 'spoiler') {
    throw new MarkupError(`Tag "span" must have class "tg-spoiler" at byte offset ${offset}`);
  }
  cursor.open.push({ name, argument, offset: cursor.text.length });
}

/** The one attribute each tag listens to; all others are read and forgotten. */
function tagArgument(tag: string, attribute: { name: string; value: string }): string | undefined {
  const { name, value } = attribute;
  if (tag === 'a' && name === 'href') return value;
  if (tag === 'code' && name === 'class' && value.startsWith('language-')) return value.slice('language-'.length);
  if (tag === 'span' && name === 'class' && value.startsWith('tg-')) return value.slice('tg-'.length);
  if (tag === 'tg-emoji' && name === 'emoji-id') return value;
  if (tag === 'blockquote' && name === 'expandable') return 'expandable';
  return undefined;
}

function readAttribute(cursor: Cursor, tag: { tag: string; offset: number }): { name: string; value: string } {
  const { source } = cursor;
  const begin = cursor.at;
  const stopsAtBracket = tag.tag === 'blockquote';
  while (!isSpaceOrEnd(source[cursor.at]) && source[cursor.at] !== '=') {
    if (stopsAtBracket && source[cursor.at] === '>') break;
    cursor.at++;
  }
  const name = source.slice(begin, cursor.at);
  if (name === '') throw new MarkupError(`Empty attribute name in the tag "${tag.tag}" at byte offset ${tag.offset}`);
  skipSpace(cursor);
  if (source[cursor.at] !== '=') {
    if (tag.tag === 'blockquote' && name === 'expandable' && cursor.at < source.length) return { name, value: '' };
    throw new MarkupError(
      `Expected equal sign in declaration of an attribute of the tag "${tag.tag}" at byte offset ${tag.offset}`,
    );
  }
  cursor.at++;
  skipSpace(cursor);
  if (cursor.at >= source.length) throw new MarkupError(`Unclosed start tag "${tag.tag}" at byte offset ${tag.offset}`);
  const value = readAttributeValue(cursor);
  if (cursor.at >= source.length) throw new MarkupError(`Unclosed start tag at byte offset ${tag.offset}`);
  return { name, value };
}

function readAttributeValue(cursor: Cursor): string {
  const { source } = cursor;
  const quote = source[cursor.at];
  if (quote !== '"' && quote !== "'") {
    const begin = cursor.at;
    while (/[a-z0-9.-]/i.test(source[cursor.at] ?? '')) cursor.at++;
    if (!isSpaceOrEnd(source[cursor.at]) && source[cursor.at] !== '>') {
      throw new MarkupError(`Unexpected end of name token at byte offset ${byteOffset(source, begin)}`);
    }
    return source.slice(begin, cursor.at).toLowerCase();
  }
  cursor.at++;
  let value = '';
  while (cursor.at < source.length && source[cursor.at] !== quote) value += readCharacter(cursor);
  if (cursor.at < source.length) cursor.at++;
  return value;
}

function readEndTag(cursor: Cursor): void {
  const { source } = cursor;
  const begin = cursor.at;
  const offset = byteOffset(source, begin);
  const open = cursor.open.at(-1);
  if (!open) throw new MarkupError(`Unexpected end tag at byte offset ${offset}`);
  while (!isSpaceOrEnd(source[cursor.at]) && source[cursor.at] !== '>') cursor.at++;
  const name = source.slice(begin + 2, cursor.at).toLowerCase();
  skipSpace(cursor);
  if (source[cursor.at] !== '>') throw new MarkupError(`Unclosed end tag at byte offset ${offset}`);
  if (name !== '' && name !== open.name) {
    throw new MarkupError(`Unmatched end tag at byte offset ${offset}, expected "</${open.name}>", found "</${name}>"`);
  }
  cursor.at++;
  cursor.open.pop();
  if (cursor.text.length > open.offset) closeEntity(cursor, open);
}

function closeEntity(cursor: Cursor, open: OpenTag): void {
  const span = { offset: open.offset, length: cursor.text.length - open.offset };
  const entity = closedEntity(open, { span, inner: cursor.text.slice(open.offset), last: cursor.entities.at(-1) });
  if (entity === undefined) return;
  if (entity.type === 'pre' && entity.language !== undefined) cursor.entities.pop();
  cursor.entities.push(entity);
}

function closedEntity(
  open: OpenTag,
  context: { span: { offset: number; length: number }; inner: string; last: FoundEntity | undefined },
): FoundEntity | undefined {
  const { span, last } = context;
  const simple = simpleTags.get(open.name);
  if (simple !== undefined) return { type: simple, ...span };
  const fits = last?.offset === span.offset && last.length === span.length;
  if (open.name === 'a') return linkEntity(open.argument === '' ? context.inner : open.argument, span);
  if (open.name === 'blockquote') return { type: open.argument ? 'expandable_blockquote' : 'blockquote', ...span };
  if (open.name === 'tg-emoji') {
    if (!isCustomEmojiId(open.argument)) throw new MarkupError('Invalid custom emoji identifier specified');
    return { type: 'custom_emoji', ...span, custom_emoji_id: open.argument };
  }
  if (open.name === 'pre') {
    if (fits && last.type === 'code' && last.language) return { type: 'pre', ...span, language: last.language };
    return { type: 'pre', ...span };
  }
  if (fits && last.type === 'pre' && open.argument) return { type: 'pre', ...span, language: open.argument };
  return { type: 'code', ...span, ...(open.argument ? { language: open.argument } : {}) };
}
