import type { ApiCall, BotCommand, Chat, SandboxMessage } from './model.ts';
import type { Platform } from './platform.ts';
import { sandboxMessage } from './wire.ts';

/** What can be seen of it all. */
export interface Views {
  messages(input: { bot: string; chatId: number }): readonly SandboxMessage[];
  message(input: { bot: string; chatId: number; messageId: number }): SandboxMessage | undefined;
  commands(input: { bot: string; userId: number; chatId?: number }): readonly BotCommand[];
  history(filter?: { bot?: string; method?: string }): readonly ApiCall[];
  onMessage(listener: (message: SandboxMessage) => void): () => void;
}

export function createViews(platform: Platform): Views {
  const { world } = platform;
  const chatOf = ({ bot, chatId }: { bot: string; chatId: number }): Chat => {
    const chat = world.chat(world.botByName(bot), chatId);
    if (!chat) throw new Error(`@${bot} has no chat ${chatId}`);
    return chat;
  };
  return {
    messages(input) {
      const chat = chatOf(input);
      return [...chat.messages.values()].map((message) => sandboxMessage(message, { chat, world }));
    },
    message(input) {
      const chat = chatOf(input);
      const message = chat.messages.get(input.messageId);
      return message && sandboxMessage(message, { chat, world });
    },
    commands({ bot: username, userId, chatId }) {
      const bot = world.botByName(username);
      const chat = world.chat(bot, chatId ?? userId);
      const user = world.user(userId);
      return chat && user ? platform.commands.seenBy({ bot, chat, user }) : [];
    },
    history: (filter = {}) =>
      platform.history().filter((call) => {
        const isBot = filter.bot === undefined || call.bot === filter.bot;
        return isBot && (filter.method === undefined || call.method === filter.method);
      }),
    onMessage: (listener) =>
      world.subscribe((event) => {
        if (event.type !== 'message' && event.type !== 'edited') return;
        listener(sandboxMessage(event.message, { chat: event.chat, world }));
      }),
  };
}
