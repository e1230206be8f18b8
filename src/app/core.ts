// What every role of the process needs, whatever it serves: log, metrics, database, providers, and the verbs' dependencies.
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { checkStoredDigits } from '#accounting/ledger/stored-digits.ts';
import type { Config } from '#config/load-config.ts';
import { openDatabase } from '#db/database/open-database.ts';
import { DatabaseInUse } from '#db/engine/database-errors.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { type Clock, type Milliseconds, second, systemClock } from '#kernel/clock.ts';
import { createIds, type Random } from '#kernel/ids.ts';
import { createLogger, toEventLog } from '#logging/logger.ts';
import { createStandardOutput } from '#logging/standard-output.ts';
import type { DueQueue } from '#messaging/queues/queue-store.ts';
import type { CreateHttpClient } from '#network/http-client.ts';
import { createDecommissionedProviders } from '#payments/ports/decommissioned-providers.ts';
import type { HttpPolicy } from '#payments/providers/http/policy.ts';
import { createProviderRegistry } from '#payments/providers/registry/registry.ts';
import { createMetrics, type Metrics } from '#server/operations/metrics.ts';

export interface CoreDeps {
  config: Config;
  clock: Clock;
  random: Random;
  createHttpClient: CreateHttpClient;
  version: string;
  /** Time-outs and retries of calls to providers that differ from the defaults. */
  providerPolicy?: Partial<HttpPolicy> | undefined;
  /** Where the log goes; standard output when left out. */
  logDestination?: LogDestination;
  /** Whether Telegram answers: when nothing does, our own network is down and no provider is reported. */
  isOnline(): boolean;
  /** Called after a commit that added messages to the queue. */
  onQueued(queue: DueQueue, dueAt: Milliseconds | null): void;
}

interface LogDestination {
  write(line: string): void;
  drain?(maxMs: Milliseconds): Promise<void>;
}

/** How long a reader of the log that stalls may hold up the end of the process. */
const drainMaxMs = 2 * second;

export interface Core {
  payments: DomainDeps;
  database: OpenDatabase;
  metrics: Metrics;
  /** The id of this process among those that share the queues. */
  instanceId: string;
  /** Resolves once the log is written, or its reader has stalled for too long. */
  drainLog(): Promise<void>;
}

/** A predecessor that is about to end has released the file by then; whoever started a second one by mistake reads it soon. */
const claimWaitMs: Milliseconds = second;

export async function openCore(deps: CoreDeps): Promise<Core> {
  const { config, clock, random } = deps;
  const metrics = createMetrics({ version: deps.version });
  const destination: LogDestination =
    deps.logDestination ?? createStandardOutput({ onDropped: (lines) => metrics.countDroppedLogLines(lines) });
  const log = toEventLog(createLogger({ level: config.logLevel, secrets: config.secrets, destination }));
  const ids = createIds({ clock, random });
  const database = await openConfigured(config, {
    clock,
    claimWaitMs,
    holder: ids.newId(),
    onQueued: deps.onQueued,
    onGroupCommit: (commit) => metrics.observeCommit(commit),
  });
  const decommissioned = createDecommissionedProviders();
  const providers = createProviderRegistry(config.providers, {
    clock,
    createHttpClient: deps.createHttpClient,
    random,
    log,
    decommissioned,
    publicUrl: config.http.publicUrl,
    policy: deps.providerPolicy,
    onCall: (call) => metrics.observeProviderCall(call),
  });
  const onTransition: DomainDeps['onTransition'] = (change) => metrics.countTransition(change);
  return {
    payments: {
      database,
      providers,
      clock,
      ids,
      random,
      log,
      unreviewedTimes: config.unreviewedTimes,
      onTransition,
      decommissioned,
      isOnline: deps.isOnline,
      onOutage: (provider) => metrics.countOutage(provider),
    },
    database,
    metrics,
    instanceId: database.holder,
    drainLog: async () => destination.drain?.(drainMaxMs),
  };
}

/** Applies pending migrations and closes the database again; returns how many were applied. */
export async function migrateDatabase(config: Pick<Config, 'database'>): Promise<number> {
  const database = await openConfigured(config, { claimWaitMs });
  try {
    return await applyMigrations(database, systemClock);
  } finally {
    await database.close();
  }
}

/**
 * Applies pending migrations, and makes sure that amounts mean here what they meant where they were written. A failure
 * names DATABASE_URL, which is wrong more often than the product is.
 */
export async function applyMigrations(database: OpenDatabase, clock: Clock): Promise<number> {
  try {
    const { applied } = await database.migrate();
    await checkStoredDigits({ database, clock });
    return applied;
  } catch (error) {
    throw unusable(error);
  }
}

async function openConfigured(
  { database }: Pick<Config, 'database'>,
  options: Omit<Parameters<typeof openDatabase>[0], 'target'>,
): Promise<OpenDatabase> {
  try {
    return await openDatabase({ ...options, target: database });
  } catch (error) {
    throw unusable(error);
  }
}

export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
}

function unusable(error: unknown): Error {
  if (error instanceof DatabaseInUse) return error;
  const why = error instanceof Error ? error.message : 'unknown error';
  return new DatabaseUnusable(`the database that DATABASE_URL names cannot be used: ${why}`, { cause: error });
}
