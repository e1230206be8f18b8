import type { AccountingStores } from '#accounting/ledger/deps.ts';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { DueQueue } from '#messaging/queues/queue-store.ts';
import type { Engine } from './migrations.ts';

export type DatabaseTarget =
  | { engine: 'sqlite'; file: string }
  /** `poolMax`: connections at most, default 10. */
  | { engine: 'postgres'; url: string; poolMax?: number };

export interface OpenOptions {
  target: DatabaseTarget;
  /**
   * Called after the commit of a transaction that made a message due in the queue: appended, enqueued, redriven, unlocked,
   * or put back for a time that has come. `dueAt`: it is due within a second, at that time; null: by now. Must not throw.
   */
  onQueued?: (queue: DueQueue, dueAt: Milliseconds | null) => void;
  /** Called after each group commit on SQLite, and after each transaction on PostgreSQL. Must not throw. */
  onGroupCommit?: (info: GroupCommit) => void;
  /** Names this process among those that share the queues; no two processes may have one name. Default: a random one. */
  holder?: string;
  /** Decides whether a row is due, for `onQueued`; default: the system's clock. */
  clock?: Pick<Clock, 'now'>;
  /** A transaction's body that takes longer is rolled back and rejected with TransactionTimedOut; default 5,000 ms. */
  transactionMaxMs?: number;
  /** SQLite: how long to wait at the opening for another process that owns the file; default 10,000 ms. */
  claimWaitMs?: number;
  /** SQLite: how long a transaction or a read waits while another process has locked the file; default 10,000 ms. */
  lockWaitMaxMs?: number;
}

export interface GroupCommit {
  transactions: number;
  durationMs: number;
}

export interface CommitStats {
  /** Transactions that wait for their turn. */
  waiting: number;
  commits: number;
  transactions: number;
}

/**
 * `read`: each statement sees the newest commit, and a write fails. A read or a transaction inside an open one of either
 * kind is refused with NestedTransaction: on SQLite it would not see what is not committed, on PostgreSQL it could wait
 * for ever for a second connection.
 */
export interface OpenDatabase extends Database<AccountingStores> {
  readonly engine: Engine;
  /** Brings the schema up to date; safe when two processes start at once. Throws DatabaseNewer. */
  migrate(): Promise<{ applied: number }>;
  /**
   * Ends the leases of processes that have died, of those that share the database; to be called every second. A process whose
   * event loop stands still lives, and so does one that was cut off from the database with all others. How many ended.
   */
  endLeasesOfDead(input: { repeatedAt: Milliseconds }): Promise<number>;
  /** For readiness: reads, and makes sure that a transaction can be begun; rejects within three seconds. */
  check(): Promise<void>;
  /** Refuses new work with DatabaseClosed and waits for the work in flight. May be called twice. */
  close(): Promise<void>;
  commitStats(): CommitStats;
}

export const limits = {
  transactionMaxMs: 5_000,
  readMaxMs: 30_000,
  /** A long one keeps SQLite's log from being cut, and PostgreSQL from clearing old rows away. */
  readOneMomentMaxMs: 120_000,
  /** As long as another process may take to migrate. */
  claimWaitMs: 10_000,
  /** Longer than a copy or a check of another program locks the file; shorter than a customer waits for an answer. */
  lockWaitMaxMs: 10_000,
  checkMaxMs: 3_000,
  /** Limits how many transactions one failing commit undoes, and how long the first of a group waits. */
  groupTransactionsMax: 256,
  groupHoldMaxMs: 20,
  /** How often a body is run when PostgreSQL rolls it back because of a conflict with another transaction. */
  attemptsMax: 3,
} as const;
