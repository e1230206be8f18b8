import type { Milliseconds } from '#kernel/clock.ts';
import type { Random } from '#kernel/ids.ts';
import type { EventLog } from '#kernel/process.ts';
import type { TransactionContext, TransactionDeps } from '#kernel/transaction-context.ts';
import type { QueueStore } from '../queues/messaging-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** One queue, or one lane of it, and what is done with its rows. */
export interface WorkerOptions<Row, Stores> {
  name: string;
  queueOf(stores: Stores): QueueStore<Row>;
  lane: string | null;
  handle(row: Row, signal: AbortSignal): Promise<DeliveryResult>;
  /** Runs in the transaction that makes a dead letter: raises the alert. */
  onAbandoned(tx: TransactionContext<Stores>, input: { row: Row; reason: string }): Promise<void>;
  /** What the log says of a row beside its id: facts without secrets. */
  describe?(row: Row): Record<string, unknown>;
  policy: RetryPolicy;
  concurrency: number;
  /** No attempt may take longer; its signal is aborted then. The lock outlives it. */
  attemptTimeoutMs: Milliseconds;
  /** How long a worker sleeps when nobody wakes it. */
  sweepMs: Milliseconds;
}

export interface WorkerDeps<Stores> extends TransactionDeps<Stores> {
  random: Random;
  log: EventLog;
  /** Names this process among those that share the queue. */
  instanceId: string;
}
