// The composition root: this folder alone knows every room. What every role needs is in core.ts; what serves one role each
// is put together here, and started and stopped in the order written.
import { createOwnerDirectory } from '#access/owner-directory.ts';
import { isDatabaseFailure } from '#db/engine/database-failure.ts';
import type { JobRun } from '#jobs/job-runner.ts';
import { createJobs } from '#jobs/jobs.ts';
import { createScheduler, findStuckJobs, type Scheduler } from '#jobs/scheduler.ts';
import { type Clock, second, systemClock } from '#kernel/clock.ts';
import { type Random, systemRandom } from '#kernel/ids.ts';
import { type AwakeTime, createAwakeTime, type Lifecycle } from '#kernel/process.ts';
import { createSecretRedactor, createSecretSearch } from '#logging/redaction.ts';
import { createShopWebhookHandler } from '#messaging/shop/shop-webhook.ts';
import type { CreateHttpClient } from '#network/http-client.ts';
import { createHttpClient as createSystemHttpClient } from '#network/pooled-client.ts';
import { createRefundHandler } from '#payments/refunds/send-refund.ts';
import { createCancelHandler } from '#payments/sync/close-payment-link.ts';
import { createWebhookReceiver } from '#payments/webhooks/receive-webhook.ts';
import type { CreateListener } from '#server/http/listener.ts';
import { createServer, type TillkeeperServer } from '#server/http/server.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type Bots, createBots, receiversOf } from './bots.ts';
import { applyMigrations, type Core, type CoreDeps, openCore } from './core.ts';
import { createDatabaseWatch } from './database-watch.ts';
import { createSetUpDoctor } from './doctor.ts';
import { createChecks, jobsCheck, readHealthReport, shopCheck } from './health.ts';
import { createTakeOver, recoverAfterCrash } from './recovery.ts';
import { createWatches } from './watches.ts';
import { allLanes, createWorkers, type Workers } from './workers.ts';

export interface App {
  /** Resolves when webhooks are accepted; the bots connect in the background. */
  start(): Promise<{ port: number }>;
  /**
   * Stops accepting, finishes the work in progress, closes. Never rejects for failures outside; may be called twice, and
   * during a start, which ends first.
   */
  stop(): Promise<void>;
  /** Runs a job now, or joins the run in progress; undefined when there is no such job. */
  runJob(name: string): Promise<JobRun> | undefined;
}

export type AppDeps = Pick<CoreDeps, 'config' | 'providerPolicy' | 'logDestination'> & {
  clock?: Clock;
  /** What the jobs go by, where that is another clock: a test that moves time does not run them by it. */
  jobClock?: Clock;
  /** Default: what that clock shows of it. A test that moves time does not mean that the process stood still. */
  awake?: AwakeTime;
  random?: Random;
  /** What takes requests from the network, and what sends them to providers and the shop; a simulation has no sockets. */
  createListener?: CreateListener;
  createHttpClient?: CreateHttpClient;
  /** Told why the product cannot do its work with these settings, once that shows after the start; a sentence for the admin. */
  onUnusable?: (fault: string) => void;
};

type WithDefaults = AppDeps & Pick<CoreDeps, 'createHttpClient'>;

/** How long requests that are being served may take to finish at the stop. */
const requestsEndMs = 10 * second;

/** The parts of the process, by the roles that need them. */
interface Sides {
  server: TillkeeperServer;
  bots: Bots;
  workers: Workers;
  scheduler: Scheduler;
  databaseWatch: Lifecycle;
  takeOver: Lifecycle;
  /** Ends reconciliations in progress: they may take minutes, and the next start compares again. */
  endReconciliations(): void;
}

export async function createApp(given: AppDeps): Promise<App> {
  const deps = { createHttpClient: createSystemHttpClient, ...given };
  const core = await openCore({
    clock: systemClock,
    random: systemRandom,
    ...deps,
    version: packageJson.version,
    isOnline: () => sides.bots.adminBot.health().ok,
    onQueued: (queue, dueAt) => sides.workers.wake(queue, dueAt),
  });
  const sides = assemble(deps, core);
  let started: Promise<{ port: number }> | undefined;
  let stopped: Promise<void> | undefined;
  return {
    start() {
      started ??= start(core, sides);
      return started;
    },
    stop() {
      // Whether the start succeeded is told to its caller.
      stopped ??= Promise.allSettled([started]).then(() => stop(core, sides));
      return stopped;
    },
    runJob: (name) => sides.scheduler.runJob(name),
  };
}

