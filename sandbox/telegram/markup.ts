import { Buffer } from 'node:buffer';
import { checkLink, mentionedUserId } from './links.ts';
import type { MessageEntity } from './model.ts';

/** What a markup parser finds, before users are looked up and the text is trimmed. */
export interface Markup {
  readonly text: string;
  readonly entities: readonly FoundEntity[];
}

export type FoundEntity = MessageEntity & { readonly mentionedUserId?: number };

/** The text breaks the rules of its markup; the message is Telegram's, without the "can't parse entities" in front. */
export class MarkupError extends Error {
  override readonly name = 'MarkupError';
}

/** Telegram counts positions in its complaints in UTF-8 bytes, unlike entity offsets. */
export function byteOffset(source: string, index: number): number {
  return Buffer.byteLength(source.slice(0, index));
}

/** A link without a valid address is dropped silently, as Telegram does when it parses a text. */
export function linkEntity(url: string, span: { offset: number; length: number }): FoundEntity | undefined {
  const userId = mentionedUserId(url);
  if (userId !== undefined) return { type: 'text_mention', ...span, mentionedUserId: userId };
  const link = checkLink(url);
  return 'url' in link ? { type: 'text_link', ...span, url: link.url } : undefined;
}

/** Telegram accepts custom emoji ids that fit a signed 64-bit integer and are not zero. */
export function isCustomEmojiId(id: string): boolean {
  return /^-?\d{1,19}$/.test(id) && BigInt(id) !== 0n && BigInt.asIntN(64, BigInt(id)) === BigInt(id);
}
