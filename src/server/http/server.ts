import { Hono } from 'hono';
import type { AccountingDeps } from '#accounting/ledger/deps.ts';
import { readNewestClosing } from '#accounting/ledger/read-ledger.ts';
import { second } from '#kernel/clock.ts';
import type { QueueDepth } from '#messaging/messaging-store.ts';
import { lanes } from '#messaging/topics.ts';
import type { ReceiveWebhook } from '#payments/webhooks/receive-webhook.ts';
import { readProviderReports } from '#reports/provider-report.ts';
import { type Check, healthRoutes } from '../operations/health.ts';
import type { Metrics, QueueName } from '../operations/metrics.ts';
import { metricsRoutes } from '../operations/metrics-routes.ts';
import { docsRoutes } from '../store-api/docs.ts';
import { storeApiRoutes } from '../store-api/store-api.ts';
import { webhookRoutes } from '../webhooks/provider-webhooks.ts';
import { type TelegramReceiver, telegramRoutes } from '../webhooks/telegram-updates.ts';
import { installErrors } from './errors.ts';
import { createListener, type Listener, type ListenerOptions } from './listener.ts';

export interface ServerDeps {
  payments: AccountingDeps;
  receiveWebhook: ReceiveWebhook;
  metrics: Metrics;
  /** Keys of the shop's site; null: `/v1` answers 404. */
  storeApi: { keys: readonly string[] } | null;
  /** The bots that get their updates by webhook, by the name in the path. */
  telegram: ReadonlyMap<string, TelegramReceiver>;
  checks: { live: readonly Check[]; ready: readonly Check[] };
  version: string;
  /** The mark of this process in /livez. */
  instance: string;
}

export interface TillkeeperServer extends Listener {
  readonly app: Hono;
}

/** Everything that is reached over HTTP. */
export function createServer(deps: ServerDeps, options: ListenerOptions): TillkeeperServer {
  const { log } = deps.payments;
  let isStopping = false;
  const app = new Hono();
  const storeApi = storeApiRoutes({ payments: deps.payments, access: deps.storeApi });
  const routes = [
    webhookRoutes({ receiveWebhook: deps.receiveWebhook, metrics: deps.metrics, log }),
    telegramRoutes({ receivers: deps.telegram, log }),
    storeApi,
    docsRoutes({ storeApi, version: deps.version }),
    healthRoutes({ ...deps.checks, isStopping: () => isStopping, instance: deps.instance, log }),
    metricsRoutes({ metrics: deps.metrics, refresh: () => refreshMetrics(deps), log }),
  ];
  for (const group of routes) app.route('/', group);
  installErrors(app, { log });
  const listener = createListener(
    {
      fetch(request, env) {
        const answer = app.fetch(request, env);
        return isStopping ? hangUpAfter(answer) : answer;
      },
      log,
    },
    options,
  );
  return {
    app,
    start: listener.start,
    stop: () => {
      isStopping = true;
      return listener.stop();
    },
  };
}

/** A kept-alive connection would otherwise bring its next request to a server that is leaving. */
async function hangUpAfter(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  response.headers.set('connection', 'close');
  return response;
}

async function refreshMetrics(deps: ServerDeps): Promise<void> {
  const { database, clock, providers } = deps.payments;
  for (const { name } of providers.list()) {
    deps.metrics.setProviderUp({ provider: name, isUp: providers.health(name)?.breaker !== 'open' });
  }
  const now = clock.now();
  for (const report of await readProviderReports(deps.payments)) {
    const { outage, webhooks, quarantine } = report;
    deps.metrics.setProviderTrouble({
      provider: report.health.provider,
      blindSeconds: outage === null || outage.answeredAt !== null ? 0 : (now - outage.beganAt) / second,
      isRetired: outage?.status === 'retired',
      isSilent: webhooks.silentSince !== null,
      quarantined: quarantine.count,
    });
  }
  const queues = await database.read(
    async (stores): Promise<[QueueName, QueueDepth[]][]> => [
      ['inbox', await stores.inbox.depths(now)],
      ['outbox', await stores.outbox.depths(now)],
    ],
  );
  const known = { inbox: providers.list().map(({ name }) => name), outbox: lanes };
  for (const [queue, depths] of queues) {
    // A lane that nothing waits in has a sample too: a rule must be able to tell empty from absent.
    const absent = known[queue].filter((lane) => !depths.some((depth) => depth.lane === lane));
    const empty = absent.map((lane) => ({ lane, waiting: 0, oldestAvailableAt: null, abandoned: 0 }));
    deps.metrics.setQueue({ queue, depths: [...depths, ...empty], now });
  }
  const books = await readNewestClosing(deps.payments);
  if (books !== undefined) deps.metrics.setBooks({ ...books, now });
}
