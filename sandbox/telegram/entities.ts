import { badRequest } from './api-error.ts';
import { checkLink } from './links.ts';
import { type FoundEntity, isCustomEmojiId, type Markup, MarkupError } from './markup.ts';
import { parseHtml } from './markup-html.ts';
import { parseLegacyMarkdown } from './markup-legacy.ts';
import { parseMarkdownV2 } from './markup-markdown.ts';
import type { FormattedText, MessageEntity, WireUser } from './model.ts';

const parsers: Readonly<Record<string, (source: string) => Markup>> = {
  html: parseHtml,
  markdownv2: parseMarkdownV2,
  markdown: parseLegacyMarkdown,
};

const entityTypes = new Set(
  (
    'mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler ' +
    'blockquote expandable_blockquote code pre text_link text_mention custom_emoji'
  ).split(' '),
);
const automaticTypes = new Set(['mention', 'hashtag', 'cashtag', 'bot_command', 'url', 'email', 'phone_number']);

export interface TextInput {
  readonly text: string;
  readonly parseMode?: string;
  readonly entities?: unknown;
  readonly findUser: (id: number) => WireUser | undefined;
}

/** What Telegram makes of a bot's text: markup or given entities, trimmed, sorted, with the found ones added. */
export function formatText(input: TextInput): FormattedText {
  return tidy(input.parseMode ? parseText(input, input.parseMode) : explicitText(input), input.findUser);
}

/** What Telegram makes of a user's text: no markup, only what it finds by itself. */
export function typedText(text: string): FormattedText {
  return tidy({ text, entities: [] }, () => undefined);
}

function parseText(input: TextInput, parseMode: string): Markup {
  const parse = parsers[parseMode.toLowerCase()];
  if (!parse) throw badRequest('unsupported parse_mode');
  try {
    return parse(input.text);
  } catch (error) {
    if (error instanceof MarkupError) throw badRequest(`can't parse entities: ${error.message}`);
    throw error;
  }
}

function explicitText(input: TextInput): Markup {
  const given = input.entities;
  if (given === undefined) return { text: input.text, entities: [] };
  if (!Array.isArray(given)) throw badRequest("can't parse entities JSON object");
  const entities = given.map((entity: unknown) => explicitEntity(entity, input.text));
  return { text: input.text, entities: entities.filter((entity) => !automaticTypes.has(entity.type)) };
}

function explicitEntity(value: unknown, text: string): FoundEntity {
  const fault = (reason: string) => badRequest(`can't parse MessageEntity: ${reason}`);
  if (typeof value !== 'object' || value === null) throw fault('Object expected as MessageEntity');
  const { type, offset, length, url, language, custom_emoji_id: emojiId, user } = value as Record<string, unknown>;
  if (typeof offset !== 'number') throw fault('Can\'t find field "offset"');
  if (typeof length !== 'number') throw fault('Can\'t find field "length"');
  if (typeof type !== 'string' || !entityTypes.has(type)) throw fault('Unsupported type specified');
  if (offset < 0) throw badRequest(`receive an entity with incorrect offset ${offset}`);
  if (length < 0) throw badRequest(`receive an entity with incorrect length ${length}`);
  if (offset > text.length) throw badRequest(`entity begins after the end of the text at UTF-16 offset ${offset}`);
  if (offset + length > text.length) {
    const where = `at UTF-16 offset ${offset + length}`;
    throw badRequest(`entity beginning at UTF-16 offset ${offset} ends after the end of the text ${where}`);
  }
  const base = { type, offset, length };
  if (type === 'text_link') {
    if (typeof url !== 'string') throw fault('Can\'t find field "url"');
    const link = checkLink(url);
    if ('fault' in link) throw badRequest(`entity URL '${url}' is invalid: ${link.fault}`);
    return { ...base, url: link.url };
  }
  if (type === 'text_mention') {
    if (typeof user !== 'object' || user === null) throw fault('Can\'t find field "user"');
    return { ...base, mentionedUserId: Number((user as Record<string, unknown>)['id']) };
  }
  if (type === 'custom_emoji') {
    if (typeof emojiId !== 'string') throw fault('Can\'t find field "custom_emoji_id"');
    if (!isCustomEmojiId(emojiId)) throw fault('Field "custom_emoji_id" must be a valid Number');
    return { ...base, custom_emoji_id: emojiId };
  }
  return type === 'pre' && typeof language === 'string' && language ? { ...base, language } : base;
}

