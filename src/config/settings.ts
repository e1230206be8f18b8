// Every setting, grouped by purpose; those of a provider are in its own folder. A test compares `.env.example` with this table
// in both directions.
import { baseUrl, word } from '#payments/providers/kit/setting-formats.ts';
import { type SettingGroup, setting, type ValuesOf } from '#payments/providers/kit/settings.ts';
import { definitions } from '#payments/providers/registry/definitions.ts';
import {
  bearerKeys,
  chatId,
  databaseUrl,
  logLevel,
  notBuiltYet,
  port,
  roles,
  standardWebhookSecrets,
  targetUrl,
  telegramMode,
  telegramSecrets,
  telegramTokens,
  times,
  timeZone,
  userIds,
} from './formats.ts';

const telegram = {
  TELEGRAM_BOT_TOKEN: setting({
    schema: telegramTokens,
    isSecret: true,
    sentence: 'Token of the admin bot, from BotFather. Required.',
  }),
  TELEGRAM_PAGER_TOKEN: setting({
    schema: telegramTokens,
    isSecret: true,
    sentence: 'Token of the pager bot that sends the alerts; unset: the admin bot sends them.',
  }),
  TELEGRAM_API_ROOT: setting({
    schema: baseUrl,
    fallback: 'https://api.telegram.org',
    unit: 'URL',
    sentence: 'Base address of the Bot API.',
  }),
  TELEGRAM_MODE: setting({
    schema: telegramMode,
    fallback: 'polling',
    sentence: 'How updates come: polling, or webhook (then PUBLIC_URL and TELEGRAM_WEBHOOK_SECRET are required).',
  }),
  TELEGRAM_WEBHOOK_SECRET: setting({
    schema: telegramSecrets,
    isSecret: true,
    isSelfMade: true,
    sentence: "What Telegram's secret header must say in webhook mode.",
  }),
  OWNER_IDS: setting({
    schema: userIds,
    unit: 'Telegram user ids',
    sentence: 'Who owns the shop, separated by commas. Required.',
  }),
  ALERT_CHAT_ID: setting({
    schema: chatId,
    unit: 'Telegram chat id',
    sentence: 'Where alerts go (a group has a negative id); unset: to every owner in private.',
  }),
};

/** Other programs use these prefixes too, so an unknown variable with one of them is not reported. */
export const commonSettings = {
  HOST: setting({ schema: word, fallback: '127.0.0.1', sentence: 'Address to listen on.' }),
  PORT: setting({ schema: port, fallback: '8080', unit: 'TCP port', sentence: 'Port to listen on; 0: any free.' }),
  PUBLIC_URL: setting({
    schema: baseUrl,
    unit: 'URL',
    sentence: 'How the outside reaches this server; webhooks are registered under it.',
  }),
  DATABASE_URL: setting({
    schema: databaseUrl,
    fallback: 'file:./data/tillkeeper.db',
    unit: 'URL',
    // It may carry the password of PostgreSQL.
    isSecret: true,
    sentence: 'file:PATH for SQLite, or postgres://… for PostgreSQL.',
  }),
  AMQP_URL: setting({
    schema: notBuiltYet,
    unit: 'URL',
    isSecret: true,
    sentence: 'RabbitMQ; not built yet, leave it unset: the queue is in the database.',
  }),
  ROLES: setting({ schema: roles, fallback: 'all', sentence: 'Which parts this process runs; only all so far.' }),
  TIME_ZONE: setting({
    schema: timeZone,
    fallback: 'UTC',
    unit: 'IANA time zone',
    sentence: 'In which time zone admins read times and daily jobs run.',
  }),
  LOG_LEVEL: setting({
    schema: logLevel,
    fallback: 'info',
    sentence: 'What is logged: trace, debug, info, warn, error, fatal or silent.',
  }),
};

const shop = {
  STORE_API_KEY: setting({
    schema: bearerKeys,
    isSecret: true,
    isSelfMade: true,
    sentence: "Bearer key of the shop's site for /v1; unset: /v1 answers 404.",
  }),
  STORE_WEBHOOK_URL: setting({
    schema: targetUrl,
    unit: 'URL',
    sentence: 'Where order events are announced; only with STORE_WEBHOOK_SECRET.',
  }),
  STORE_WEBHOOK_SECRET: setting({
    schema: standardWebhookSecrets,
    isSecret: true,
    isSelfMade: true,
    sentence: 'Signs the announcements (Standard Webhooks): whsec_ and 24 to 64 bytes in base64.',
  }),
  CHANNEL_REVIEW_AFTER: setting({
    schema: times,
    fallback: '10',
    unit: 'times the review threshold',
    sentence:
      'What orders of a sales channel may add up to within a day before the rest is held for review, in times the review threshold.',
  }),
};

const watching = {
  METRICS_TOKEN: setting({
    schema: bearerKeys,
    isSecret: true,
    isSelfMade: true,
    sentence: 'Bearer of GET /metrics; unset: everybody who reaches the port may read it.',
  }),
};

const providers: SettingGroup = Object.assign({}, ...Object.values(definitions).map(({ settings: { all } }) => all));

/** In the order of `.env.example`. */
export const settings: SettingGroup = { ...telegram, ...commonSettings, ...providers, ...shop, ...watching };

/** The values of the settings that belong to no provider. */
export type SettingValues = Partial<ValuesOf<typeof telegram & typeof commonSettings & typeof shop & typeof watching>>;
