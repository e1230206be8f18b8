// What Prometheus sees. Labels come from closed sets only: nothing that a stranger sends becomes a label.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Milliseconds } from '#kernel/clock.ts';
import type { QueueDepth } from '#messaging/messaging-store.ts';
import { createTroubleMetrics, type ProviderTrouble } from './provider-metrics.ts';

export type QueueName = 'inbox' | 'outbox';

export interface Metrics {
  countWebhook(event: { provider: string; outcome: string }): void;
  /** Replaces what was known of this queue. */
  setQueue(state: { queue: QueueName; depths: readonly QueueDepth[]; now: Milliseconds }): void;
  observeProviderCall(call: { provider: string; operation: string; outcome: string; durationMs: Milliseconds }): void;
  setProviderUp(state: { provider: string; isUp: boolean }): void;
  countOutage(provider: string): void;
  setProviderTrouble(trouble: ProviderTrouble): void;
  countTransition(change: { from: string; to: string }): void;
  countTelegramSend(send: { bot: string; outcome: string }): void;
  /** How many transactions one commit carried. */
  observeGateBatch(transactions: number): void;
  observeJobRun(run: { job: string; outcome: string; durationMs: Milliseconds }): void;
  /** What the newest closing says. */
  setBooks(state: { unexplained: number; closedAt: Milliseconds; now: Milliseconds }): void;
  text(): Promise<{ contentType: string; body: string }>;
}

/** From a local call to the longest time-out of a call that goes out. */
const callBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const jobBuckets = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600];
const batchBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** These are gauges that end like counters, which promtool rightly refuses. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics(build: { version: string }): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  for (const name of misnamed) register.removeSingleMetric(name);
  announceBuild(register, build);
  return {
    ...createTrafficMetrics(register),
    ...createProviderMetrics(register),
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
    help: 'Webhook deliveries by provider and by what became of them.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const sends = new Counter({
    name: 'tillkeeper_telegram_sends_total',
    help: 'Calls to Telegram that send or edit, by bot and outcome.',
    labelNames: ['bot', 'outcome'],
    registers,
  });
  return {
    countWebhook: (event) => webhooks.inc(event),
    countTelegramSend: (send) => sends.inc(send),
  } satisfies Partial<Metrics>;
}

function createProviderMetrics(register: Registry) {
  const registers = [register];
  const calls = new Counter({
    name: 'tillkeeper_provider_calls_total',
    help: 'Calls to providers by operation and outcome; every attempt counts.',
    labelNames: ['provider', 'operation', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'tillkeeper_provider_call_duration_seconds',
    help: 'How long calls to providers took.',
    labelNames: ['provider', 'operation'],
    buckets: callBuckets,
    registers,
  });
  const up = new Gauge({
    name: 'tillkeeper_provider_up',
    help: '1 while calls to the provider are let through, 0 while its breaker is open.',
    labelNames: ['provider'],
    registers,
  });
  return {
    observeProviderCall({ provider, operation, outcome, durationMs }) {
      calls.inc({ provider, operation, outcome });
      durations.observe({ provider, operation }, durationMs / 1_000);
    },
    setProviderUp: ({ provider, isUp }) => up.set({ provider }, isUp ? 1 : 0),
    ...createTroubleMetrics(register),
  } satisfies Partial<Metrics>;
}

function createWorkMetrics(register: Registry) {
  const registers = [register];
  const transitions = new Counter({
    name: 'tillkeeper_payment_transitions_total',
    help: 'Changes of a payment from one status to another.',
    labelNames: ['from', 'to'],
    registers,
  });
  const batches = new Histogram({
    name: 'tillkeeper_gate_batch_transactions',
    help: 'How many transactions shared one commit.',
    buckets: batchBuckets,
    registers,
  });
  const jobRuns = new Histogram({
    name: 'tillkeeper_job_duration_seconds',
    help: 'How long runs of scheduled jobs took, by outcome.',
    labelNames: ['job', 'outcome'],
    buckets: jobBuckets,
    registers,
  });
  return {
    countTransition: (change) => transitions.inc(change),
    observeGateBatch: (transactions) => batches.observe(transactions),
    observeJobRun: ({ job, outcome, durationMs }) => jobRuns.observe({ job, outcome }, durationMs / 1_000),
    setQueue: createQueueMetrics(register),
    setBooks: createBookMetrics(register),
  } satisfies Partial<Metrics>;
}

function createQueueMetrics(register: Registry): Metrics['setQueue'] {
  const registers = [register];
  const messages = new Gauge({
    name: 'tillkeeper_queue_messages',
    help: 'Messages that wait, and dead letters (abandoned), by queue and lane.',
    labelNames: ['queue', 'lane', 'state'],
    registers,
  });
  const age = new Gauge({
    name: 'tillkeeper_queue_oldest_age_seconds',
    help: 'For how long the oldest message that is due has been due; 0 when none is.',
    labelNames: ['queue', 'lane'],
    registers,
  });
  const shownLanes: Record<QueueName, Set<string>> = { inbox: new Set(), outbox: new Set() };
  return ({ queue, depths, now }) => {
    const lanes = shownLanes[queue];
    // A lane that is no longer listed is empty, and must not go on showing its last depth.
    const gone = [...lanes].filter((lane) => !depths.some((depth) => depth.lane === lane));
    const empty = gone.map((lane) => ({ lane, waiting: 0, oldestAvailableAt: null, abandoned: 0 }));
    for (const { lane, waiting, oldestAvailableAt, abandoned } of [...depths, ...empty]) {
      lanes.add(lane);
      messages.set({ queue, lane, state: 'waiting' }, waiting);
      messages.set({ queue, lane, state: 'abandoned' }, abandoned);
      const ageMs = oldestAvailableAt === null ? 0 : Math.max(now - oldestAvailableAt, 0);
      age.set({ queue, lane }, ageMs / 1_000);
    }
  };
}

function createBookMetrics(register: Registry): Metrics['setBooks'] {
  const registers = [register];
  // Without labels, and therefore shown as 0 before the first closing: an age of 0 is a day that was just closed.
  const unexplained = new Gauge({
    name: 'tillkeeper_books_unexplained',
    help: 'Differences that the newest closing could not explain.',
    registers,
  });
  const age = new Gauge({
    name: 'tillkeeper_books_last_closing_age_seconds',
    help: 'How long ago the newest closing was written; 0 while there is none.',
    registers,
  });
  return (state) => {
    unexplained.set(state.unexplained);
    age.set(Math.max(state.now - state.closedAt, 0) / 1_000);
  };
}
