// What Prometheus sees. Labels come from closed sets only: nothing that an unauthorized sender sends becomes a label.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Milliseconds } from '#kernel/clock.ts';
import { createProviderMetrics, type ProviderMetrics } from './provider-metrics.ts';
import { createQueueMetrics, type QueueMetrics } from './queue-metrics.ts';

/** A scheduled job at this moment. */
export interface JobHealth {
  name: string;
  /** It stands still. */
  isOverdue: boolean;
}

export interface Metrics extends ProviderMetrics, QueueMetrics {
  countWebhook(event: { provider: string; outcome: string }): void;
  countTransition(change: { from: string; to: string }): void;
  countTelegramSend(send: { bot: string; outcome: string }): void;
  countRefusedKey(refusal: { place: string }): void;
  /** A connection that was cut because of what its peer does. */
  countCutConnection(cut: { reason: string }): void;
  countDroppedLogLines(lines: number): void;
  observeCommit(commit: { transactions: number }): void;
  /** Whether it can be read and written; the gauges of queues, shop and books keep their last values while it cannot. */
  setDatabaseUp(isUp: boolean): void;
  observeJobRun(run: { job: string; outcome: string; durationMs: Milliseconds }): void;
  setJobs(jobs: readonly JobHealth[]): void;
  /** The newest daily close. */
  setClosing(state: { unexplained: number; closedAt: Milliseconds; now: Milliseconds }): void;
  text(): Promise<{ contentType: string; body: string }>;
}

const jobBuckets = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600];
const commitBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Gauges of prom-client that are named like counters, which promtool refuses. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics(build: { version: string }): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  for (const name of misnamed) register.removeSingleMetric(name);
  announceBuild(register, build);
  return {
    ...createTrafficMetrics(register),
    ...createProviderMetrics(register),
    ...createQueueMetrics(register),
    ...createWorkMetrics(register),
    text: async () => ({ contentType: register.contentType, body: await register.metrics() }),
  };
}

function announceBuild(register: Registry, build: { version: string }): void {
  const gauge = new Gauge({
    name: 'tillkeeper_build_info',
    help: 'Always 1; its labels say what is running.',
    labelNames: ['version', 'node'],
    registers: [register],
  });
  gauge.set({ version: build.version, node: process.version }, 1);
}

function createTrafficMetrics(register: Registry) {
  const registers = [register];
  const webhooks = new Counter({
    name: 'tillkeeper_webhooks_total',
    help: 'Webhook requests by provider and outcome.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const sends = new Counter({
    name: 'tillkeeper_telegram_sends_total',
    help: 'Calls to Telegram that send or edit, by bot and outcome.',
    labelNames: ['bot', 'outcome'],
    registers,
  });
  const refusedKeys = new Counter({
    name: 'tillkeeper_refused_keys_total',
    help: 'Requests with a wrong key, by the place that they came to.',
    labelNames: ['place'],
    registers,
  });
  const cuts = new Counter({
    name: 'tillkeeper_connections_cut_total',
    help: 'Connections that were cut: too many of them (crowded), too many requests ahead (pipelined), answers not read (unread).',
    labelNames: ['reason'],
    registers,
  });
  const transitions = new Counter({
    name: 'tillkeeper_payment_transitions_total',
    help: 'Changes of a payment from one status to another.',
    labelNames: ['from', 'to'],
    registers,
  });
  return {
    countWebhook: (event) => webhooks.inc(event),
    countRefusedKey: (refusal) => refusedKeys.inc(refusal),
    countCutConnection: (cut) => cuts.inc(cut),
    countTelegramSend: (send) => sends.inc(send),
    countTransition: (change) => transitions.inc(change),
  } satisfies Partial<Metrics>;
}

function createWorkMetrics(register: Registry) {
  const registers = [register];
  const commits = new Histogram({
    name: 'tillkeeper_commit_transactions',
    help: 'How many transactions shared one commit.',
    buckets: commitBuckets,
    registers,
  });
  const databaseUp = new Gauge({
    name: 'tillkeeper_database_up',
    help: '0 while the database cannot be read or written: all that is read from it keeps its last value then.',
    registers,
  });
  const jobRuns = new Histogram({
    name: 'tillkeeper_job_duration_seconds',
    help: 'How long runs of scheduled jobs took, by outcome.',
    labelNames: ['job', 'outcome'],
    buckets: jobBuckets,
    registers,
  });
  const overdue = new Gauge({
    name: 'tillkeeper_job_overdue',
    help: '1 while the job stands still: it does not begin when it is due, or does not end.',
    labelNames: ['job'],
    registers,
  });
  const droppedLines = new Counter({
    name: 'tillkeeper_log_lines_dropped_total',
    help: 'Lines of the log that were dropped, because its reader stalled or was gone.',
    registers,
  });
  // Without labels, and therefore shown as 0 before the first closing: an age of 0 is a day that was just closed.
  const unexplained = new Gauge({
    name: 'tillkeeper_ledger_unexplained',
    help: 'Differences that the newest daily close could not explain.',
    registers,
  });
  const age = new Gauge({
    name: 'tillkeeper_ledger_last_closing_age_seconds',
    help: 'How long ago the newest daily close was written; 0 while there is none.',
    registers,
  });
  return {
    countDroppedLogLines: (lines) => droppedLines.inc(lines),
    observeCommit: ({ transactions }) => commits.observe(transactions),
    setDatabaseUp: (isUp) => databaseUp.set(isUp ? 1 : 0),
    observeJobRun: ({ job, outcome, durationMs }) => jobRuns.observe({ job, outcome }, durationMs / 1_000),
    setJobs(jobs) {
      for (const { name, isOverdue } of jobs) overdue.set({ job: name }, isOverdue ? 1 : 0);
    },
    setClosing(state) {
      unexplained.set(state.unexplained);
      age.set(Math.max(state.now - state.closedAt, 0) / 1_000);
    },
  } satisfies Partial<Metrics>;
}