function tidy(markup: Markup, findUser: TextInput['findUser']): FormattedText {
  const known = markup.entities.flatMap(({ mentionedUserId, ...entity }): MessageEntity[] => {
    if (mentionedUserId === undefined) return [entity];
    const user = findUser(mentionedUserId);
    return user ? [{ ...entity, user }] : [];
  });
  const sorted = sortEntities(known);
  const trimmed = trim(withoutCarriageReturns({ text: markup.text, entities: sorted }));
  const kept = trimmed.entities.filter((entity) => !isInsideCode(entity, trimmed.entities));
  const visible = kept.filter((entity) => isVisible(entity, trimmed.text));
  return { text: trimmed.text, entities: sortEntities([...visible, ...findAutomatic(trimmed.text, visible)]) };
}

function sortEntities(entities: readonly MessageEntity[]): MessageEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
}

function withoutCarriageReturns(formatted: FormattedText): FormattedText {
  if (!formatted.text.includes('\r')) return formatted;
  const at = (offset: number) => formatted.text.slice(0, offset).replaceAll('\r', '').length;
  return {
    text: formatted.text.replaceAll('\r', ''),
    entities: formatted.entities.map((entity) => {
      const offset = at(entity.offset);
      return { ...entity, offset, length: at(entity.offset + entity.length) - offset };
    }),
  };
}

/** White space goes from the end, and from the beginning up to the first entity. */
function trim(formatted: FormattedText): FormattedText {
  const end = formatted.text.trimEnd();
  const first = formatted.entities[0]?.offset ?? end.length;
  const cut = Math.min(first, /^[ \n]*/.exec(end)?.[0].length ?? 0);
  const text = end.slice(cut);
  const entities = formatted.entities.flatMap((entity) => {
    const offset = entity.offset - cut;
    const length = Math.min(entity.length, text.length - offset);
    return length > 0 ? [{ ...entity, offset, length }] : [];
  });
  return { text, entities };
}

/** Inside `code` and `pre` nothing else counts, save a quotation around them. */
function isInsideCode(entity: MessageEntity, all: readonly MessageEntity[]): boolean {
  if (entity.type.includes('blockquote')) return false;
  return all.some((code) => {
    if (code === entity || (code.type !== 'code' && code.type !== 'pre')) return false;
    const overlaps = entity.offset < code.offset + code.length && code.offset < entity.offset + entity.length;
    const isCodeToo = entity.type === 'code' || entity.type === 'pre';
    return overlaps && (!isCodeToo || all.indexOf(entity) > all.indexOf(code));
  });
}

/** A style over nothing but white space is no style; a link is. */
function isVisible(entity: MessageEntity, text: string): boolean {
  if (entity.type === 'text_link' || entity.type === 'text_mention') return true;
  return text.slice(entity.offset, entity.offset + entity.length).trim() !== '';
}

const automatic: readonly { readonly type: string; readonly pattern: RegExp }[] = [
  { type: 'url', pattern: /\bhttps?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]]/gi },
  { type: 'email', pattern: /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g },
  {
    type: 'url',
    pattern: /(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|app|dev|shop|info)\b(?:\/[^\s<>"'`]*)?/gi,
  },
  { type: 'bot_command', pattern: /(?<![\w/<])\/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z]\w{2,31})?(?![\w/])/g },
  { type: 'mention', pattern: /(?<![\w@])@[a-zA-Z]\w{3,31}(?!\w)/g },
  { type: 'hashtag', pattern: /(?<![\p{L}\p{N}_&#])#(?=[\p{N}_]*[\p{L}_])[\p{L}\p{N}_]{1,256}/gu },
  { type: 'cashtag', pattern: /(?<![\w$])\$[A-Z]{1,8}(?!\w)/g },
];

function findAutomatic(text: string, given: readonly MessageEntity[]): MessageEntity[] {
  const taken = given.filter((entity) => ['code', 'pre', 'text_link', 'text_mention'].includes(entity.type));
  const found: MessageEntity[] = [];
  for (const { type, pattern } of automatic) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      const overlaps = (other: MessageEntity) =>
        entity.offset < other.offset + other.length && other.offset < entity.offset + entity.length;
      if (![...taken, ...found].some(overlaps)) found.push(entity);
    }
  }
  return found;
}
