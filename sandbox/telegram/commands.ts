import { badRequest } from './api-error.ts';
import type { BotCommand, Chat, SandboxBot, SandboxUser } from './model.ts';

const commandsMax = 100;
const descriptionMax = 256;

/** For whom a list of commands holds, as one key: `default`, `chat:42`, `chat_member:-100:42`. */
export interface CommandScope {
  readonly key: string;
  readonly chatId?: number | string;
}

const plainScopes = new Set(['default', 'all_private_chats', 'all_group_chats', 'all_chat_administrators']);
const chatScopes = new Set(['chat', 'chat_administrators', 'chat_member']);

export interface Commands {
  set(input: { bot: SandboxBot; scope: CommandScope; language: string; commands: readonly BotCommand[] }): void;
  get(input: { bot: SandboxBot; scope: CommandScope; language: string }): readonly BotCommand[];
  remove(input: { bot: SandboxBot; scope: CommandScope; language: string }): void;
  /** The list that a user sees: the narrowest scope that has one, in their language before any language. */
  seenBy(input: { bot: SandboxBot; chat: Chat; user: SandboxUser }): readonly BotCommand[];
}

export function createCommands(): Commands {
  const lists = new Map<string, readonly BotCommand[]>();
  const keyOf = (bot: SandboxBot, scope: string, language: string) => `${bot.id}|${scope}|${language}`;
  return {
    set: ({ bot, scope, language, commands }) => {
      lists.set(keyOf(bot, scope.key, language), commands);
    },
    get: ({ bot, scope, language }) => lists.get(keyOf(bot, scope.key, language)) ?? [],
    remove: ({ bot, scope, language }) => {
      lists.delete(keyOf(bot, scope.key, language));
    },
    seenBy({ bot, chat, user }) {
      const scopes =
        chat.kind === 'private'
          ? [`chat:${chat.id}`, 'all_private_chats', 'default']
          : [`chat_member:${chat.id}:${user.id}`, `chat:${chat.id}`, 'all_group_chats', 'default'];
      for (const scope of scopes) {
        for (const language of [user.languageCode ?? 'en', '']) {
          const list = lists.get(keyOf(bot, scope, language));
          if (list?.length) return list;
        }
      }
      return [];
    },
  };
}

export function parseScope(value: unknown): CommandScope {
  if (value === undefined) return { key: 'default' };
  if (typeof value !== 'object' || value === null) throw badRequest("can't parse BotCommandScope: Object expected");
  const { type, chat_id: chatId, user_id: userId } = value as Record<string, unknown>;
  if (typeof type !== 'string') throw badRequest('can\'t parse BotCommandScope: Can\'t find field "type"');
  if (plainScopes.has(type)) return { key: type };
  if (!chatScopes.has(type)) throw badRequest("can't parse BotCommandScope: Unsupported type specified");
  if (typeof chatId !== 'number' && typeof chatId !== 'string') {
    throw badRequest('can\'t parse BotCommandScope: Can\'t find field "chat_id"');
  }
  if (type !== 'chat_member') return { key: `${type}:${chatId}`, chatId };
  if (typeof userId !== 'number') throw badRequest('can\'t parse BotCommandScope: Can\'t find field "user_id"');
  return { key: `${type}:${chatId}:${userId}`, chatId };
}

export function parseLanguage(value: string | undefined): string {
  if (value === undefined || value === '') return '';
  if (!/^[a-z]{2}$/.test(value)) throw badRequest('invalid language code specified');
  return value;
}

export function parseCommands(value: unknown): BotCommand[] {
  if (!Array.isArray(value)) throw badRequest("can't parse commands JSON object");
  if (value.length > commandsMax) throw badRequest('BOT_COMMANDS_TOO_MUCH');
  return value.map((entry: unknown) => {
    const { command, description } = (entry ?? {}) as Record<string, unknown>;
    if (typeof command !== 'string') throw badRequest('can\'t parse BotCommand: Can\'t find field "command"');
    if (typeof description !== 'string') throw badRequest('can\'t parse BotCommand: Can\'t find field "description"');
    const name = command.replace(/^\//, '');
    if (name.trim() === '') throw badRequest('command must be non-empty');
    if (name.length > 32) throw badRequest('command length must not exceed 32');
    if (description.trim() === '') throw badRequest('command description must be non-empty');
    if (description.length > descriptionMax)
      throw badRequest(`command description length must not exceed ${descriptionMax}`);
    if (!/^[a-z0-9_]+$/.test(name)) throw badRequest('BOT_COMMAND_INVALID');
    return { command: name, description };
  });
}
