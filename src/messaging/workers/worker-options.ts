import type { Milliseconds } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import type { TransactionContext, TransactionDeps } from '#kernel/transaction-context.ts';
import type { QueueStore } from '../queues/queue-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** One queue, or one lane of it, and how its rows are processed. */
export interface WorkerOptions<Row, Stores> {
  name: string;
  queueOf(stores: Stores): QueueStore<Row>;
  lane: string | null;
  handle(row: Row, signal: AbortSignal): Promise<DeliveryResult>;
  /** Runs inside the transaction that makes a dead letter, to raise its case. */
  onAbandoned(tx: TransactionContext<Stores>, input: { row: Row; reason: string }): Promise<void>;
  /** Facts about a row for the log, beside its id; no secrets. */
  describe?(row: Row): Record<string, unknown>;
  policy: RetryPolicy;
  concurrency: number;
  /** An attempt that takes longer has its signal aborted. The lease lasts longer than that. */
  attemptTimeoutMs: Milliseconds;
  /** How long the worker sleeps when it is not woken. */
  sweepMs: Milliseconds;
}

export interface WorkerDeps<Stores> extends TransactionDeps<Stores> {
  random: Random;
  log: EventLog;
  /** Names this process among those that share the queue. */
  instanceId: string;
}
