// Environment -> one frozen Config. All faults are reported at once, each with its variable; no fault repeats a value, which
// may be a secret in the wrong place. An empty value counts as unset, because container tools write unset values so.

import type { SetUpCheck } from '#diagnostics/set-up-check.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { LogLevel } from '#logging/logger.ts';
import { isOn, requireAll } from '#payments/providers/kit/settings.ts';
import { definitions, type SettingsByProvider } from '#payments/providers/registry/definitions.ts';
import { checkSettings } from './check-settings.ts';
import type { DatabaseConfig, Role } from './formats.ts';
import { type ConfigDeps, type Environment, listSecrets, readSettings, type SettingsReading } from './read-settings.ts';

/** Current first; the second one is accepted while secrets are being rotated. */
export type Secrets = readonly string[];

export interface TelegramConfig {
  readonly apiRoot: string;
  readonly adminToken: string;
  /** `shared`: the admin bot sends the alerts too, and only one of the two may poll. */
  readonly pager: { readonly kind: 'shared' } | { readonly kind: 'own'; readonly token: string };
  readonly updates:
    | { readonly kind: 'polling' }
    | { readonly kind: 'webhook'; readonly publicUrl: string; readonly secrets: Secrets };
  readonly ownerIds: readonly number[];
  /** Null: every owner in private. */
  readonly alertChatId: number | null;
}

/** Null for a provider that is off: none of its settings is given. */
export type ProvidersConfig = { readonly [Name in ProviderName]: SettingsByProvider[Name] | null };

export interface Config {
  readonly telegram: TelegramConfig;
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl: string | null };
  readonly database: DatabaseConfig;
  readonly roles: ReadonlySet<Role>;
  readonly providers: ProvidersConfig;
  /** Null: `/v1` answers 404. */
  readonly storeApi: { readonly keys: Secrets } | null;
  /** Null: no order events are sent to the shop. */
  readonly storeWebhook: { readonly url: string; readonly secrets: Secrets } | null;
  /** Bearers of `/metrics`; null: open. */
  readonly metricsTokens: Secrets | null;
  /** How many times the review threshold channel orders may add up to within a day before the rest is held. */
  readonly unreviewedTimes: number;
  readonly timeZone: string;
  readonly logLevel: LogLevel;
  /** Every value that the log must never show. */
  readonly secrets: readonly string[];
  /** Remarks on settings that are valid but unwise; no value is repeated. */
  readonly remarks: readonly SetUpCheck[];
}

type Loaded<Value> = { ok: true; config: Value } | { ok: false; faults: string[] };

export function loadConfig(env: Environment, deps: ConfigDeps): Loaded<Config> {
  const reading = readSettings(env, deps);
  const assembled = assemble(reading);
  if (reading.faults.length > 0) return { ok: false, faults: reading.faults };
  const secrets = [...listSecrets(reading), ...listProviderSecrets(assembled.providers)];
  return { ok: true, config: deepFreeze({ ...assembled, secrets, remarks: checkSettings(reading, env) }) };
}

/** The settings that migrating, backing up and restoring need, so that these work where no bot is configured. */
export function loadDatabaseConfig(
  env: Environment,
  deps: ConfigDeps,
): Loaded<Pick<Config, 'database' | 'logLevel' | 'secrets'>> {
  const reading = readSettings(env, { ...deps, names: ['DATABASE_URL', 'LOG_LEVEL'] });
  const { values, faults } = reading;
  if (faults.length > 0) return { ok: false, faults };
  const config = {
    database: need(values.DATABASE_URL),
    logLevel: need(values.LOG_LEVEL),
    secrets: listSecrets(reading),
  };
  return { ok: true, config: deepFreeze(config) };
}

function assemble(reading: SettingsReading): Omit<Config, 'secrets' | 'remarks'> {
  const { values } = reading;
  return {
    telegram: assembleTelegram(reading),
    http: { host: need(values.HOST), port: need(values.PORT), publicUrl: values.PUBLIC_URL ?? null },
    database: need(values.DATABASE_URL),
    roles: need(values.ROLES),
    providers: assembleProviders(reading),
    storeApi: values.STORE_API_KEY === undefined ? null : { keys: values.STORE_API_KEY },
    storeWebhook: assembleStoreWebhook(reading),
    metricsTokens: values.METRICS_TOKEN ?? null,
    unreviewedTimes: need(values.CHANNEL_REVIEW_AFTER),
    timeZone: need(values.TIME_ZONE),
    logLevel: need(values.LOG_LEVEL),
  };
}

function assembleProviders(reading: SettingsReading): ProvidersConfig {
  const read = Object.values(definitions).map(({ name, settings }) => [name, settings.read(reading)] as const);
  // Each provider's name is paired with the settings that its own definition read.
  return Object.fromEntries(read) as ProvidersConfig;
}

/** Secrets that are in no setting: a provider may derive one from another. */
function listProviderSecrets(providers: ProvidersConfig): string[] {
  const secretsOf = <Name extends ProviderName>(name: Name): readonly string[] => {
    const settings: SettingsByProvider[Name] | null = providers[name];
    return settings === null ? [] : definitions[name].secretsOf(settings);
  };
  return Object.values(definitions).flatMap(({ name }) => secretsOf(name));
}

function assembleTelegram(reading: SettingsReading): TelegramConfig {
  const { values } = reading;
  requireAll(reading, { names: ['TELEGRAM_BOT_TOKEN', 'OWNER_IDS'], because: 'is required' });
  const isWebhook = values.TELEGRAM_MODE === 'webhook';
  if (isWebhook) {
    const because = 'is required when TELEGRAM_MODE is webhook';
    requireAll(reading, { names: ['PUBLIC_URL', 'TELEGRAM_WEBHOOK_SECRET'], because });
  }
  const adminToken = need(values.TELEGRAM_BOT_TOKEN?.[0]);
  const pagerToken = values.TELEGRAM_PAGER_TOKEN?.[0] ?? adminToken;
  return {
    apiRoot: need(values.TELEGRAM_API_ROOT),
    adminToken,
    pager: pagerToken === adminToken ? { kind: 'shared' } : { kind: 'own', token: pagerToken },
    updates: isWebhook
      ? { kind: 'webhook', publicUrl: need(values.PUBLIC_URL), secrets: need(values.TELEGRAM_WEBHOOK_SECRET) }
      : { kind: 'polling' },
    ownerIds: need(values.OWNER_IDS),
    alertChatId: values.ALERT_CHAT_ID ?? null,
  };
}

function assembleStoreWebhook(reading: SettingsReading): Config['storeWebhook'] {
  const { values } = reading;
  const needed = ['STORE_WEBHOOK_URL', 'STORE_WEBHOOK_SECRET'] as const;
  if (!isOn(reading, { title: "the shop's webhook", needed, optional: [] })) return null;
  return { url: need(values.STORE_WEBHOOK_URL), secrets: need(values.STORE_WEBHOOK_SECRET) };
}

/** A missing value was reported as a fault already, and `loadConfig` returns no Config with a fault. */
function need<Value>(value: Value | undefined): Value {
  return value as Value;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
