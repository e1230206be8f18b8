import { badRequest, forbidden, upgraded } from './api-error.ts';
import { formatText } from './entities.ts';
import type { Chat, FormattedText, SandboxBot, StoredMessage } from './model.ts';
import { flagParam, integerParam, jsonParam, type Params, textParam } from './params.ts';
import type { Platform } from './platform.ts';
import { wireUser } from './wire.ts';

/** UTF-16 units, counted without the markup. */
const textMax = 4096;
const captionMax = 1024;

/** One Bot API call on its way through a method. */
export interface MethodCall {
  readonly platform: Platform;
  readonly bot: SandboxBot;
  readonly params: Params;
  /** Ends when the client hangs up; undefined for one that never does. */
  readonly signal: AbortSignal | undefined;
}

export type Method = (call: MethodCall) => unknown;

/** The chat named by `chat_id`, which the bot must know. */
export function knownChat({ platform, bot, params }: MethodCall): Chat {
  const raw = textParam(params, 'chat_id')?.trim() ?? '';
  if (raw === '') throw badRequest('chat_id is empty');
  const chat = /^-?\d{1,16}$/.test(raw) ? platform.world.chat(bot, Number(raw)) : undefined;
  if (!chat) throw badRequest('chat not found');
  if (chat.movedTo !== undefined) throw upgraded(chat.movedTo);
  if (chat.removedBotIds.has(bot.id)) throw forbidden(`bot was kicked from the ${chat.kind} chat`);
  return chat;
}

/**
 * A chat the bot may write to. Telegram says "chat not found" of a user whom the bot never met and "can't initiate
 * conversation" of one it met in a group; all users of the sandbox count as met.
 */
export function writableChat(call: MethodCall): Chat {
  const chat = knownChat(call);
  if (chat.blocked) throw forbidden('bot was blocked by the user');
  if (!chat.started) throw forbidden("bot can't initiate conversation with a user");
  return chat;
}

/** The formatted `text` of a message; the caller checks its length after it has found the chat, as Telegram does. */
export function messageText(call: MethodCall): FormattedText {
  const text = textParam(call.params, 'text') ?? '';
  if (text === '') throw badRequest('message text is empty');
  return format(call, { text, entities: 'entities' });
}

export function checkTextLength(formatted: FormattedText): void {
  if (formatted.text === '') throw badRequest('text must be non-empty');
  if (formatted.text.length > textMax) throw badRequest('message is too long');
}

export function messageCaption(call: MethodCall): FormattedText {
  return format(call, { text: textParam(call.params, 'caption') ?? '', entities: 'caption_entities' });
}

export function checkCaptionLength(formatted: FormattedText): void {
  if (formatted.text.length > captionMax) throw badRequest('message caption is too long');
}

function format(call: MethodCall, source: { text: string; entities: string }): FormattedText {
  const { world } = call.platform;
  const parseMode = textParam(call.params, 'parse_mode');
  return formatText({
    text: source.text,
    ...(parseMode ? { parseMode } : {}),
    entities: jsonParam(call.params, source.entities, 'entities'),
    findUser: (id) => {
      const user = world.user(id);
      return user && wireUser(user);
    },
  });
}

/** The message that is answered, by `reply_parameters` or in the older way. */
export function replyTarget({ params }: MethodCall, chat: Chat): number | undefined {
  const given = jsonParam(params, 'reply_parameters', 'reply parameters') as Record<string, unknown> | undefined;
  const older = integerParam(params, 'reply_to_message_id');
  if (given && typeof given['message_id'] !== 'number') throw badRequest('can\'t find field "message_id"');
  const id = given ? Number(given['message_id']) : older;
  if (id === undefined || id === 0) return undefined;
  if (chat.messages.has(id)) return id;
  const isOptional = given
    ? given['allow_sending_without_reply'] === true
    : flagParam(params, 'allow_sending_without_reply');
  if (isOptional) return undefined;
  throw badRequest('message to be replied not found');
}

/** The bot's own message named by `message_id`. */
export function ownMessage(call: MethodCall, chat: Chat): StoredMessage {
  const id = integerParam(call.params, 'message_id');
  if (id === undefined || id <= 0) throw badRequest('message identifier is not specified');
  const message = chat.messages.get(id);
  if (!message) throw badRequest('message to edit not found');
  if (message.from.id !== call.bot.id) throw badRequest("message can't be edited");
  return message;
}
