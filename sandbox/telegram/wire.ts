import type { Chat, Media, SandboxBot, SandboxMessage, SandboxUser, StoredMessage, WireUser } from './model.ts';
import { renderHtml } from './render.ts';
import type { World } from './world.ts';

export function wireBot(bot: SandboxBot): WireUser {
  return { id: bot.id, is_bot: true, first_name: bot.name, username: bot.username };
}

export function wireUser(user: SandboxUser): WireUser {
  return {
    id: user.id,
    is_bot: false,
    first_name: user.firstName,
    ...(user.username ? { username: user.username } : {}),
    language_code: user.languageCode ?? 'en',
  };
}

export function wireChat(chat: Chat, world: World): Record<string, unknown> {
  if (chat.kind !== 'private') return { id: chat.id, title: chat.title, type: chat.kind };
  const user = world.user(chat.id);
  return {
    id: chat.id,
    first_name: user?.firstName ?? '',
    ...(user?.username ? { username: user.username } : {}),
    type: 'private',
  };
}

/** A message as the Bot API shows it; the one it answers is shown without its own predecessor. */
export function wireMessage(message: StoredMessage, place: { chat: Chat; world: World }): Record<string, unknown> {
  const { chat, world } = place;
  const replied = message.replyToId === undefined ? undefined : chat.messages.get(message.replyToId);
  const { language_code: _, ...from } = message.from;
  return {
    message_id: message.id,
    from: message.from.is_bot ? from : message.from,
    chat: wireChat(chat, world),
    date: message.date,
    ...(message.editDate === undefined ? {} : { edit_date: message.editDate }),
    ...(replied ? { reply_to_message: wireMessage(withoutReply(replied), place) } : {}),
    ...wireContent(message),
    ...(message.keyboard?.length ? { reply_markup: { inline_keyboard: message.keyboard } } : {}),
  };
}

function withoutReply(message: StoredMessage): StoredMessage {
  const { replyToId: _, ...rest } = message;
  return rest;
}

function wireContent(message: StoredMessage): Record<string, unknown> {
  const entities = message.entities.length > 0 ? message.entities : undefined;
  if (!message.media) return { text: message.text, ...(entities ? { entities } : {}) };
  const caption = message.text === '' ? {} : { caption: message.text };
  return { ...wireMedia(message.media), ...caption, ...(entities ? { caption_entities: entities } : {}) };
}

function wireMedia(media: Media): Record<string, unknown> {
  const { fileId, uniqueId, bytes, name, mimeType } = media.file;
  const file = { file_id: fileId, file_unique_id: uniqueId, file_size: bytes.length };
  if (media.kind === 'document') return { document: { file_name: name, mime_type: mimeType, ...file } };
  return { photo: [{ ...file, width: media.width, height: media.height }] };
}

/** A message as users see it. In a group the bot is the one that wrote it, or the first one there. */
export function sandboxMessage(message: StoredMessage, place: { chat: Chat; world: World }): SandboxMessage {
  const { chat, world } = place;
  const { media, from } = message;
  const botId = from.is_bot && chat.botIds.includes(from.id) ? from.id : chat.botIds[0];
  return {
    bot: (botId === undefined ? undefined : world.botById(botId)?.username) ?? '',
    chatId: chat.id,
    messageId: message.id,
    from: {
      id: from.id,
      name: from.first_name,
      isBot: from.is_bot,
      ...(from.username ? { username: from.username } : {}),
    },
    date: message.date,
    text: message.text,
    entities: message.entities,
    html: renderHtml({ text: message.text, entities: message.entities }),
    keyboard: message.keyboard ?? [],
    edits: message.edits,
    ...(message.editDate === undefined ? {} : { editDate: message.editDate }),
    silent: message.silent,
    pinned: chat.pinnedMessageId === message.id,
    ...(message.replyToId === undefined ? {} : { replyToId: message.replyToId }),
    ...sandboxMedia(media),
  };
}

function sandboxMedia(media: Media | undefined): Pick<SandboxMessage, 'photo' | 'document'> {
  if (!media) return {};
  const { fileId, name, mimeType } = media.file;
  const bytes = media.file.bytes.length;
  if (media.kind === 'document') return { document: { fileId, name, mimeType, bytes } };
  return { photo: { fileId, width: media.width, height: media.height, bytes } };
}
