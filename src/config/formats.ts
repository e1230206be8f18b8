// Parsers of setting values. No message repeats the value: it may be a secret that was put in the wrong place.
import { z } from 'zod';
import { isSecureAddress } from '#diagnostics/web-address.ts';
import { logLevels } from '#logging/logger.ts';
import { listOf } from '#payments/providers/kit/setting-formats.ts';
import { readFileUrl } from './file-path.ts';

/** Like a base URL, but the path and query belong to it. */
export const targetUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  if (url !== null && isSecureAddress(url) && url.username === '' && url.password === '') return url.href;
  const message = 'must be a URL that begins with https:// (http:// is accepted on loopback only), without credentials';
  context.addIssue(message);
  return z.NEVER;
});

export const telegramTokens = listOf(
  z.string().regex(/^\d{1,20}:[A-Za-z0-9_-]+$/, 'is not a bot token (it looks like 123456:ABC…)'),
);

export const telegramSecrets = listOf(
  z.string().regex(/^[A-Za-z0-9_-]{1,256}$/, 'may have 1 to 256 of the characters A-Z a-z 0-9 _ - (Telegram asks so)'),
);

/** Keys of the characters that a bearer header allows. */
export const bearerKeys = listOf(
  z.string().regex(/^[A-Za-z0-9._~+/=-]+$/, 'has characters that no bearer key may have'),
);

/** Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
export const standardWebhookSecrets = listOf(
  z.string().refine((text) => {
    const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
    if (encoded === undefined) return false;
    const { byteLength } = Buffer.from(encoded, 'base64');
    return byteLength >= 24 && byteLength <= 64;
  }, 'must be whsec_ followed by 24 to 64 bytes in base64'),
);

function safeInteger(text: string): number | undefined {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

export const userIds = z.string().transform((text, context) => {
  const ids = text.split(',').map((part) => safeInteger(part.trim()));
  const known = ids.filter((id) => id !== undefined && id > 0) as number[];
  if (known.length === ids.length) return Object.freeze([...new Set(known)]);
  context.addIssue('must be Telegram user ids, separated by commas');
  return z.NEVER;
});

export const chatId = z.string().transform((text, context) => {
  const id = safeInteger(text);
  if (id !== undefined && id !== 0) return id;
  context.addIssue('must be a Telegram chat id: a whole number');
  return z.NEVER;
});

export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a number from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a number from 0 to 65535');

export const times = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 9999')
  .transform(Number);

export type DatabaseConfig =
  | { readonly engine: 'sqlite'; readonly file: string }
  | { readonly engine: 'postgres'; readonly url: string };

export const databaseUrl = z.string().transform((text, context): DatabaseConfig => {
  if (/^file:/i.test(text)) {
    const found = readFileUrl(text);
    if ('path' in found) return Object.freeze({ engine: 'sqlite', file: found.path });
    context.addIssue(found.fault);
    return z.NEVER;
  }
  if (/^postgres(?:ql)?:\/\//.test(text) && URL.canParse(text)) return Object.freeze({ engine: 'postgres', url: text });
  context.addIssue('must be file:PATH or postgres://…');
  return z.NEVER;
});

export const roleNames = ['web', 'bot', 'worker', 'scheduler'] as const;
export type Role = (typeof roleNames)[number];

export const roles = z.string().transform((text, context): ReadonlySet<Role> => {
  const names = text.split(',').map((part) => part.trim());
  if (names.length === 1 && names[0] === 'all') return new Set(roleNames);
  const areKnown = names.every((name) => name === 'all' || (roleNames as readonly string[]).includes(name));
  const message = areKnown
    ? 'accepts only `all` so far: this version runs as one process'
    : `must be \`all\` or a comma list of ${roleNames.join(', ')}`;
  context.addIssue(message);
  return z.NEVER;
});

export const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'is not a time zone (it looks like Europe/Lisbon)');

export const logLevel = z.enum(logLevels, `must be one of ${logLevels.join(', ')}`);

export const telegramMode = z.enum(['polling', 'webhook'], 'must be polling or webhook');

/** A setting that is documented and not built yet: refused instead of ignored. */
export const notBuiltYet = z.string().transform((_text, context) => {
  context.addIssue('is not built yet: leave it unset');
  return z.NEVER;
});
