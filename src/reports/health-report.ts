import type { Milliseconds } from '#kernel/clock.ts';
import type { QueueDepth } from '#messaging/queues/queue-store.ts';

export interface HealthCheck {
  name: string;
  ok: boolean;
  detail: string;
  /** Nothing speaks against it, and nothing for it either. */
  isUnknown?: true;
}

export interface JobReport {
  name: string;
  /** Null when it has not run since the start. */
  lastRunAt: Milliseconds | null;
  ok: boolean;
  detail: string;
}

export interface HealthReport {
  checks: readonly HealthCheck[];
  jobs: readonly JobReport[];
  /** Null when the database does not say. */
  queues: readonly { queue: 'inbox' | 'outbox'; depth: QueueDepth }[] | null;
}
