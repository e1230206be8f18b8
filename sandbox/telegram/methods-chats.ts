import { badRequest } from './api-error.ts';
import { type CommandScope, parseCommands, parseLanguage, parseScope } from './commands.ts';
import { knownChat, type Method, type MethodCall, writableChat } from './method-call.ts';
import type { Chat } from './model.ts';
import { integerParam, jsonParam, textParam } from './params.ts';
import { wireBot, wireChat, wireMessage, wireUser } from './wire.ts';

const chatActions = new Set(
  (
    'typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker ' +
    'find_location record_video_note upload_video_note'
  ).split(' '),
);
const menuButtons = new Set(['default', 'commands', 'web_app']);

export const getMe: Method = ({ bot }) => ({
  ...wireBot(bot),
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
});

export const getChat: Method = (call) => {
  const { world } = call.platform;
  const chat = knownChat(call);
  // A bot sees a user only once they have written to it.
  if (!chat.started) throw badRequest('chat not found');
  const pinned = chat.pinnedMessageId === undefined ? undefined : chat.messages.get(chat.pinnedMessageId);
  return {
    ...wireChat(chat, world),
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: false,
      limited_gifts: false,
      unique_gifts: false,
      premium_subscription: false,
      gifts_from_channels: false,
    },
    ...(chat.kind === 'private' ? {} : { permissions: { can_send_messages: true } }),
    ...(pinned ? { pinned_message: wireMessage(pinned, { chat, world }) } : {}),
  };
};

export const getChatMember: Method = (call) => {
  const chat = knownChat(call);
  const userId = integerParam(call.params, 'user_id');
  if (userId === undefined) throw badRequest('invalid user_id specified');
  return member(call, { chat, userId });
};

/** The first user of a group made it; its bots were made administrators, so that they may pin and delete. */
function member({ platform, bot }: MethodCall, who: { chat: Chat; userId: number }): unknown {
  const { chat, userId } = who;
  const asBot = userId === bot.id ? bot : platform.world.botById(userId);
  if (asBot) {
    const status = chat.kind === 'private' ? 'member' : 'administrator';
    return { user: wireBot(asBot), status: chat.botIds.includes(asBot.id) ? status : 'left' };
  }
  const user = platform.world.user(userId);
  if (!user) throw badRequest('user not found');
  const isIn = chat.userIds.includes(userId);
  if (chat.kind !== 'private' && isIn && chat.userIds[0] === userId) {
    return { user: wireUser(user), status: 'creator', is_anonymous: false };
  }
  return { user: wireUser(user), status: isIn ? 'member' : 'left' };
}

export const sendChatAction: Method = (call) => {
  const action = textParam(call.params, 'action') ?? '';
  if (!chatActions.has(action)) throw badRequest('wrong parameter action in request');
  const chat = writableChat(call);
  call.platform.world.emit({ type: 'typing', chat, bot: call.bot, action });
  return true;
};

export const pinChatMessage: Method = (call) => pin(call, 'message to pin not found');
export const unpinChatMessage: Method = (call) => pin(call, 'message to unpin not found');

function pin(call: MethodCall, notFound: string): true {
  const chat = writableChat(call);
  const isPin = notFound.startsWith('message to pin');
  const id = integerParam(call.params, 'message_id') ?? (isPin ? undefined : chat.pinnedMessageId);
  if (id === undefined || !chat.messages.has(id)) throw badRequest(notFound);
  if (isPin) chat.pinnedMessageId = id;
  else if (chat.pinnedMessageId === id) delete chat.pinnedMessageId;
  call.platform.world.emit({ type: 'chat', chat });
  return true;
}

export const setMyCommands: Method = (call) => {
  const commands = parseCommands(jsonParam(call.params, 'commands', 'commands'));
  call.platform.commands.set({ bot: call.bot, ...audience(call), commands });
  call.platform.world.emit({ type: 'commands', bot: call.bot });
  return true;
};

export const getMyCommands: Method = (call) => call.platform.commands.get({ bot: call.bot, ...audience(call) });

export const deleteMyCommands: Method = (call) => {
  call.platform.commands.remove({ bot: call.bot, ...audience(call) });
  call.platform.world.emit({ type: 'commands', bot: call.bot });
  return true;
};

function audience({ platform, bot, params }: MethodCall): { scope: CommandScope; language: string } {
  const scope = parseScope(jsonParam(params, 'scope', 'BotCommandScope'));
  const language = parseLanguage(textParam(params, 'language_code'));
  if (scope.chatId !== undefined && !platform.world.chat(bot, Number(scope.chatId))?.started) {
    throw badRequest('chat not found');
  }
  return { scope, language };
}

export const setChatMenuButton: Method = (call) => {
  if (textParam(call.params, 'chat_id')) knownChat(call);
  const button = jsonParam(call.params, 'menu_button', 'menu button') as Record<string, unknown> | undefined;
  if (button && !menuButtons.has(String(button['type']))) throw badRequest('menu button has unsupported type');
  return true;
};
