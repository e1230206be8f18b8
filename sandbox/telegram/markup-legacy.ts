import { byteOffset, type FoundEntity, linkEntity, type Markup, MarkupError } from './markup.ts';

const types: ReadonlyMap<string, string> = new Map(Object.entries<string>({ _: 'italic', '*': 'bold', '`': 'code' }));

/** The old Markdown: `_ * [ ``, no nesting, and a backslash only before those four. Telegram keeps it for old bots. */
export function parseLegacyMarkdown(source: string): Markup {
  const entities: FoundEntity[] = [];
  let text = '';
  let at = 0;
  while (at < source.length) {
    const character = source[at] ?? '';
    if (character === '\\' && /[_*`[]/.test(source[at + 1] ?? '')) {
      text += source[at + 1];
      at += 2;
    } else if (/[_*`[]/.test(character)) {
      const found = readEntity(source, at);
      const span = { offset: text.length, length: found.inner.length };
      text += found.inner;
      at = found.end;
      const entity = character === '[' ? linkEntity(found.url ?? found.inner, span) : { type: found.type, ...span };
      if (entity && span.length > 0)
        entities.push({ ...entity, ...(found.language ? { language: found.language } : {}) });
    } else {
      text += character;
      at++;
    }
  }
  return { text, entities };
}

interface Found {
  readonly type: string;
  readonly inner: string;
  readonly end: number;
  readonly url?: string;
  readonly language?: string;
}

function readEntity(source: string, begin: number): Found {
  const mark = source[begin] ?? '';
  const missing = (): MarkupError =>
    new MarkupError(`Can't find end of the entity starting at byte offset ${byteOffset(source, begin)}`);
  if (source.startsWith('```', begin)) {
    const opening = /^```(?:([^\s`]+)(?=\s))?(?:\r\n|\n|\r)?/.exec(source.slice(begin));
    const from = begin + (opening?.[0].length ?? 3);
    const end = source.indexOf('```', from);
    if (end < 0) throw missing();
    return { type: 'pre', inner: source.slice(from, end), end: end + 3, language: opening?.[1] ?? '' };
  }
  const end = source.indexOf(mark === '[' ? ']' : mark, begin + 1);
  if (end < 0) throw missing();
  const inner = source.slice(begin + 1, end);
  if (mark !== '[') return { type: types.get(mark) ?? 'code', inner, end: end + 1 };
  if (source[end + 1] !== '(') return { type: 'text_link', inner, end: end + 1 };
  const close = source.indexOf(')', end);
  const urlEnd = close < 0 ? source.length : close;
  return { type: 'text_link', inner, end: urlEnd + 1, url: source.slice(end + 2, urlEnd) };
}
