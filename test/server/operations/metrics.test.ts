import { describe, expect, test } from 'vitest';
import { createMetrics } from '#server/operations/metrics.ts';
import { recordOneOfEach } from './metrics-samples.ts';

async function linesOf(metrics = createMetrics({ version: '1.2.3' })): Promise<string[]> {
  return (await metrics.text()).body.split('\n');
}

describe('the metrics', () => {
  test('show what was recorded, in base units', async () => {
    const metrics = createMetrics({ version: '1.2.3' });
    recordOneOfEach(metrics);
    const lines = await linesOf(metrics);
    for (const line of [
      'tillkeeper_webhooks_total{provider="btcpay",outcome="accepted"} 1',
      'tillkeeper_provider_calls_total{provider="coinbase",operation="create",outcome="ok"} 1',
      'tillkeeper_provider_call_duration_seconds_sum{provider="coinbase",operation="create"} 0.25',
      'tillkeeper_provider_up{provider="bitpay"} 0',
      'tillkeeper_payment_transitions_total{from="pending",to="paid"} 1',
      'tillkeeper_telegram_sends_total{bot="pager",outcome="sent"} 1',
      'tillkeeper_commit_transactions_sum 12',
      'tillkeeper_database_up 1',
      'tillkeeper_log_lines_dropped_total 3',
      'tillkeeper_refused_keys_total{place="store API"} 1',
      'tillkeeper_connections_cut_total{reason="crowded"} 1',
      'tillkeeper_job_duration_seconds_count{job="prune",outcome="done"} 1',
      'tillkeeper_job_overdue{job="prune"} 1',
      'tillkeeper_queue_messages{queue="outbox",lane="pager",state="waiting"} 3',
      'tillkeeper_queue_messages{queue="outbox",lane="pager",state="abandoned"} 1',
      'tillkeeper_queue_oldest_age_seconds{queue="outbox",lane="pager"} 5',
      'tillkeeper_queue_oldest_wait_seconds{queue="outbox",lane="pager"} 11',
      'tillkeeper_shop_untold_orders 3',
      'tillkeeper_shop_untold_seconds 6',
      'tillkeeper_queue_messages{queue="outbox",lane="chat",state="waiting"} 0',
      'tillkeeper_ledger_unexplained 2',
      'tillkeeper_ledger_last_closing_age_seconds 5',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('say what is running and how the event loop and the process are', async () => {
    const lines = await linesOf();
    expect(lines).toContain(`tillkeeper_build_info{version="1.2.3",node="${process.version}"} 1`);
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
    ]) {
      expect(lines.some((line) => line.startsWith(`${name} `))).toBe(true);
    }
    expect(lines.some((line) => /nodejs_active_\w+_total/.test(line))).toBe(false);
  });

  test('show a lane that has run empty as empty', async () => {
    const metrics = createMetrics({ version: '1' });
    recordOneOfEach(metrics);
    metrics.setQueue({ queue: 'outbox', lanes: [], depths: [], now: 20_000 });
    const lines = await linesOf(metrics);
    expect(lines).toContain('tillkeeper_queue_messages{queue="outbox",lane="pager",state="waiting"} 0');
    expect(lines).toContain('tillkeeper_queue_oldest_age_seconds{queue="outbox",lane="pager"} 0');
  });

  test('of two instances in one process are apart', async () => {
    const one = createMetrics({ version: '1' });
    recordOneOfEach(one);
    expect((await linesOf()).some((line) => line.startsWith('tillkeeper_webhooks_total{'))).toBe(false);
  });
});
