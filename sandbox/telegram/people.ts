import { createHash } from 'node:crypto';
import type { CallbackAnswer } from './callbacks.ts';
import { typedText } from './entities.ts';
import type { Chat, Media, SandboxBot, SandboxMessage, SandboxUser, StoredMessage } from './model.ts';
import type { Platform } from './platform.ts';
import { sandboxMessage, wireBot, wireChat, wireMessage, wireUser } from './wire.ts';
import type { World } from './world.ts';

const typedMax = 4096;

export interface Person {
  readonly userId: number;
  /** User name of the bot. */
  readonly bot: string;
  /** A group's id; the private chat with the bot when left out. */
  readonly chatId?: number;
}

export type SendText = Person & { readonly text: string; readonly replyToId?: number };
export type SendDocument = Person & { readonly name: string; readonly bytes: Uint8Array; readonly caption?: string };
export type TapButton = Person & {
  readonly messageId: number;
  /** `callback_data` of the button. */
  readonly data: string;
  /** Sends data that no button carries, as a tampered client can. */
  readonly forged?: boolean;
};

/** What users do in their app. Impossible acts throw plain errors: they are mistakes of the test, not of the bot. */
export interface People {
  sendText(input: SendText): SandboxMessage;
  sendDocument(input: SendDocument): SandboxMessage;
  /** Resolves with the bot's answer to the tap, if it comes. Throws at once when there is nothing to tap. */
  tap(input: TapButton): Promise<CallbackAnswer>;
  block(input: Person): void;
  unblock(input: Person): void;
  /** Removes the bot from a group, or adds it again. */
  removeBot(input: Person): void;
  addBot(input: Person): void;
  /** Makes a supergroup of a group, as its owner's app does by itself for some features; returns the new id. */
  upgradeGroup(chatId: number): number;
}

interface Place {
  readonly bot: SandboxBot;
  readonly user: SandboxUser;
  readonly chat: Chat;
}

export function createPeople(platform: Platform): People {
  const { world } = platform;

  function place(person: Person): Place {
    const bot = world.botByName(person.bot);
    const user = world.user(person.userId);
    const chat = world.chat(bot, person.chatId ?? person.userId);
    if (!user) throw new Error(`the sandbox has no user ${person.userId}`);
    if (!chat?.userIds.includes(user.id)) throw new Error(`user ${user.id} is not in chat ${person.chatId ?? user.id}`);
    return { bot, user, chat };
  }

  function say(at: Place, draft: { text: string; replyToId?: number; media?: Media }): SandboxMessage {
    const { chat, user } = at;
    if (chat.blocked) throw new Error(`user ${user.id} has blocked @${at.bot.username}`);
    if (draft.text.length > typedMax) throw new Error('the app sends at most 4096 characters in one message');
    const formatted = typedText(draft.text);
    if (formatted.text === '' && !draft.media) throw new Error('the app sends no empty message');
    if (!chat.started) {
      chat.started = true;
      world.emit({ type: 'chat', chat });
    }
    const message = world.post(chat, { from: wireUser(user), ...draft, ...formatted });
    for (const bot of hearers(world, { chat, message })) {
      platform.inbound(bot).queue.push('message', wireMessage(message, { chat, world }), chat.id);
    }
    return sandboxMessage(message, { chat, world });
  }

  return {
    sendText: (input) =>
      say(place(input), { text: input.text, ...(input.replyToId === undefined ? {} : { replyToId: input.replyToId }) }),
    sendDocument(input) {
      const file = platform.files.save('documents', { name: input.name, mimeType: '', bytes: input.bytes });
      return say(place(input), { text: input.caption ?? '', media: { kind: 'document', file } });
    },
    tap: (input) => tap(platform, { at: place(input), input }),
    block: (input) => setBlocked(platform, { at: place(input), blocked: true }),
    unblock: (input) => setBlocked(platform, { at: place(input), blocked: false }),
    removeBot: (input) => setRemoved(platform, { at: place(input), isRemoved: true }),
    addBot: (input) => setRemoved(platform, { at: place(input), isRemoved: false }),
    upgradeGroup: (chatId) => upgrade(platform, chatId),
  };
}

