import type { Telegraf } from 'telegraf';
import type { Update } from 'telegraf/types';
import { allowedUpdates, heedChatNews, serveReached } from '../telegram/chat-news.ts';
import type { TelegramLine } from '../telegram/connection.ts';
import { readTelegrafError } from './errors.ts';
import { asTelegrafSignal } from './sender.ts';

/** Telegraf's side of the connection. Its own polling ends the process's health on errors it does not know, so ours is used. */
export function createPagerLine(
  deps: Parameters<typeof heedChatNews>[0] & {
    telegraf: Telegraf;
    /** The command list of a shared token is the admin bot's. */
    sharesToken: boolean;
  },
): TelegramLine<Update> {
  const { telegraf, log } = deps;
  const { telegram } = telegraf;
  return {
    async introduce(signal) {
      telegraf.botInfo = await telegram.callApi('getMe', {}, { signal: asTelegrafSignal(signal) });
      return telegraf.botInfo.username;
    },
    async prepare(signal) {
      if (deps.sharesToken) return;
      const commands = [{ command: 'start', description: 'let alerts come here' }];
      await telegram.callApi('setMyCommands', { commands }, { signal: asTelegrafSignal(signal) });
    },
    async getUpdates({ offset, timeoutSeconds }, signal) {
      const query = { offset, timeout: timeoutSeconds, allowed_updates: allowedUpdates };
      return telegram.callApi('getUpdates', query, { signal: asTelegrafSignal(signal) });
    },
    async setWebhook({ url, secret }, signal) {
      const webhook = { url, secret_token: secret, allowed_updates: allowedUpdates };
      await telegram.callApi('setWebhook', webhook, { signal: asTelegrafSignal(signal) });
    },
    async deleteWebhook(signal) {
      await telegram.callApi('deleteWebhook', {}, { signal: asTelegrafSignal(signal) });
    },
    findWebhook: async (signal) =>
      (await telegram.callApi('getWebhookInfo', {}, { signal: asTelegrafSignal(signal) })).url ?? '',
    onReached: () => serveReached(deps),
    classify: readTelegrafError,
    async handle(update) {
      try {
        await heedChatNews(deps, update);
        await telegraf.handleUpdate(update);
      } catch (error) {
        const outcome = readTelegrafError(error);
        log.error('update not handled', { bot: 'pager', updateId: update.update_id, reason: outcome.kind });
      }
    },
    keyOf(update) {
      if ('message' in update) return String(update.message.from.id);
      return 'callback_query' in update ? String(update.callback_query.from.id) : '0';
    },
  };
}
