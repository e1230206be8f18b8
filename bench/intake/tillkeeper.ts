// Our own server as app.ts composes it, without the parts that work on the inbox afterwards: what is measured is intake.

import type { DomainDeps } from '#accounting/ledger/deps.ts';
import { openDatabase } from '#db/database/open-database.ts';
import { createWebhookReceiver } from '#payments/webhooks/receive-webhook.ts';
import { createServer } from '#server/http/server.ts';
import { createMetrics } from '#server/operations/metrics.ts';
import { tools } from '../tools.ts';
import { createProviders } from './receivers.ts';

export async function startTillkeeper(file: string): Promise<number> {
  const metrics = createMetrics({ version: 'benchmark' });
  const database = await openDatabase({
    target: { engine: 'sqlite', file },
    onGroupCommit: (commit) => metrics.observeCommit(commit),
  });
  const payments: DomainDeps = { ...tools, database, providers: createProviders() };
  const server = createServer(
    {
      payments,
      receiveWebhook: createWebhookReceiver(payments),
      metrics,
      storeApi: null,
      holdsSecret: () => false,
      metricsTokens: null,
      isDatabaseFailure: () => false,
      telegram: new Map(),
      checks: { live: [], ready: [] },
      jobs: () => [],
      instance: 'bench',
      version: 'benchmark',
    },
    { host: '127.0.0.1', port: 0, stopTimeoutMs: 1_000 },
  );
  return (await server.start()).port;
}
