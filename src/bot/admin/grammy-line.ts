import type { Api, Bot } from 'grammy';
import type { Update } from 'grammy/types';
import { allowedUpdates, heedChatNews, serveReached } from '../telegram/chat-news.ts';
import type { TelegramLine } from '../telegram/connection.ts';
import { readGrammyError } from '../telegram/grammy-errors.ts';
import { asGrammySignal } from '../telegram/grammy-sender.ts';
import { commands, unauthorizedCommands } from './screens.ts';

export type AdminUpdate = Update;

/** grammY's side of the connection. */
export function createLine(
  deps: Parameters<typeof heedChatNews>[0] & { bot: Bot; api: Api },
): TelegramLine<AdminUpdate> {
  const { bot, api, log } = deps;

  /** A chat that the bot may not see yet has no menu yet; whatever else is wrong is tried again by the caller. */
  async function unlessRefused(what: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      const outcome = readGrammyError(error);
      if (outcome.kind === 'unreachable' || outcome.kind === 'slow_down') throw error;
      log.info('command list not set', { scope: what, reason: outcome.kind });
    }
  }

  return {
    async introduce(signal) {
      bot.botInfo = await api.getMe(asGrammySignal(signal));
      return bot.botInfo.username;
    },
    async prepare(signal) {
      const menu = ({ command, description }: { command: string; description: string }) => ({ command, description });
      await unlessRefused('everybody', () =>
        api.setMyCommands(unauthorizedCommands.map(menu), { scope: { type: 'default' } }, asGrammySignal(signal)),
      );
      for (const admin of await deps.admins.listAdmins()) {
        const scope = { type: 'chat' as const, chat_id: admin.id };
        await unlessRefused(`admin ${admin.id}`, () =>
          api.setMyCommands(commands.map(menu), { scope }, asGrammySignal(signal)),
        );
      }
    },
    getUpdates: ({ offset, timeoutSeconds }, signal) =>
      api.getUpdates({ offset, timeout: timeoutSeconds, allowed_updates: allowedUpdates }, asGrammySignal(signal)),
    async setWebhook({ url, secret }, signal) {
      await api.setWebhook(url, { secret_token: secret, allowed_updates: allowedUpdates }, asGrammySignal(signal));
    },
    async deleteWebhook(signal) {
      await api.deleteWebhook({}, asGrammySignal(signal));
    },
    findWebhook: async (signal) => (await api.getWebhookInfo(asGrammySignal(signal))).url ?? '',
    onReached: () => serveReached(deps),
    classify: readGrammyError,
    async handle(update) {
      try {
        await heedChatNews(deps, update);
        await bot.handleUpdate(update);
      } catch {
        // The boundary in serve.ts reports what handlers throw; what comes this far is a fault of the boundary itself.
        log.error('update not handled', { bot: 'admin', updateId: update.update_id });
      }
    },
    keyOf(update) {
      const { message, callback_query: tap } = update;
      return String(message?.from?.id ?? message?.chat.id ?? tap?.from.id ?? 0);
    },
  };
}
