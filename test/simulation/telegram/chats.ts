// What people see in their chats: the messages as they stand, and buttons that a phone may still show after they are gone.
import type { InlineButton, SandboxMessage } from '#sandbox/telegram/model.ts';
import type { TelegramSandboxCore } from '#sandbox/telegram/sandbox.ts';
import { admins, groupId } from '../world/settings.ts';

/** A bot's private chat with somebody, or a group that it is in. */
export interface Chat {
  readonly bot: string;
  readonly chatId: number;
}

export interface Chats {
  /** The bot's newest messages that are still there, oldest first. */
  newest(chat: Chat, count: number): readonly SandboxMessage[];
  /** As it stands; undefined when it was deleted. */
  message(chat: Chat, messageId: number): SandboxMessage | undefined;
  /** Every message, people's too, oldest first. Not for every moment: it draws all of them. */
  messages(chat: Chat): readonly SandboxMessage[];
  /** The bots' messages that name this order (`T-1042`), in all chats of people who were admins at the beginning. */
  about(orderNumber: string): readonly SandboxMessage[];
  /** All chats in which an admin could be told something. */
  all(): readonly Chat[];
  /** Whether the bot may write there. */
  isReachable(chat: Chat): boolean;
  /** Its owner has blocked the bot, or somebody removed it from the group. */
  isClosed(chat: Chat): boolean;
  /** The group under its id of today; null when there is none. */
  groupId(): number | null;
  /** What the message offered before it was last edited, and offers no more. */
  earlierButtons(message: SandboxMessage): readonly InlineButton[];
  /** What was asked: the text over the buttons that confirm this action. */
  question(pendingId: string): string | undefined;
}

/** What changes who can be written to. */
export interface ChatStates {
  setStarted(chat: Chat): void;
  setClosed(chat: Chat, isClosed: boolean): void;
  moveGroup(chatId: number): void;
}

interface Seen {
  message: SandboxMessage;
  earlier: readonly InlineButton[];
}

export function createChats(deps: {
  sandbox: TelegramSandboxCore;
  bots: readonly string[];
  started: readonly Chat[];
  hasGroup: boolean;
}): { chats: Chats; states: ChatStates } {
  const { sandbox, bots } = deps;
  const seen = new Map<string, Map<number, Seen>>();
  const questions = new Map<string, string>();
  const started = new Set(deps.started.map(keyOf));
  const closed = new Set<string>();
  let group = deps.hasGroup ? groupId : null;

  sandbox.onMessage((message) => {
    if (!message.from.isBot) return;
    const inChat = seen.get(keyOf(message)) ?? new Map<number, Seen>();
    seen.set(keyOf(message), inChat);
    const pendingId = pendingIdOf(message);
    if (pendingId !== undefined) questions.set(pendingId, message.text);
    const before = inChat.get(message.messageId)?.message;
    inChat.set(message.messageId, { message, earlier: before === undefined ? [] : lostButtons(before, message) });
  });

  const chats: Chats = {
    newest(chat, count) {
      const found: SandboxMessage[] = [];
      const ids = [...(seen.get(keyOf(chat))?.keys() ?? [])];
      for (let at = ids.length - 1; at >= 0 && found.length < count; at -= 1) {
        const message = chats.message(chat, ids[at] ?? 0);
        if (message !== undefined) found.unshift(message);
      }
      return found;
    },
    message: (chat, messageId) => sandbox.message({ ...chat, messageId }),
    messages: (chat) => sandbox.messages(chat),
    about(orderNumber) {
      const name = new RegExp(`\\b${orderNumber}\\b`);
      return chats
        .all()
        .flatMap((chat) => sandbox.messages(chat))
        .filter(({ from, text }) => from.isBot && name.test(text));
    },
    all: () =>
      bots.flatMap((bot) => [
        ...admins.map(({ id }) => ({ bot, chatId: id })),
        ...(group === null ? [] : [{ bot, chatId: group }]),
      ]),
    isReachable: (chat) => (chat.chatId < 0 || started.has(keyOf(chat))) && !closed.has(keyOf(chat)),
    isClosed: (chat) => closed.has(keyOf(chat)),
    groupId: () => group,
    earlierButtons: (message) => seen.get(keyOf(message))?.get(message.messageId)?.earlier ?? [],
    question: (pendingId) => questions.get(pendingId),
  };
  return {
    chats,
    states: {
      setStarted: (chat) => void started.add(keyOf(chat)),
      setClosed(chat, isClosed) {
        if (isClosed) closed.add(keyOf(chat));
        else closed.delete(keyOf(chat));
      },
      moveGroup(chatId) {
        if (group === null) return;
        for (const bot of bots) {
          if (closed.delete(keyOf({ bot, chatId: group }))) closed.add(keyOf({ bot, chatId }));
        }
        group = chatId;
      },
    },
  };
}

function keyOf({ bot, chatId }: Chat): string {
  return `${bot} ${chatId}`;
}

function pendingIdOf({ keyboard }: SandboxMessage): string | undefined {
  for (const { callback_data: data = '' } of keyboard.flat()) {
    const [, pendingId] = /^confirm:([\w-]+)/.exec(data) ?? [];
    if (pendingId !== undefined) return pendingId;
  }
  return undefined;
}

function lostButtons(before: SandboxMessage, now: SandboxMessage): readonly InlineButton[] {
  const kept = new Set(now.keyboard.flat().map((button) => button.callback_data));
  return before.keyboard.flat().filter(({ callback_data: data }) => data !== undefined && !kept.has(data));
}
