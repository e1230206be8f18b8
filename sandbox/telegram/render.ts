import type { FormattedText, MessageEntity } from './model.ts';

const wraps: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['bold', ['<b>', '</b>']],
  ['italic', ['<i>', '</i>']],
  ['underline', ['<u>', '</u>']],
  ['strikethrough', ['<s>', '</s>']],
  ['spoiler', ['<span class="spoiler" tabindex="0">', '</span>']],
  ['code', ['<code>', '</code>']],
  ['blockquote', ['<blockquote>', '</blockquote>']],
  ['expandable_blockquote', ['<blockquote class="expandable">', '</blockquote>']],
]);

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Text and entities as HTML that is safe to put into a page: only tags of ours, everything else escaped. */
export function renderHtml(formatted: FormattedText): string {
  return renderRange(formatted.text, { from: 0, to: formatted.text.length, entities: formatted.entities });
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly entities: readonly MessageEntity[];
}

/** An entity that reaches out of the one around it is cut in two, so that the tags nest. */
function renderRange(text: string, range: Range): string {
  const [entity, ...rest] = range.entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  if (!entity) return escapeHtml(text.slice(range.from, range.to));
  const start = Math.max(entity.offset, range.from);
  const end = Math.min(entity.offset + entity.length, range.to);
  const inside = rest.filter((other) => other.offset < end).map((other) => clip(other, { from: start, to: end }));
  const after = rest
    .filter((other) => other.offset + other.length > end)
    .map((other) => clip(other, { from: end, to: range.to }));
  const inner = renderRange(text, { from: start, to: end, entities: inside });
  const [open, close] = wrapper(entity, text.slice(start, end));
  const before = escapeHtml(text.slice(range.from, start));
  return `${before}${open}${inner}${close}${renderRange(text, { from: end, to: range.to, entities: after })}`;
}

function clip(entity: MessageEntity, range: { from: number; to: number }): MessageEntity {
  const offset = Math.max(entity.offset, range.from);
  return { ...entity, offset, length: Math.min(entity.offset + entity.length, range.to) - offset };
}

function wrapper(entity: MessageEntity, text: string): readonly [string, string] {
  const simple = wraps.get(entity.type);
  if (simple) return simple;
  switch (entity.type) {
    case 'pre':
      return [`<pre data-language="${escapeHtml(entity.language ?? '')}">`, '</pre>'];
    case 'text_link':
      return link(entity.url ?? '');
    case 'url':
      return link(/^https?:\/\//i.test(text) ? text : `http://${text}`);
    case 'email':
      return link(`mailto:${text}`);
    case 'bot_command':
      return [`<a class="command" href="#" data-command="${escapeHtml(text)}">`, '</a>'];
    case 'mention':
    case 'text_mention':
    case 'hashtag':
    case 'cashtag':
      return ['<span class="mention">', '</span>'];
    default:
      return ['', ''];
  }
}

function link(url: string): readonly [string, string] {
  return [`<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">`, '</a>'];
}
