import type { BotHealth } from '#bot/telegram/telegram.ts';
import { DatabaseUnavailable } from '#db/engine/database-errors.ts';
import { isDatabaseFailure } from '#db/engine/database-failure.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import type { JobState, Scheduler } from '#jobs/scheduler.ts';
import { type Clock, minute } from '#kernel/clock.ts';
import type { AwakeTime } from '#kernel/process.ts';
import { readOwedMessages } from '#messaging/queues/owed-messages.ts';
import type { QueueDepth } from '#messaging/queues/queue-store.ts';
import { readQueueDepths } from '#messaging/queues/read-queue-depths.ts';
import { countUntoldOrders } from '#messaging/queues/untold-orders.ts';
import type { PaymentDeps } from '#payments/lifecycle/deps.ts';
import { outageDuration } from '#payments/model/outage.ts';
import type { HealthReport, JobReport } from '#reports/health-report.ts';
import { type ProviderReport, readProviderReports } from '#reports/provider-report.ts';
import type { Check } from '#server/operations/health.ts';
import type { Workers } from './workers.ts';

interface HealthDeps {
  database: OpenDatabase;
  clock: Clock;
  awake: AwakeTime;
  providers: PaymentDeps['providers'];
  workers: Pick<Workers, 'inbox' | 'outbox'>;
  bots: readonly { name: string; health(): BotHealth }[];
}

/** A worker claims rows every second, or waits at most two minutes for messages in progress; one silent for longer hangs. */
const workerSilentMaxMs = 5 * minute;

/** A lane whose oldest message has waited longer is reported as stuck. */
const waitingMaxMs = 15 * minute;

/** Database and queues are vital. Telegram and the providers are shown too, but never make the process unready. */
export function createChecks(deps: HealthDeps): Check[] {
  const readReports = createReportReader(deps);
  return [
    {
      name: 'database',
      isVital: true,
      async check() {
        await deps.database.check();
        return { ok: true, detail: deps.database.engine };
      },
    },
    queueCheck(deps, { name: 'inbox', workers: [deps.workers.inbox] }),
    queueCheck(deps, { name: 'outbox', workers: deps.workers.outbox }),
    alertsCheck(deps),
    ...deps.bots.map(
      (bot): Check => ({
        name: `telegram ${bot.name}`,
        isVital: false,
        check: () => Promise.resolve(bot.health()),
      }),
    ),
    ...deps.providers.list().map(
      (provider): Check => ({
        name: `provider ${provider.name}`,
        isVital: false,
        check: async () =>
          describeProvider(
            deps,
            (await readReports()).find(({ health }) => health.provider === provider.name),
          ),
      }),
    ),
  ];
}

function queueCheck(
  deps: HealthDeps,
  queue: { name: 'inbox' | 'outbox'; workers: readonly Workers['inbox'][] },
): Check {
  return {
    name: queue.name,
    isVital: true,
    async check() {
      const now = deps.clock.now();
      const silentSince = deps.awake.momentAgo(workerSilentMaxMs);
      const silent = queue.workers.filter((worker) => (worker.lastClaimAt() ?? now) < silentSince);
      const depths = (await readQueueDepths(deps))[queue.name];
      const waiting = depths.reduce((sum, depth) => sum + depth.waiting, 0);
      const detail = silent.length > 0 ? `silent workers: ${silent.length}` : describeDepths(depths, now);
      return { ok: silent.length === 0, detail: `${waiting} waiting${detail === '' ? '' : `, ${detail}`}` };
    },
  };
}

/** Not vital: a process that takes webhooks is needed most while nobody hears of them. */
function alertsCheck(deps: Pick<HealthDeps, 'database' | 'clock'>): Check {
  return {
    name: 'alerts',
    isVital: false,
    async check() {
      const { count, since, reason } = await readOwedMessages(deps);
      if (since === null) return { ok: true, detail: 'all were shown' };
      const forMinutes = Math.floor((deps.clock.now() - since) / minute);
      const what = `${count} message${count === 1 ? ' has' : 's have'} not reached the chat that ${count === 1 ? 'it is' : 'they are'} for`;
      return { ok: false, detail: `${what}, for ${forMinutes} min: ${reason ?? 'no reason known'}` };
    },
  };
}

function describeDepths(depths: readonly QueueDepth[], now: number): string {
  const stuck = depths.filter((depth) => now - (depth.oldestAvailableAt ?? now) > waitingMaxMs);
  return stuck.map((depth) => `${depth.lane} is not moving`).join(', ');
}

