// Every setting, grouped by side. `.env.example` is compared with this table in both directions by a test.
import type { z } from 'zod';
import type { ProviderName } from '#kernel/provider-name.ts';
import {
  baseUrl,
  bearerKeys,
  chatId,
  databaseUrl,
  hexKey,
  logLevel,
  notBuiltYet,
  pathSecrets,
  port,
  roles,
  secrets,
  signingKeys,
  standardWebhookSecrets,
  targetUrl,
  telegramMode,
  telegramSecrets,
  telegramTokens,
  timeZone,
  userIds,
  word,
} from './formats.ts';

export interface Setting<Value = unknown> {
  group: 'telegram' | 'http' | 'storage' | 'process' | 'shop' | ProviderName;
  schema: z.ZodType<Value, string>;
  /** What it is when it is unset, as it would be written; null when there is none. */
  fallback: string | null;
  /** What the value counts or is; null for plain words. */
  unit: string | null;
  /** Its value is never printed, and is struck out of every log line. */
  isSecret: boolean;
  /** A secret that people make up themselves, and that may therefore be weak. */
  isSelfMade: boolean;
  sentence: string;
}

function setting<Value>(
  group: Setting['group'],
  input: {
    schema: z.ZodType<Value, string>;
    sentence: string;
    fallback?: string;
    unit?: string;
    isSecret?: boolean;
    isSelfMade?: boolean;
  },
): Setting<Value> {
  return { group, fallback: null, unit: null, isSecret: false, isSelfMade: false, ...input };
}

