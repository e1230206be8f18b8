import { Hono } from 'hono';
import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { readNewestClosing } from '#accounting/ledger/read-ledger.ts';
import { second } from '#kernel/clock.ts';
import { readOwedMessages } from '#messaging/queues/owed-messages.ts';
import { readQueueDepths } from '#messaging/queues/read-queue-depths.ts';
import { lanes } from '#messaging/queues/topics.ts';
import { countUntoldOrders } from '#messaging/queues/untold-orders.ts';
import { outageMs } from '#payments/model/outage.ts';
import { readProviderReports } from '#reports/provider-report.ts';
import { refuseBearer } from '../kit/bearer.ts';
import type { KeyGuard } from '../kit/key-guard.ts';
import { refuseOtherMethods } from '../kit/problem.ts';
import { shared } from '../kit/shared.ts';
import type { JobHealth, Metrics } from './metrics.ts';

export interface MetricsRoutesDeps {
  payments: DomainDeps;
  metrics: Metrics;
  /** Accepted bearers; null: open to everybody who reaches the port. */
  metricsTokens: readonly string[] | null;
  guard: KeyGuard;
  jobs(): readonly JobHealth[];
}

export function metricsRoutes(deps: MetricsRoutesDeps): Hono {
  const app = new Hono();
  const read = shared(() => readMetrics(deps));
  app.get('/metrics', async (context) => {
    const { metricsTokens: keys, guard } = deps;
    const refusal = keys === null ? undefined : refuseBearer(context, { keys, guard });
    if (refusal !== undefined) return refusal;
    const { contentType, body } = await read();
    return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
  });
  refuseOtherMethods(app, { path: '/metrics', allowed: ['GET', 'HEAD'] });
  return app;
}

async function readMetrics(deps: MetricsRoutesDeps): Promise<{ contentType: string; body: Uint8Array<ArrayBuffer> }> {
  try {
    await refresh(deps);
  } catch (error) {
    // Counters are needed most while the database does not answer, so they are shown all the same.
    deps.payments.log.error('metrics not refreshed', {}, error);
  }
  const { contentType, body } = await deps.metrics.text();
  return { contentType, body: Buffer.from(body) };
}

/** Updates the gauges, which are read from the database and the registry at each request. */
async function refresh({ payments, metrics, jobs }: MetricsRoutesDeps): Promise<void> {
  const { clock, providers } = payments;
  const now = clock.now();
  metrics.setJobs(jobs());
  for (const { name } of providers.list()) {
    metrics.setProviderUp({ provider: name, isUp: providers.health(name)?.breaker !== 'open' });
  }
  for (const { health, outage, webhooks, quarantine } of await readProviderReports(payments)) {
    metrics.setProviderState({
      provider: health.provider,
      unavailableSeconds: outage === null || outage.answeredAt !== null ? 0 : outageMs(outage, now) / second,
      isDecommissioned: outage?.status === 'retired',
      isSilent: webhooks.silentSince !== null,
      quarantined: quarantine.count,
    });
  }
  const { inbox, outbox } = await readQueueDepths(payments);
  metrics.setQueue({ queue: 'inbox', lanes: providers.list().map(({ name }) => name), depths: inbox, now });
  metrics.setQueue({ queue: 'outbox', lanes, depths: outbox, now });
  metrics.setUntold({ ...(await countUntoldOrders(payments)), now });
  metrics.setOwed((await readOwedMessages(payments)).count);
  const closing = await readNewestClosing(payments);
  if (closing !== undefined) metrics.setClosing({ ...closing, now });
}
