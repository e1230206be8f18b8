import type {
  Chat,
  InlineButton,
  Media,
  MessageEntity,
  SandboxBot,
  SandboxEvent,
  SandboxGroup,
  SandboxUser,
  StoredMessage,
  WireUser,
} from './model.ts';

/** Enough for hours of demo traffic; the oldest messages of a chat are forgotten beyond it. */
const messagesPerChatMax = 5000;

export interface Draft {
  readonly from: WireUser;
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  readonly media?: Media;
  readonly keyboard?: readonly (readonly InlineButton[])[];
  readonly replyToId?: number;
  readonly silent?: boolean;
}

export interface WorldOptions {
  readonly bots: readonly SandboxBot[];
  readonly users: readonly SandboxUser[];
  readonly groups: readonly SandboxGroup[];
  readonly startedChats: 'all' | readonly { readonly userId: number; readonly bot: string }[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Everybody, every chat and every message; whoever wants to see changes subscribes. */
export interface World {
  readonly bots: readonly SandboxBot[];
  readonly users: readonly SandboxUser[];
  botByToken(token: string): SandboxBot | undefined;
  botByName(username: string): SandboxBot;
  botById(id: number): SandboxBot | undefined;
  user(id: number): SandboxUser | undefined;
  /** The chat a bot means by this id: its private chat with a user, or a group it is in. */
  chat(bot: SandboxBot, chatId: number): Chat | undefined;
  chats(): readonly Chat[];
  /** The group becomes a supergroup: the same people and bots, another id, and none of its messages. */
  migrate(chat: Chat): Chat;
  post(chat: Chat, draft: Draft): StoredMessage;
  edit(
    chat: Chat,
    message: StoredMessage,
    change: Partial<Pick<StoredMessage, 'text' | 'entities' | 'keyboard' | 'media'>>,
  ): void;
  remove(chat: Chat, messageId: number): void;
  emit(event: SandboxEvent): void;
  subscribe(listener: (event: SandboxEvent) => void): () => void;
  nowSeconds(): number;
}

export function createWorld(options: WorldOptions): World {
  const { bots, users } = options;
  const chats = new Map<string, Chat>();
  const listeners = new Set<(event: SandboxEvent) => void>();
  const nowSeconds = () => Math.floor(options.now() / 1000);
  for (const chat of initialChats(options)) chats.set(chat.key, chat);

  function emit(event: SandboxEvent): void {
    for (const listener of [...listeners]) listener(event);
  }

  return {
    bots,
    users,
    botByToken: (token) => bots.find((bot) => bot.token === token),
    botByName(username) {
      const bot = bots.find((candidate) => candidate.username === username);
      if (!bot) throw new Error(`the sandbox has no bot @${username}`);
      return bot;
    },
    botById: (id) => bots.find((bot) => bot.id === id),
    user: (id) => users.find((user) => user.id === id),
    chat(bot, chatId) {
      const shared = chats.get(String(chatId));
      if (shared) return shared.botIds.includes(bot.id) ? shared : undefined;
      return chats.get(`${bot.id}:${chatId}`);
    },
    chats: () => [...chats.values()],
    migrate(chat) {
      const id = Number(`-100${-chat.id}`);
      const supergroup: Chat = { ...chat, ...emptyChat(), key: String(id), id, kind: 'supergroup' };
      chat.movedTo = id;
      chats.set(supergroup.key, supergroup);
      return supergroup;
    },
    post(chat, draft) {
      const message: StoredMessage = {
        id: chat.nextMessageId++,
        date: nowSeconds(),
        edits: 0,
        ...draft,
        silent: draft.silent ?? false,
      };
      chat.messages.set(message.id, message);
      const oldest = chat.messages.size > messagesPerChatMax ? chat.messages.keys().next().value : undefined;
      if (oldest !== undefined) chat.messages.delete(oldest);
      emit({ type: 'message', chat, message });
      return message;
    },
    edit(chat, message, change) {
      Object.assign(message, change);
      message.edits += 1;
      if (change.text !== undefined) message.editDate = nowSeconds();
      emit({ type: 'edited', chat, message });
    },
    remove(chat, messageId) {
      chat.messages.delete(messageId);
      if (chat.pinnedMessageId === messageId) delete chat.pinnedMessageId;
      emit({ type: 'deleted', chat, messageId });
    },
    emit,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    nowSeconds,
  };
}

function initialChats(options: WorldOptions): Chat[] {
  const { bots, users, groups, startedChats } = options;
  const isStarted = (bot: SandboxBot, user: SandboxUser) =>
    startedChats === 'all' || startedChats.some((chat) => chat.userId === user.id && chat.bot === bot.username);
  const privateChats = bots.flatMap((bot) =>
    users.map((user) => ({
      ...emptyChat(),
      key: `${bot.id}:${user.id}`,
      id: user.id,
      kind: 'private' as const,
      title: bot.name,
      userIds: [user.id],
      botIds: [bot.id],
      removedBotIds: new Set<number>(),
      started: isStarted(bot, user),
    })),
  );
  const shared = groups.map((group) => ({
    ...emptyChat(),
    key: String(group.id),
    id: group.id,
    kind: isSupergroupId(group.id) ? ('supergroup' as const) : ('group' as const),
    title: group.title,
    userIds: group.users,
    botIds: bots.filter((bot) => group.bots.includes(bot.username)).map((bot) => bot.id),
    removedBotIds: new Set<number>(),
    started: true,
  }));
  return [...privateChats, ...shared];
}

function isSupergroupId(chatId: number): boolean {
  return String(chatId).startsWith('-100');
}

function emptyChat(): Pick<Chat, 'messages' | 'nextMessageId' | 'blocked'> {
  return { messages: new Map(), nextMessageId: 1, blocked: false };
}
