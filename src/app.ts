// The composition root: the one file that knows every side. What starts first stops last, in the order written here.
import { createOwnerDirectory } from '#access/owner-directory.ts';
import { type AdminBot, createAdminBot } from '#bot/admin/admin-bot.ts';
import { createPager, type Pager } from '#bot/pager/pager.ts';
import type { TelegramUpdate, UpdateMode } from '#bot/telegram.ts';
import { openDatabase } from '#db/open-database.ts';
import { createJobs } from '#jobs/jobs.ts';
import { createScheduler, type JobRun } from '#jobs/scheduler.ts';
import { type Clock, second, systemClock } from '#kernel/clock.ts';
import { createIds, type Random, systemRandom } from '#kernel/ids.ts';
import { createShopWebhookHandler } from '#messaging/shop/shop-webhook.ts';
import { createCancelHandler } from '#payments/cancel-order.ts';
import type { PaymentDeps } from '#payments/deps.ts';
import { endLostReconciliations } from '#payments/end-lost-reconciliations.ts';
import type { HttpPolicy } from '#payments/providers/http-policy.ts';
import { createProviderRegistry } from '#payments/providers/registry.ts';
import { createWebhookReceiver } from '#payments/receive-webhook.ts';
import { createReconciler, type ReconcileProvider } from '#payments/reconcile-provider.ts';
import { createMetrics } from '#server/metrics.ts';
import { createServer } from '#server/server.ts';
import type { TelegramReceiver } from '#server/telegram.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createChecks, readHealthReport } from './app-health.ts';
import { allLanes, createPumps } from './app-pumps.ts';
import type { Config } from './config.ts';
import { createLogger, toEventLog } from './logger.ts';

export interface App {
  /** Resolves when webhooks are taken; the bots connect in the background. */
  start(): Promise<{ port: number }>;
  /** Stop accepting, finish the work in hand, close. Never rejects for what others did; may be called twice. */
  stop(): Promise<void>;
  /** Runs a job by hand, or joins the run in hand; undefined when there is no such job. */
  runJob(name: string): Promise<JobRun> | undefined;
}

export interface AppDeps {
  config: Config;
  clock?: Clock;
  random?: Random;
  /** Bounds of the calls to providers that differ from the defaults. */
  providerPolicy?: Partial<HttpPolicy>;
  /** Where the log goes; standard output when left out. */
  logDestination?: Parameters<typeof createLogger>[0]['destination'];
}

/**
 * What the process died with twice waits so long after the next start: good work comes first, and a process that ends
 * again and again for another reason does not make dead letters of innocents.
 */
const suspectsWaitMs = 10 * second;

/** Requests in hand may take so long to finish at the stop. */
const requestsEndMs = 10 * second;