/** Telegram tells of the move in both chats. */
function upgrade(platform: Platform, chatId: number): number {
  const { world } = platform;
  const group = world.chats().find((chat) => chat.id === chatId && chat.kind === 'group');
  if (!group) throw new Error(`the sandbox has no group ${chatId}`);
  const supergroup = world.migrate(group);
  const owner = group.userIds.map((id) => world.user(id)).find((user) => user !== undefined);
  const tell = (chat: Chat, service: object) => {
    const message = world.post(chat, { from: owner ? wireUser(owner) : wireGroupBot, text: '', entities: [] });
    for (const id of chat.botIds) {
      const bot = chat.removedBotIds.has(id) ? undefined : world.botById(id);
      if (bot === undefined) continue;
      platform.inbound(bot).queue.push('message', { ...wireMessage(message, { chat, world }), ...service }, chat.id);
    }
  };
  tell(group, { migrate_to_chat_id: supergroup.id });
  tell(supergroup, { migrate_from_chat_id: group.id });
  return supergroup.id;
}

/** In whose name Telegram writes into a group that has no people. */
const wireGroupBot = { id: 1087968824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' } as const;

/** In a group, bots in privacy mode receive commands and replies to themselves only. */
function hearers(world: World, said: { chat: Chat; message: StoredMessage }): SandboxBot[] {
  const { chat, message } = said;
  const bots = chat.botIds.flatMap((id) => (chat.removedBotIds.has(id) ? [] : (world.botById(id) ?? [])));
  if (chat.kind === 'private') return bots;
  const repliedTo = message.replyToId === undefined ? undefined : chat.messages.get(message.replyToId)?.from.id;
  const command = /^\/[a-z0-9_]+(?:@(\w+))?/i.exec(message.text);
  return bots.filter((bot) => {
    if (repliedTo === bot.id) return true;
    return command !== null && (command[1] === undefined || command[1].toLowerCase() === bot.username.toLowerCase());
  });
}

function setBlocked(platform: Platform, change: { at: Place; blocked: boolean }): void {
  const { at, blocked } = change;
  const { chat } = at;
  if (chat.blocked === blocked) return;
  chat.blocked = blocked;
  tellOfMembership(platform, { at, from: blocked ? 'member' : 'kicked', to: blocked ? 'kicked' : 'member' });
}

/** Bots of the sandbox's groups are administrators. */
function setRemoved(platform: Platform, change: { at: Place; isRemoved: boolean }): void {
  const { at, isRemoved } = change;
  const { bot, chat } = at;
  if (chat.kind === 'private') throw new Error(`chat ${chat.id} is no group: block the bot there`);
  if (chat.removedBotIds.has(bot.id) === isRemoved) return;
  if (isRemoved) chat.removedBotIds.add(bot.id);
  else chat.removedBotIds.delete(bot.id);
  const [from, to] = isRemoved ? (['administrator', 'kicked'] as const) : (['kicked', 'administrator'] as const);
  tellOfMembership(platform, { at, from, to });
}

function tellOfMembership(platform: Platform, { at, from, to }: { at: Place; from: string; to: string }): void {
  const { world } = platform;
  const { bot, user, chat } = at;
  const change = {
    chat: wireChat(chat, world),
    from: wireUser(user),
    date: world.nowSeconds(),
    old_chat_member: { user: wireBot(bot), status: from },
    new_chat_member: { user: wireBot(bot), status: to },
  };
  platform.inbound(bot).queue.push('my_chat_member', change, chat.id);
  world.emit({ type: 'chat', chat });
}

function tap(platform: Platform, { at, input }: { at: Place; input: TapButton }): Promise<CallbackAnswer> {
  const { world } = platform;
  const { bot, user, chat } = at;
  const message = chat.messages.get(input.messageId);
  if (!message) throw new Error(`chat ${chat.id} has no message ${input.messageId}`);
  const isThere = (message.keyboard ?? []).flat().some((button) => button.callback_data === input.data);
  if (!isThere && !input.forged) throw new Error(`message ${message.id} has no button with data ${input.data}`);
  const owner = world.botById(message.from.id) ?? bot;
  const query = platform.callbacks.open(owner.id);
  const tapped = {
    id: query.id,
    from: wireUser(user),
    message: wireMessage(message, { chat, world }),
    chat_instance: chatInstance(chat),
    data: input.data,
  };
  platform.inbound(owner).queue.push('callback_query', tapped, user.id);
  return query.answered;
}

/** The same for every tap in one chat, and meaningless otherwise. */
function chatInstance(chat: Chat): string {
  return createHash('sha256').update(chat.key).digest().readBigInt64BE().toString();
}
