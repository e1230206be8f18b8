import { Hono } from 'hono';
import type { EventLog } from '#kernel/events.ts';
import { refuseOtherMethods } from '../kit/problem.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsRoutesDeps {
  metrics: Pick<Metrics, 'text'>;
  /** Brings up to date what is read rather than counted. */
  refresh(): Promise<void>;
  log: EventLog;
}

export function metricsRoutes(deps: MetricsRoutesDeps): Hono {
  const app = new Hono();
  app.get('/metrics', async () => {
    try {
      await deps.refresh();
    } catch (error) {
      // Counters must be seen most of all while the database is in trouble.
      deps.log.error('metrics not refreshed', {}, error);
    }
    const { contentType, body } = await deps.metrics.text();
    return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
  });
  refuseOtherMethods(app, { path: '/metrics', allowed: ['GET', 'HEAD'] });
  return app;
}
