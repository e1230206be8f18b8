import { isDeepStrictEqual } from 'node:util';
import { badRequest } from './api-error.ts';
import { parseEditMarkup, parseReplyMarkup } from './keyboard.ts';
import {
  checkCaptionLength,
  checkTextLength,
  knownChat,
  type Method,
  type MethodCall,
  messageCaption,
  messageText,
  ownMessage,
  replyTarget,
  writableChat,
} from './method-call.ts';
import type { Chat, FormattedText, InlineButton, Media, ReplyMarkup, StoredMessage } from './model.ts';
import { flagParam, integerParam, jsonParam, textParam } from './params.ts';
import { wireBot, wireMessage } from './wire.ts';

/** Bots may take a message back for two days. */
const deletableSeconds = 48 * 3600;
const callbackTextMax = 200;

export function markupOf(call: MethodCall): ReplyMarkup | undefined {
  return parseReplyMarkup(jsonParam(call.params, 'reply_markup', 'reply keyboard markup'));
}

export const sendMessage: Method = (call) => {
  const content = messageText(call);
  const markup = markupOf(call);
  const chat = writableChat(call);
  const replyToId = replyTarget(call, chat);
  checkTextLength(content);
  return send(call, { chat, content, markup, replyToId });
};

export interface Outgoing {
  readonly chat: Chat;
  readonly content: FormattedText;
  readonly markup: ReplyMarkup | undefined;
  readonly replyToId: number | undefined;
  readonly media?: Media;
}

export function send(call: MethodCall, outgoing: Outgoing): Record<string, unknown> {
  const { platform, bot, params } = call;
  const { chat, content, markup, replyToId, media } = outgoing;
  platform.limiter.take(bot.id, chat);
  if (markup && markup.kind !== 'inline') setReplyKeyboard(call, { chat, markup });
  const message = platform.world.post(chat, {
    from: wireBot(bot),
    text: content.text,
    entities: content.entities,
    ...(media ? { media } : {}),
    ...(markup?.kind === 'inline' && markup.rows.length > 0 ? { keyboard: markup.rows } : {}),
    ...(replyToId === undefined ? {} : { replyToId }),
    silent: flagParam(params, 'disable_notification'),
  });
  return wireMessage(message, { chat, world: platform.world });
}

function setReplyKeyboard(call: MethodCall, next: { chat: Chat; markup: ReplyMarkup }): void {
  if (next.markup.kind === 'remove') delete next.chat.replyKeyboard;
  else next.chat.replyKeyboard = next.markup;
  call.platform.world.emit({ type: 'chat', chat: next.chat });
}

interface Change {
  readonly chat: Chat;
  readonly message: StoredMessage;
  readonly content?: FormattedText;
  readonly media?: Media;
  readonly keyboard: readonly (readonly InlineButton[])[];
}

export function change(call: MethodCall, input: Change): Record<string, unknown> {
  const { world, limiter } = call.platform;
  const { chat, message, content, media, keyboard } = input;
  limiter.take(call.bot.id, chat);
  const isSameText =
    !content || (content.text === message.text && isDeepStrictEqual(content.entities, message.entities));
  const isSameMedia = !media || media.file.fileId === message.media?.file.fileId;
  if (isSameText && isSameMedia && isDeepStrictEqual(keyboard, message.keyboard ?? [])) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current ' +
        'content and reply markup of the message',
    );
  }
  world.edit(chat, message, { ...content, ...(media ? { media } : {}), keyboard });
  return wireMessage(message, { chat, world });
}

export function editMarkup(call: MethodCall): readonly (readonly InlineButton[])[] {
  return parseEditMarkup(jsonParam(call.params, 'reply_markup', 'reply keyboard markup'));
}

export const editMessageText: Method = (call) => {
  const content = messageText(call);
  const keyboard = editMarkup(call);
  const chat = writableChat(call);
  const message = ownMessage(call, chat);
  if (message.media) throw badRequest('there is no text in the message to edit');
  checkTextLength(content);
  return change(call, { chat, message, content, keyboard });
};

export const editMessageCaption: Method = (call) => {
  const content = messageCaption(call);
  const keyboard = editMarkup(call);
  const chat = writableChat(call);
  const message = ownMessage(call, chat);
  if (!message.media) throw badRequest('there is no caption in the message to edit');
  checkCaptionLength(content);
  return change(call, { chat, message, content, keyboard });
};

export const editMessageReplyMarkup: Method = (call) => {
  const keyboard = editMarkup(call);
  const chat = writableChat(call);
  return change(call, { chat, message: ownMessage(call, chat), keyboard });
};

export const deleteMessage: Method = (call) => {
  const { world } = call.platform;
  const chat = knownChat(call);
  const id = integerParam(call.params, 'message_id');
  if (id === undefined || id <= 0) throw badRequest('message identifier is not specified');
  const message = chat.messages.get(id);
  if (!message) throw badRequest('message to delete not found');
  const isForeign = chat.kind !== 'private' && message.from.id !== call.bot.id;
  if (isForeign) throw badRequest("message can't be deleted");
  if (world.nowSeconds() - message.date > deletableSeconds) throw badRequest("message can't be deleted for everyone");
  world.remove(chat, id);
  return true;
};

export const answerCallbackQuery: Method = ({ platform, bot, params }) => {
  const text = textParam(params, 'text') ?? '';
  const url = textParam(params, 'url') ?? '';
  if (text.length > callbackTextMax) throw badRequest('MESSAGE_TOO_LONG');
  platform.callbacks.answer(bot.id, textParam(params, 'callback_query_id') ?? '', {
    ...(text === '' ? {} : { text }),
    ...(url === '' ? {} : { url }),
    showAlert: flagParam(params, 'show_alert'),
  });
  return true;
};