export async function createApp({
  config,
  clock = systemClock,
  random = systemRandom,
  ...rest
}: AppDeps): Promise<App> {
  const logger = createLogger({
    level: config.logLevel,
    secrets: config.secrets,
    ...(rest.logDestination && { destination: rest.logDestination }),
  });
  const log = toEventLog(logger);
  const metrics = createMetrics({ version: packageJson.version });
  const ids = createIds({ clock, random });
  const database = await openDatabase({
    target: targetOf(config),
    clock,
    onQueued: (queue) => ring(queue),
    onGroupCommit: ({ transactions }) => metrics.observeGateBatch(transactions),
  });
  const providers = createProviderRegistry(
    { ...config.providers, publicUrl: config.http.publicUrl },
    {
      clock,
      random,
      log,
      policy: rest.providerPolicy,
      onCall: (call) => metrics.observeProviderCall(call),
    },
  );
  const onTransition: PaymentDeps['onTransition'] = (change) => metrics.countTransition(change);
  const payments: PaymentDeps = { database, providers, clock, ids, random, log, onTransition };
  const admins = createOwnerDirectory(config.telegram.ownerIds);
  const ending = new AbortController();
  const compare = createReconciler(payments);
  // A comparison may take minutes; the stop does not wait for it, and the next start compares again.
  const reconcile: ReconcileProvider = (input) =>
    compare({ ...input, signal: AbortSignal.any([ending.signal, ...(input.signal ? [input.signal] : [])]) });
  const instanceId = ids.newId();

  const { adminBot, pager } = createBots({
    ...{ config, payments, admins, reconcile },
    readHealth: () => health(),
    onSend: (send) => metrics.countTelegramSend(send),
  });
  const pumps = createPumps(
    { ...payments, instanceId },
    {
      lanes: allLanes,
      handlers: [
        ...adminBot.outboxHandlers,
        ...pager.outboxHandlers,
        createShopWebhookHandler({ target: config.storeWebhook, clock }),
        createCancelHandler(payments),
      ],
    },
  );
  const ring = (queue: 'inbox' | 'outbox'): void => {
    for (const pump of queue === 'inbox' ? [pumps.inbox] : pumps.outbox) pump.ring();
  };
  const scheduler = createScheduler({
    jobs: createJobs({ payments, reconcile }),
    timeZone: config.timeZone,
    clock,
    log,
    onRun: (run) => metrics.observeJobRun({ job: run.job, outcome: run.outcome.kind, durationMs: run.durationMs }),
  });
  const bots = [
    { name: 'admin', health: () => adminBot.health() },
    { name: 'pager', health: () => pager.health() },
  ];
  const healthDeps = { database, clock, providers, pumps, bots };
  const checks = createChecks(healthDeps);
  const health = () => readHealthReport({ ...healthDeps, scheduler, checks });
  const server = createServer(
    {
      payments,
      receiveWebhook: createWebhookReceiver(payments),
      metrics,
      storeApi: config.storeApi,
      telegram: receiversOf(config, { adminBot, pager }),
      checks: { live: [], ready: checks },
      version: packageJson.version,
    },
    { host: config.http.host, port: config.http.port, stopTimeoutMs: requestsEndMs },
  );

  let stopped: Promise<void> | undefined;
  return {
    async start() {
      const { applied } = await database.migrate();
      // On SQLite nobody else can hold a row: what is locked was in the hands of a process that died.
      const isAlone = database.engine === 'sqlite';
      if (isAlone) await takeUpLeftWork();
      await endLostReconciliations(payments, { isAlone });
      const { port } = await server.start();
      await Promise.all([pumps.inbox, ...pumps.outbox].map((pump) => pump.start()));
      await Promise.all([adminBot.start(), pager.start()]);
      await scheduler.start();
      log.info('started', { host: config.http.host, port, engine: database.engine, migrations: applied });
      return { port };
    },
    stop() {
      stopped ??= stopInOrder();
      return stopped;
    },
    runJob: (name) => scheduler.runJob(name),
  };

  async function takeUpLeftWork(): Promise<void> {
    await database.transaction(async (stores) => {
      const held = { exceptBy: instanceId, repeatedAt: clock.now() + suspectsWaitMs };
      const inbox = await stores.inbox.unlockAll(held);
      const outbox = await stores.outbox.unlockAll(held);
      const payments = await stores.payments.releaseAllPayments();
      if (inbox + outbox + payments > 0) {
        log.warn('work of a process that died is taken up', { inbox, outbox, payments });
      }
    });
  }

  async function stopInOrder(): Promise<void> {
    log.info('stopping');
    ending.abort();
    await Promise.all([server.stop(), adminBot.stop(), pager.stop()]);
    await scheduler.stop();
    await Promise.all([pumps.inbox, ...pumps.outbox].map((pump) => pump.stop()));
    await database.close();
    log.info('stopped');
    logger.flush();
  }
}

function targetOf(config: Pick<Config, 'database'>): Parameters<typeof openDatabase>[0]['target'] {
  const { database } = config;
  return database.kind === 'sqlite'
    ? { engine: 'sqlite', file: database.file }
    : { engine: 'postgres', url: database.url };
}

/** Brings the schema up to date and closes the database again; how many migrations were applied. */
export async function migrateDatabase(config: Pick<Config, 'database'>): Promise<number> {
  const database = await openDatabase({ target: targetOf(config) });
  try {
    return (await database.migrate()).applied;
  } finally {
    await database.close();
  }
}

type BotInput = Omit<Parameters<typeof createAdminBot>[0], keyof PaymentDeps> & {
  config: Config;
  payments: PaymentDeps;
};

function createBots(input: BotInput): { adminBot: AdminBot; pager: Pager } {
  const { config, payments, ...rest } = input;
  const { telegram } = config;
  const mode = updateModeOf(config);
  const shared = { apiRoot: telegram.apiRoot, alertChatId: telegram.alertChatId, timeZone: config.timeZone };
  const adminBot = createAdminBot({ ...payments, ...rest }, { ...shared, token: telegram.adminToken, mode });
  const pager = createPager(
    { ...payments, admins: rest.admins, onSend: rest.onSend, commandBot: () => adminBot.username() },
    telegram.pager.kind === 'own'
      ? { ...shared, token: telegram.pager.token, mode }
      : { ...shared, token: telegram.adminToken, mode: { kind: 'send_only' } },
  );
  return { adminBot, pager };
}

function updateModeOf(config: Config): UpdateMode {
  const { updates } = config.telegram;
  if (updates.kind === 'polling') return { kind: 'polling' };
  return { kind: 'webhook', publicUrl: updates.publicUrl, secret: updates.secrets[0] ?? '' };
}

function receiversOf(config: Config, bots: { adminBot: AdminBot; pager: Pager }): Map<string, TelegramReceiver> {
  const { updates, pager } = config.telegram;
  const receivers = new Map<string, TelegramReceiver>();
  if (updates.kind !== 'webhook') return receivers;
  const { secrets } = updates;
  // The route hands on only what has an update id; the libraries read the rest of it themselves.
  const receive = (bot: AdminBot | Pager): TelegramReceiver => ({
    secrets,
    handleUpdate: (update) => bot.handleUpdate(update as TelegramUpdate),
  });
  receivers.set('admin', receive(bots.adminBot));
  if (pager.kind === 'own') receivers.set('pager', receive(bots.pager));
  return receivers;
}