function assemble(
  { config, jobClock, createListener, createHttpClient, onUnusable, ...deps }: WithDefaults,
  core: Core,
): Sides {
  const { payments, database, metrics } = core;
  const { clock, log, providers } = payments;
  const ending = new AbortController();
  const holdsSecret = createSecretSearch(config.secrets);
  const awake = deps.awake ?? createAwakeTime(jobClock ?? clock);
  const watches = createWatches(payments, { awake, ending: ending.signal });
  const bots = createBots(config, {
    payments,
    reconcile: watches.reconcile,
    admins: createOwnerDirectory(config.telegram.ownerIds),
    redact: createSecretRedactor(config.secrets),
    holdsSecret,
    doctor: createSetUpDoctor({ config, clock, random: payments.random, createHttpClient, instance: core.instanceId }),
    readHealth: () => readHealthReport({ ...healthDeps, scheduler, checks }),
    onSend: (send) => metrics.countTelegramSend(send),
    onTokenRefused(setting, reason) {
      const advice = 'copy the token from BotFather again';
      onUnusable?.(`${setting} is not accepted by ${config.telegram.apiRoot} (${reason}): ${advice}`);
    },
  });
  const handlers = [
    ...bots.adminBot.outboxHandlers,
    ...bots.pager.outboxHandlers,
    createShopWebhookHandler({ ...payments, createHttpClient, target: config.storeWebhook }),
    createCancelHandler(payments),
    createRefundHandler(payments),
  ];
  const workers = createWorkers({ ...payments, instanceId: core.instanceId }, { lanes: allLanes, handlers });
  const scheduler: Scheduler = createScheduler({
    jobs: createJobs({
      payments,
      ...watches,
      timeZone: config.timeZone,
      stuckJobs: () => findStuckJobs(scheduler.states()),
    }),
    timeZone: config.timeZone,
    clock: jobClock ?? clock,
    awake,
    log,
    onRun: (run) => metrics.observeJobRun({ job: run.job, outcome: run.outcome.kind, durationMs: run.durationMs }),
  });
  const named = [
    { name: 'admin', health: () => bots.adminBot.health() },
    { name: 'pager', health: () => bots.pager.health() },
  ];
  const healthDeps = { database, clock, awake, providers, workers, bots: named };
  const checks = [...createChecks(healthDeps), ...(config.storeWebhook === null ? [] : [shopCheck(healthDeps)])];
  const server = createServer(
    {
      payments,
      metrics,
      storeApi: config.storeApi,
      holdsSecret,
      metricsTokens: config.metricsTokens,
      isDatabaseFailure,
      version: packageJson.version,
      instance: core.instanceId,
      receiveWebhook: createWebhookReceiver(payments),
      telegram: receiversOf(config, bots),
      checks: { live: [], ready: [...checks, jobsCheck(scheduler)] },
      jobs: () => scheduler.states(),
      createListener,
    },
    { host: config.http.host, port: config.http.port, stopTimeoutMs: requestsEndMs },
  );
  const databaseWatch = createDatabaseWatch({
    database,
    clock,
    awake,
    log,
    ring: bots.pager.ringDirectly,
    onLooked: (isUp) => core.metrics.setDatabaseUp(isUp),
  });
  const takeOver = createTakeOver(core);
  return { server, bots, workers, scheduler, databaseWatch, takeOver, endReconciliations: () => ending.abort() };
}

async function start(core: Core, sides: Sides): Promise<{ port: number }> {
  const { server, bots, workers, scheduler, databaseWatch, takeOver } = sides;
  const migrations = await applyMigrations(core.database, core.payments.clock);
  await recoverAfterCrash(core);
  const { port } = await server.start();
  await Promise.all([workers.inbox, ...workers.outbox].map((worker) => worker.start()));
  await Promise.all([bots.adminBot.start(), bots.pager.start()]);
  await scheduler.start();
  await Promise.all([databaseWatch.start(), takeOver.start()]);
  core.payments.log.info('started', { port, engine: core.database.engine, migrations });
  return { port };
}

async function stop(core: Core, sides: Sides): Promise<void> {
  const { server, bots, workers, scheduler, databaseWatch, takeOver } = sides;
  const { log } = core.payments;
  log.info('stopping');
  sides.endReconciliations();
  await Promise.all([databaseWatch.stop(), takeOver.stop()]);
  // At once: one after the other, what each has in hand would take longer than a process is given.
  await Promise.all([server.stop(), bots.adminBot.stop(), bots.pager.stop(), scheduler.stop()]);
  await Promise.all([workers.inbox, ...workers.outbox].map((worker) => worker.stop()));
  await core.database.close();
  log.info('stopped');
  await core.drainLog();
}
