// Puts the checks of every room together. They need nothing of a running product: they call providers and Telegram with
// attempts and a breaker of their own, and open the database beside the processes that use it. So `npm run doctor` and the
// bot show the same, and an open breaker does not hide the provider's answer.
import { checkTelegram } from '#bot/set-up/check-telegram.ts';
import type { Config } from '#config/load-config.ts';
import { checkDatabase } from '#db/database/check-database.ts';
import { type AddressQuestion, checkAddress, type Route } from '#diagnostics/check-address.ts';
import { type ClockReading, judgeClock } from '#diagnostics/check-clock.ts';
import { checkFiles } from '#diagnostics/check-files.ts';
import { checkShop } from '#diagnostics/check-shop.ts';
import { createDoctor, type Doctor } from '#diagnostics/doctor.ts';
import { type CheckGroup, runChecks } from '#diagnostics/run-checks.ts';
import type { GroupedCheck } from '#diagnostics/set-up-check.ts';
import { isLoopback } from '#diagnostics/web-address.ts';
import { type Clock, type Milliseconds, second, systemClock } from '#kernel/clock.ts';
import { type Random, systemRandom } from '#kernel/ids.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { createRedactor } from '#logging/redaction.ts';
import type { CreateHttpClient } from '#network/http-client.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import type { ProviderRegistry } from '#payments/ports/payment-provider.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';

interface SetUpDeps {
  config: Config;
  clock?: Clock;
  random?: Random;
  createHttpClient?: CreateHttpClient;
  /** The id of the product's process that runs the checks; null when another process runs them. */
  instance: string | null;
}

/** Time limit of each group of checks; all groups run at once, so the whole takes about as long. */
const groupMaxMs: Milliseconds = 10 * second;
/** Shorter than the time limit of its group, so that the group can still report that the check did not finish. */
const quickCheckMaxMs: Milliseconds = 6 * second;
const callPolicy = {
  timeoutMs: 4 * second,
  attemptsMax: 2,
  totalMs: 8 * second,
  firstDelayMs: 200,
  delayMaxMs: second,
};
export function createSetUpDoctor(deps: SetUpDeps): Doctor {
  const given: Given = { clock: systemClock, random: systemRandom, createHttpClient, ...deps };
  const { clock, config } = given;
  return createDoctor({ clock, checkAll: () => checkAll(given), redact: createRedactor(config.secrets) });
}

type Given = Required<SetUpDeps>;

async function checkAll(given: Given): Promise<GroupedCheck[]> {
  const { config } = given;
  const readings: ClockReading[] = [];
  const registry = openProviders(given);
  const groups: CheckGroup[] = [
    {
      name: 'database',
      run: (signal) => checkDatabase(config.database, { clock: given.clock, quickCheckMaxMs, signal }),
    },
    { name: 'telegram', run: (signal) => checkBots(given, readings, signal) },
    ...providerGroups(registry, { publicUrl: config.http.publicUrl, readings }),
    { name: 'public', run: (signal) => checkAddress(addressQuestion(given, registry), signal) },
    { name: 'shop', run: (signal) => checkShop(config.storeWebhook?.url ?? null, signal) },
    { name: 'files', run: async () => checkFiles(filesOf(config)) },
    { name: 'settings', run: async () => config.remarks },
  ];
  const found = await runChecks(groups, { groupMaxMs, clock: given.clock });
  const clock = judgeClock(readings).map((check) => ({ group: 'clock', ...check }));
  return [...clock, ...found];
}

async function checkBots({ config, clock }: Given, readings: ClockReading[], signal: AbortSignal) {
  const { apiRoot, adminToken, pager, updates, ownerIds, alertChatId } = config.telegram;
  const { checks, clockAheadMs } = await checkTelegram(
    { clock },
    {
      apiRoot,
      adminToken,
      ownerIds,
      alertChatId,
      pagerToken: pager.kind === 'own' ? pager.token : null,
      webhookRoot: updates.kind === 'webhook' ? `${updates.publicUrl}/telegram` : null,
    },
    signal,
  );
  if (clockAheadMs !== undefined) readings.push({ source: 'Telegram', aheadMs: clockAheadMs });
  return checks;
}

const silentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Returns the error for a key that cannot be read; `npm start` refuses it with the same message. */
function openProviders({ config, ...deps }: Given): ProviderRegistry | Error {
  const { publicUrl } = config.http;
  try {
    return createProviderRegistry(config.providers, { ...deps, log: silentLog, policy: callPolicy, publicUrl });
  } catch (error) {
    return error instanceof Error ? error : new Error('the providers cannot be set up');
  }
}

function providerGroups(
  registry: ProviderRegistry | Error,
  { publicUrl, readings }: { publicUrl: string | null; readings: ClockReading[] },
): CheckGroup[] {
  if (registry instanceof Error) return [{ name: 'providers', run: () => Promise.reject(registry) }];
  return registry.list().map((provider) => ({
    name: provider.name,
    async run(signal) {
      const webhookUrl = publicUrl === null ? null : `${publicUrl}/webhooks/${provider.name}`;
      const checks = await provider.checkSetUp({ webhookUrl }, signal);
      const aheadMs = registry.health(provider.name)?.clockAheadMs;
      if (aheadMs !== undefined) readings.push({ source: provider.name, aheadMs });
      return checks;
    },
  }));
}

function addressQuestion({ config, instance }: Given, registry: ProviderRegistry | Error): AddressQuestion {
  const { host, port, publicUrl } = config.http;
  const providers = registry instanceof Error ? [] : registry.list();
  const webhooks = providers.map(({ name }): Route => {
    // An address with a secret end does not exist without it: a probe would get 404 and show nothing.
    return { group: name, path: `/webhooks/${name}`, secretEnd: secretEndOf(config.providers[name]) };
  });
  const telegram: Route = { group: 'telegram', path: '/telegram/admin', secretEnd: null };
  const updates = config.telegram.updates.kind === 'webhook' ? [telegram] : [];
  return {
    publicUrl,
    instance,
    routes: [...webhooks, ...updates],
    ownUrl: instance === null && port !== 0 ? `http://${reachableHost(host)}:${port}` : null,
    isAllLocal: addressesOf(config.providers).every(isLoopback),
  };
}

/** The newest secret end of the address of a provider that has one; null for all others. */
function secretEndOf(settings: Config['providers'][ProviderName]): string | null {
  return settings && 'pathSecrets' in settings ? (settings.pathSecrets[0] ?? null) : null;
}

/** An address that only says "listen everywhere" cannot be called. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Every address among the providers' settings. */
function addressesOf(providers: Config['providers']): URL[] {
  const values = Object.values(providers).flatMap((settings): unknown[] => Object.values(settings ?? {}));
  return values.flatMap((value) => (typeof value === 'string' && /^https?:/.test(value) ? [new URL(value)] : []));
}

function filesOf({ database }: Config): { name: string; path: string }[] {
  const files = [{ name: '.env', path: '.env' }];
  return database.engine === 'sqlite' ? [...files, { name: 'database', path: database.file }] : files;
}