/** The checks are made at the same time, and one read has what all providers need. */
function createReportReader(deps: HealthDeps): () => Promise<ProviderReport[]> {
  let reading: Promise<ProviderReport[]> | undefined;
  return () => {
    reading ??= readProviderReports(deps).finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

function describeProvider(
  deps: Pick<HealthDeps, 'clock'>,
  report: ProviderReport | undefined,
): Awaited<ReturnType<Check['check']>> {
  if (report === undefined) return { ok: true, detail: 'answers' };
  const failure = failureOf(report, deps.clock.now());
  if (failure !== null) return { ok: false, detail: failure };
  if (report.health.failingSince !== null || report.health.lastSuccessAt === null) return describeDoubt(report.health);
  return { ok: true, detail: report.outage === null ? 'answers' : 'answers again, catching up' };
}

/** Before the breaker opens, and before the first call: no reason to say that it answers. */
function describeDoubt(health: ProviderReport['health']): Awaited<ReturnType<Check['check']>> {
  if (health.failingSince === null) return { ok: true, detail: 'not known yet', isUnknown: true };
  if (health.lastSuccessAt === null) return { ok: false, detail: 'has not answered since the start' };
  return { ok: true, detail: 'did not answer the last call', isUnknown: true };
}

/**
 * The most severe failure of the provider; null when there is none. Webhooks that do not verify are none: anybody can send
 * them. They have a case, and where they are the provider's own, its webhooks have stopped coming.
 */
function failureOf({ health, outage, webhooks }: ProviderReport, now: number): string | null {
  if (outage?.status === 'retired') return `decommissioned, called once a day: ${outage.reason}`;
  if (outage?.status === 'blind') return `unavailable for ${outageDuration(outage, now)}: ${outage.reason}`;
  if (health.breaker !== 'closed') {
    return `${health.breaker.replace('_', ' ')}: ${health.lastError ?? 'no reason known'}`;
  }
  return webhooks.silentSince === null ? null : 'answers, but its webhooks have stopped coming';
}

/** Whether the shop takes what it is told; only where one is configured. */
export function shopCheck(deps: Pick<HealthDeps, 'database' | 'clock'>): Check {
  return {
    name: 'shop',
    isVital: false,
    async check() {
      const { orders } = await countUntoldOrders(deps);
      const count = orders === 1 ? '1 order' : `${orders} orders`;
      return { ok: orders === 0, detail: orders === 0 ? 'no order waits long to be told of' : `not told of ${count}` };
    },
  };
}

/** Jobs that stand still: payments are not polled and orders do not expire, while webhooks go on. */
export function jobsCheck(scheduler: Pick<Scheduler, 'states'>): Check {
  return {
    name: 'jobs',
    isVital: true,
    check() {
      const jobs = scheduler.states();
      const overdue = jobs.filter(({ isOverdue }) => isOverdue).map(({ name }) => name);
      const detail = overdue.length > 0 ? `overdue: ${overdue.join(', ')}` : `${jobs.length} on time`;
      return Promise.resolve({ ok: overdue.length === 0, detail });
    },
  };
}

/** The same checks, the jobs' last runs and the queues, for `/health` in the chat. */
export async function readHealthReport(
  deps: HealthDeps & { scheduler: Scheduler; checks: readonly Check[] },
): Promise<HealthReport> {
  const [checks, queues] = await Promise.all([
    Promise.all(
      deps.checks.map(async ({ name, check }) => {
        try {
          return { name, ...(await check()) };
        } catch (error) {
          return { name, ok: false, detail: failureOfCheck(error) };
        }
      }),
    ),
    readQueues(deps),
  ]);
  return { checks, jobs: deps.scheduler.states().map(reportJob), queues };
}

/** An admin reads it: our own sentences about the database say what happened to it. */
function failureOfCheck(error: unknown): string {
  if (error instanceof DatabaseUnavailable) return error.message;
  return error instanceof Error ? error.name : 'failed';
}

async function readQueues(deps: Pick<HealthDeps, 'database' | 'clock'>): Promise<HealthReport['queues']> {
  try {
    const { inbox, outbox } = await readQueueDepths(deps);
    return [
      ...inbox.map((depth) => ({ queue: 'inbox' as const, depth })),
      ...outbox.map((depth) => ({ queue: 'outbox' as const, depth })),
    ];
  } catch (error) {
    // The checks of both queues have failed as well, and are shown.
    if (isDatabaseFailure(error)) return null;
    throw error;
  }
}

function reportJob({ name, isOverdue, lastRun }: JobState): JobReport {
  const lastRunAt = lastRun?.at ?? null;
  if (isOverdue) return { name, lastRunAt, ok: false, detail: 'overdue, it stands still' };
  const outcome = lastRun?.outcome;
  const detail = outcome?.kind === 'failed' ? outcome.error : (outcome?.kind ?? 'not yet');
  return { name, lastRunAt, ok: outcome === undefined || outcome.kind === 'done', detail };
}
