import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { loadConfig } from '#config/load-config.ts';
import { isDatabaseFailure } from '#db/engine/database-failure.ts';
import { systemClock } from '#kernel/clock.ts';
import { createIds, systemRandom } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import { type ProviderName, providerNames } from '#kernel/provider-name.ts';
import { createSecretSearch } from '#logging/redaction.ts';
import { createHttpClient } from '#network/pooled-client.ts';
import type { HttpPolicy } from '#payments/providers/http/policy.ts';
import { definitions } from '#payments/providers/registry/definitions.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { createWebhookReceiver } from '#payments/webhooks/receive-webhook.ts';
import type { ProviderSandbox } from '#sandbox/providers/options.ts';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import { createServer, type ServerDeps, type TillkeeperServer } from '#server/http/server.ts';
import type { Check } from '#server/operations/health.ts';
import { createMetrics } from '#server/operations/metrics.ts';
import { openTestDatabase, type TestDatabase } from '#test/support/database/test-database.ts';
import { expectDescribed } from './description.ts';

export const storeKey = 'key-of-the-shop';

export interface ServerFixture {
  server: TillkeeperServer;
  payments: DomainDeps;
  sandbox: ProviderSandbox;
  db: TestDatabase;
  logged: string[];
  close(): Promise<void>;
}

/** A server with a real database and real adapters, whose providers are the simulated ones. */
export async function openServerFixture(
  options: {
    providers?: ProviderName[];
    checks?: { live?: Check[]; ready?: Check[] };
    env?: Record<string, string>;
    telegram?: ServerDeps['telegram'];
    stopTimeoutMs?: number;
    policy?: Partial<HttpPolicy>;
  } = {},
): Promise<ServerFixture> {
  const sandbox = await startProviderSandbox();
  const db = await openTestDatabase();
  const given = (options.providers ?? providerNames).flatMap((name) => Object.keys(definitions[name].settings.all));
  const accounts = given.flatMap((name) => {
    const value = sandbox.environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = { TELEGRAM_BOT_TOKEN: '1:a', OWNER_IDS: '1', STORE_API_KEY: storeKey, ...Object.fromEntries(accounts) };
  const loaded = loadConfig({ ...env, ...options.env }, { readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
  const { config } = loaded;
  const logged: string[] = [];
  const note = (message: string, facts: object = {}): unknown => logged.push(`${message} ${JSON.stringify(facts)}`);
  const log: EventLog = { info: note, warn: note, error: note };
  const base = { clock: systemClock, random: systemRandom, log };
  const providers = createProviderRegistry(config.providers, {
    ...base,
    createHttpClient,
    publicUrl: config.http.publicUrl,
    policy: { attemptsMax: 2, firstDelayMs: 1, timeoutMs: 2_000, ...options.policy },
  });
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const payments: DomainDeps = { ...base, ids, database: db.database, providers };
  const server = createServer(
    {
      payments,
      receiveWebhook: createWebhookReceiver(payments),
      metrics: createMetrics({ version: '0.0.0-test' }),
      storeApi: config.storeApi,
      holdsSecret: createSecretSearch(config.secrets),
      metricsTokens: config.metricsTokens,
      isDatabaseFailure,
      telegram: options.telegram ?? new Map(),
      checks: { live: options.checks?.live ?? [], ready: options.checks?.ready ?? [] },
      jobs: () => [],
      version: '0.0.0-test',
      instance: 'test',
    },
    { host: '127.0.0.1', port: 0, stopTimeoutMs: options.stopTimeoutMs ?? 2_000 },
  );
  const close = async (): Promise<void> => {
    await server.stop();
    await sandbox.stop();
    await db.remove();
  };
  return { server, payments, sandbox, db, logged, close };
}

export function orderBody(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    reference: 'web-77',
    items: [{ sku: 'book', name: 'A book', quantity: 2, unit_amount: '24.50' }],
    currency: 'USD',
    customer: { email: 'ada@example.com', name: 'Ada' },
    provider: 'btcpay',
    metadata: { cart: '9' },
    ...change,
  };
}

/** A request of the shop's site. The answer is held against the description of the store API. */
export async function storeRequest(
  fixture: ServerFixture,
  input: { path?: string; body?: unknown; headers?: Record<string, string | undefined> } = {},
): Promise<Response> {
  const isPost = 'body' in input;
  const all = { authorization: `Bearer ${storeKey}`, ...(isPost ? { 'content-type': 'application/json' } : {}) };
  const headers = Object.entries({ ...all, ...input.headers }).filter((entry): entry is [string, string] => !!entry[1]);
  const body = typeof input.body === 'string' ? input.body : JSON.stringify(input.body);
  const { app } = fixture.server;
  const { path = '/v1/orders' } = input;
  const method = isPost ? 'POST' : 'GET';
  const response = await app.request(path, { method, headers, ...(isPost ? { body } : {}) });
  await expectDescribed(app, { method, path }, response);
  return response;
}
