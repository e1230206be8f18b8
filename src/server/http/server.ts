import { Hono } from 'hono';
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { tellRefusedKeys } from '#cases/tell-refused-keys.ts';
import type { ReceiveWebhook } from '#payments/webhooks/receive-webhook.ts';
import { createKeyGuard, type KeyGuardDeps, type KeyPlace } from '../kit/key-guard.ts';
import { type Check, healthRoutes } from '../operations/health.ts';
import type { JobHealth, Metrics } from '../operations/metrics.ts';
import { metricsRoutes } from '../operations/metrics-routes.ts';
import { docsRoutes } from '../store-api/docs.ts';
import { storeApiRoutes } from '../store-api/store-api.ts';
import { webhookRoutes } from '../webhooks/provider-webhooks.ts';
import { type TelegramReceiver, telegramRoutes } from '../webhooks/telegram-updates.ts';
import { type ErrorDeps, installErrors } from './errors.ts';
import { type CreateListener, createListener, type Listener, type ListenerOptions } from './listener.ts';

export interface ServerDeps extends Pick<ErrorDeps, 'isDatabaseFailure'> {
  payments: DomainDeps;
  receiveWebhook: ReceiveWebhook;
  metrics: Metrics;
  /** Keys of the shop's site; null: `/v1` answers 404. */
  storeApi: { keys: readonly string[] } | null;
  /** Whether a secret stands in a text. */
  holdsSecret(text: string): boolean;
  /** Bearers of `/metrics`; null: open. */
  metricsTokens: readonly string[] | null;
  /** The bots that get their updates by webhook, by the name in the path. */
  telegram: ReadonlyMap<string, TelegramReceiver>;
  checks: { live: readonly Check[]; ready: readonly Check[] };
  /** The scheduled jobs as they are now, for the metrics. */
  jobs(): readonly JobHealth[];
  version: string;
  /** The id of this process, shown by /livez. */
  instance: string;
  /** Default: sockets. */
  createListener?: CreateListener | undefined;
}

export interface TillkeeperServer extends Listener {
  readonly app: Hono;
}

/** Everything that is reached over HTTP. */
export function createServer(deps: ServerDeps, options: ListenerOptions): TillkeeperServer {
  const { clock, log } = deps.payments;
  let isStopping = false;
  const app = new Hono();
  const guardOf = (place: KeyPlace) => createKeyGuard({ clock, log, ...refusals(deps, place) }, place);
  const storeApi = storeApiRoutes({ ...deps, access: deps.storeApi, guard: guardOf('store API') });
  const routes = [
    webhookRoutes({ receiveWebhook: deps.receiveWebhook, metrics: deps.metrics, log }),
    telegramRoutes({ receivers: deps.telegram, guard: guardOf('Telegram webhook'), log }),
    storeApi,
    docsRoutes({ storeApi, version: deps.version }),
    healthRoutes({ ...deps.checks, isStopping: () => isStopping, instance: deps.instance, clock, log }),
    metricsRoutes({ ...deps, guard: guardOf('metrics') }),
  ];
  for (const group of routes) app.route('/', group);
  installErrors(app, { log, isDatabaseFailure: deps.isDatabaseFailure });
  const listener = (deps.createListener ?? createListener)(
    {
      fetch(request, env) {
        const answer = app.fetch(request, env);
        return isStopping ? hangUpAfter(answer) : answer;
      },
      log,
      onCut: (reason) => deps.metrics.countCutConnection({ reason }),
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

function refusals({ payments, metrics }: ServerDeps, place: KeyPlace): Pick<KeyGuardDeps, 'onRefused' | 'tell'> {
  return {
    onRefused: () => metrics.countRefusedKey({ place }),
    tell: (count) => tellRefusedKeys(payments, { place: `the ${place}`, count }),
  };
}

/** A kept-alive connection would otherwise send its next request to a server that is stopping. */
async function hangUpAfter(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer;
  response.headers.set('connection', 'close');
  return response;
}
