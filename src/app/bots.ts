// Both bots, and the way in which Telegram's updates reach them.
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { type AdminBot, createAdminBot } from '#bot/admin/admin-bot.ts';
import { createPager, type Pager } from '#bot/pager/pager.ts';
import type { TelegramUpdate, UpdateMode } from '#bot/telegram/telegram.ts';
import type { Config } from '#config/load-config.ts';
import type { TelegramReceiver } from '#server/webhooks/telegram-updates.ts';

export interface Bots {
  adminBot: AdminBot;
  pager: Pager;
}

type BotDeps = Omit<Parameters<typeof createAdminBot>[0], keyof DomainDeps> & {
  payments: DomainDeps;
  /** Told the setting whose token Telegram refuses, and its words. */
  onTokenRefused(setting: string, reason: string): void;
};

export function createBots(config: Config, deps: BotDeps): Bots {
  const { payments, onTokenRefused, ...rest } = deps;
  const { telegram } = config;
  const mode = updateModeOf(config);
  const shared = { apiRoot: telegram.apiRoot, alertChatId: telegram.alertChatId, timeZone: config.timeZone };
  const refusalOf = (setting: string) => ({ onTokenRefused: (reason: string) => onTokenRefused(setting, reason) });
  const adminBot = createAdminBot(
    { ...payments, ...rest },
    { ...shared, ...refusalOf('TELEGRAM_BOT_TOKEN'), token: telegram.adminToken, mode },
  );
  const pager = createPager(
    {
      ...payments,
      admins: rest.admins,
      onSend: rest.onSend,
      commandBot: () => adminBot.username(),
      otherBot: telegram.pager.kind === 'own' ? adminBot.sender : null,
    },
    telegram.pager.kind === 'own'
      ? { ...shared, ...refusalOf('TELEGRAM_PAGER_TOKEN'), token: telegram.pager.token, mode }
      : { ...shared, token: telegram.adminToken, mode: { kind: 'send_only' } },
  );
  return { adminBot, pager };
}

function updateModeOf(config: Config): UpdateMode {
  const { updates } = config.telegram;
  if (updates.kind === 'polling') return { kind: 'polling' };
  return { kind: 'webhook', publicUrl: updates.publicUrl, secret: updates.secrets[0] ?? '' };
}

/** The bots whose updates come over HTTP, by the name in the path; empty when they poll. */
export function receiversOf(config: Config, bots: Bots): Map<string, TelegramReceiver> {
  const { updates, pager } = config.telegram;
  const receivers = new Map<string, TelegramReceiver>();
  if (updates.kind !== 'webhook') return receivers;
  const { secrets } = updates;
  // The route passes on only what has an update id; the libraries read the rest of it themselves.
  const receive = (bot: AdminBot | Pager): TelegramReceiver => ({
    secrets,
    handleUpdate: (update) => bot.handleUpdate(update as TelegramUpdate),
  });
  receivers.set('admin', receive(bots.adminBot));
  if (pager.kind === 'own') receivers.set('pager', receive(bots.pager));
  return receivers;
}
