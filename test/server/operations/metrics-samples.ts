import type { Metrics } from '#server/operations/metrics.ts';

export function recordOneOfEach(metrics: Metrics): void {
  metrics.countWebhook({ provider: 'btcpay', outcome: 'accepted' });
  metrics.observeProviderCall({ provider: 'coinbase', operation: 'create', outcome: 'ok', durationMs: 250 });
  metrics.setProviderUp({ provider: 'bitpay', isUp: false });
  metrics.countTransition({ from: 'pending', to: 'paid' });
  metrics.countTelegramSend({ bot: 'pager', outcome: 'sent' });
  metrics.countRefusedKey({ place: 'store API' });
  metrics.countCutConnection({ reason: 'crowded' });
  metrics.countDroppedLogLines(3);
  metrics.setDatabaseUp(true);
  metrics.observeCommit({ transactions: 12 });
  metrics.observeJobRun({ job: 'prune', outcome: 'done', durationMs: 40 });
  metrics.setJobs([{ name: 'prune', isOverdue: true }]);
  const depths = [{ lane: 'pager', waiting: 3, oldestAvailableAt: 10_000, oldestReceivedAt: 4_000, abandoned: 1 }];
  metrics.setQueue({ queue: 'outbox', lanes: ['pager', 'chat'], depths, now: 15_000 });
  metrics.setUntold({ orders: 3, since: 9_000, now: 15_000 });
  metrics.setClosing({ unexplained: 2, closedAt: 10_000, now: 15_000 });
}