export const settings = {
  TELEGRAM_BOT_TOKEN: setting('telegram', {
    schema: telegramTokens,
    isSecret: true,
    sentence: 'Token of the admin bot, from BotFather. Required.',
  }),
  TELEGRAM_PAGER_TOKEN: setting('telegram', {
    schema: telegramTokens,
    isSecret: true,
    sentence: 'Token of the pager bot that sends the alerts; unset: the admin bot sends them.',
  }),
  TELEGRAM_API_ROOT: setting('telegram', {
    schema: baseUrl,
    fallback: 'https://api.telegram.org',
    unit: 'URL',
    sentence: 'Base address of the Bot API.',
  }),
  TELEGRAM_MODE: setting('telegram', {
    schema: telegramMode,
    fallback: 'polling',
    sentence: 'How updates come: polling, or webhook (then PUBLIC_URL and TELEGRAM_WEBHOOK_SECRET are required).',
  }),
  TELEGRAM_WEBHOOK_SECRET: setting('telegram', {
    schema: telegramSecrets,
    isSecret: true,
    isSelfMade: true,
    sentence: "What Telegram's secret header must say in webhook mode.",
  }),
  OWNER_IDS: setting('telegram', {
    schema: userIds,
    unit: 'Telegram user ids',
    sentence: 'Who owns the shop, separated by commas. Required.',
  }),
  ALERT_CHAT_ID: setting('telegram', {
    schema: chatId,
    unit: 'Telegram chat id',
    sentence: 'Where alerts go (a group has a negative id); unset: to every owner in private.',
  }),
  HOST: setting('http', { schema: word, fallback: '127.0.0.1', sentence: 'Address to listen on.' }),
  PORT: setting('http', {
    schema: port,
    fallback: '8080',
    unit: 'TCP port',
    sentence: 'Port to listen on; 0: any free.',
  }),
  PUBLIC_URL: setting('http', {
    schema: baseUrl,
    unit: 'URL',
    sentence: 'How the outside reaches this server; webhooks are registered under it.',
  }),
  DATABASE_URL: setting('storage', {
    schema: databaseUrl,
    fallback: 'file:./data/tillkeeper.db',
    unit: 'URL',
    // It may carry the password of PostgreSQL.
    isSecret: true,
    sentence: 'file:PATH for SQLite, or postgres://… for PostgreSQL.',
  }),
  AMQP_URL: setting('storage', {
    schema: notBuiltYet,
    unit: 'URL',
    isSecret: true,
    sentence: 'RabbitMQ; not built yet, leave it unset: the queue is in the database.',
  }),
  ROLES: setting('process', {
    schema: roles,
    fallback: 'all',
    sentence: 'Which parts this process runs; only all so far.',
  }),
  TIME_ZONE: setting('process', {
    schema: timeZone,
    fallback: 'UTC',
    unit: 'IANA time zone',
    sentence: 'In which time zone admins read times and daily jobs run.',
  }),
  LOG_LEVEL: setting('process', {
    schema: logLevel,
    fallback: 'info',
    sentence: 'What is logged: trace, debug, info, warn, error, fatal or silent.',
  }),
  COINBASE_API_KEY_ID: setting('coinbase', {
    schema: word,
    sentence: 'Coinbase Business: the id (name) of the API key.',
  }),
  COINBASE_API_KEY_SECRET: setting('coinbase', {
    schema: signingKeys,
    isSecret: true,
    sentence: 'Coinbase Business: the private key, a PEM (literal \\n is understood) or base64.',
  }),
  COINBASE_WEBHOOK_SECRET: setting('coinbase', {
    schema: secrets,
    isSecret: true,
    sentence: 'Coinbase Business: the secret of the webhook subscription.',
  }),
  COINBASE_API_URL: setting('coinbase', {
    schema: baseUrl,
    fallback: 'https://business.coinbase.com/api/v1',
    unit: 'URL',
    sentence: 'Coinbase Business: everything before /checkouts.',
  }),
  BITPAY_POS_TOKEN: setting('bitpay', {
    schema: secrets,
    isSecret: true,
    sentence: 'BitPay: the point-of-sale token; creates and fetches invoices, verifies webhooks.',
  }),
  BITPAY_MERCHANT_TOKEN: setting('bitpay', {
    schema: secrets,
    isSecret: true,
    sentence: 'BitPay: the merchant token; optional, and only with BITPAY_PRIVATE_KEY: list, cancel, refund.',
  }),
  BITPAY_PRIVATE_KEY: setting('bitpay', {
    schema: hexKey,
    unit: '64 hexadecimal characters',
    isSecret: true,
    sentence: 'BitPay: the secp256k1 key that signs merchant calls; optional, and only with BITPAY_MERCHANT_TOKEN.',
  }),
  BITPAY_API_URL: setting('bitpay', {
    schema: baseUrl,
    fallback: 'https://bitpay.com',
    unit: 'URL',
    sentence: 'BitPay: base address; https://test.bitpay.com for the test network.',
  }),
  BTCPAY_URL: setting('btcpay', {
    schema: baseUrl,
    unit: 'URL',
    sentence: 'BTCPay Server: everything before /api/v1.',
  }),
  BTCPAY_API_KEY: setting('btcpay', {
    schema: word,
    isSecret: true,
    sentence: 'BTCPay Server: the Greenfield API key.',
  }),
  BTCPAY_STORE_ID: setting('btcpay', { schema: word, sentence: 'BTCPay Server: the id of the store.' }),
  BTCPAY_WEBHOOK_SECRET: setting('btcpay', {
    schema: secrets,
    isSecret: true,
    isSelfMade: true,
    sentence: "BTCPay Server: the secret of the store's webhook.",
  }),
  NOWPAYMENTS_API_KEY: setting('nowpayments', {
    schema: word,
    isSecret: true,
    sentence: 'NOWPayments: the API key.',
  }),
  NOWPAYMENTS_IPN_SECRET: setting('nowpayments', {
    schema: secrets,
    isSecret: true,
    sentence: 'NOWPayments: the IPN secret, which verifies webhooks.',
  }),
  NOWPAYMENTS_EMAIL: setting('nowpayments', {
    schema: word,
    isSecret: true,
    sentence:
      'NOWPayments: the login of the dashboard; optional, and only with NOWPAYMENTS_PASSWORD: finds payments whose webhooks were all lost.',
  }),
  NOWPAYMENTS_PASSWORD: setting('nowpayments', {
    schema: word,
    isSecret: true,
    sentence: 'NOWPayments: the password of the dashboard; optional, and only with NOWPAYMENTS_EMAIL.',
  }),
  NOWPAYMENTS_API_URL: setting('nowpayments', {
    schema: baseUrl,
    fallback: 'https://api.nowpayments.io/v1',
    unit: 'URL',
    sentence: 'NOWPayments: everything before /invoice; https://api-sandbox.nowpayments.io/v1 for its sandbox.',
  }),
  PAYHIP_API_KEY: setting('payhip', {
    schema: secrets,
    isSecret: true,
    sentence: 'Payhip: the API key of the account; the first is sent, and each verifies webhooks.',
  }),
  PAYHIP_WEBHOOK_PATH_SECRET: setting('payhip', {
    schema: pathSecrets,
    isSecret: true,
    isSelfMade: true,
    sentence: 'Payhip: the long random end of the webhook address, PUBLIC_URL/webhooks/payhip/SECRET.',
  }),
  PAYHIP_API_URL: setting('payhip', {
    schema: baseUrl,
    fallback: 'https://payhip.com/api/v2',
    unit: 'URL',
    sentence: 'Payhip: everything before /coupons.',
  }),
  STORE_API_KEY: setting('shop', {
    schema: bearerKeys,
    isSecret: true,
    isSelfMade: true,
    sentence: "Bearer key of the shop's site for /v1; unset: /v1 answers 404.",
  }),
  STORE_WEBHOOK_URL: setting('shop', {
    schema: targetUrl,
    unit: 'URL',
    sentence: 'Where order events are announced; only with STORE_WEBHOOK_SECRET.',
  }),
  STORE_WEBHOOK_SECRET: setting('shop', {
    schema: standardWebhookSecrets,
    isSecret: true,
    isSelfMade: true,
    sentence: 'Signs the announcements (Standard Webhooks): whsec_ and 24 to 64 bytes in base64.',
  }),
} as const;

export type SettingName = keyof typeof settings;
export type SettingValues = {
  -readonly [Name in SettingName]?: z.output<(typeof settings)[Name]['schema']>;
};

export const settingNames = Object.keys(settings) as SettingName[];
