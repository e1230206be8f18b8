// What both queues share.
import type { Milliseconds } from '#kernel/clock.ts';
import type { TimedKey } from '#kernel/page.ts';

/**
 * The bookkeeping that inbox and outbox share. `startedAttempts` minus `finishedAttempts` is how often the process died
 * while it worked on the row; a row is done when `processedAt` is set and a dead letter when `abandonedAt` is.
 */
export interface QueueBookkeeping {
  id: string;
  receivedAt: Milliseconds;
  availableAt: Milliseconds;
  lockedUntil: Milliseconds | null;
  lockedBy: string | null;
  processedAt: Milliseconds | null;
  abandonedAt: Milliseconds | null;
  /** Why the row became a dead letter, or why its last attempt failed. */
  lastError: string | null;
  startedAttempts: number;
  finishedAttempts: number;
}

/** What became due: a queue, or one lane of the outbox, for example `outbox:shop`. */
export type DueQueue = 'inbox' | 'outbox' | `outbox:${string}`;

/** What a claim asks for. `suspectedPoison`: rows that were in progress at a crash; they are claimed alone. */
export interface ClaimRequest {
  lane: string | null;
  now: Milliseconds;
  lockedUntil: Milliseconds;
  lockedBy: string;
  limit: number;
  suspectedPoison: boolean;
}

/** Depth, ages, and dead letters; per lane for the outbox, per source for the inbox. */
export interface QueueDepth {
  lane: string;
  waiting: number;
  /** Of the rows that are due; null when none is. */
  oldestAvailableAt: Milliseconds | null;
  /** Of all that wait, also for the time of their next attempt; null when none does. */
  oldestReceivedAt: Milliseconds | null;
  abandoned: number;
}

/**
 * What both queues share; every change runs inside a transaction. `markProcessed`, `release` and `abandon` change a row only
 * while `lockedBy` still has its lease, and return whether they did, or of how many.
 */
export interface QueueStore<Row> {
  /**
   * Leases due rows that nobody has leased, by priority, then time, then id; raises `startedAttempts`, but not of a row whose last
   * lease was the claimer's own: it lives, and could not settle the row.
   */
  claimDue(request: ClaimRequest): Promise<Row[]>;
  /** Whether anything is due: suspected poison messages, and others. Changes nothing, and costs a fraction of a claim. */
  findDue(query: {
    lane: string | null;
    now: Milliseconds;
    /** Suspected poison messages are not looked for: that walks through all that is due, however long the backlog. */
    soundOnly?: boolean;
  }): Promise<{ suspected: boolean; sound: boolean }>;
  markProcessed(input: {
    ids: readonly string[];
    lockedBy: string;
    at: Milliseconds;
    outcome: string | null;
  }): Promise<number>;
  /**
   * Puts the row back for later. After an attempt that was made, earlier crashes no longer count: `finishedAttempts` becomes
   * `startedAttempts`. For an attempt that was not made, `startedAttempts` is lowered again. `isOwed`: from here on the
   * row counts as owed until it is processed.
   */
  release(input: {
    id: string;
    lockedBy: string;
    availableAt: Milliseconds;
    error: string | null;
    isFinishedAttempt: boolean;
    isOwed?: boolean;
  }): Promise<boolean>;
  abandon(input: { id: string; lockedBy: string; at: Milliseconds; reason: string }): Promise<boolean>;
  /**
   * Ends the leases of other instances; only for an engine that one process uses. Rows that were in progress at two crashes
   * wait until `repeatedAt`. Returns how many leases were ended.
   */
  unlockAll(input: { exceptBy: string; repeatedAt: Milliseconds }): Promise<number>;
  /** Whoever has a lease, each once. */
  listLeases(): Promise<string[]>;
  /** Ends the leases of those that are named, as `unlockAll` does: their process is dead. */
  endLeases(input: { by: readonly string[]; repeatedAt: Milliseconds }): Promise<number>;
  /** Rows that wait for a time after `latest` are due then. */
  hasten(input: { latest: Milliseconds }): Promise<void>;
  /** Leases that last until after `latest` end then. */
  boundLeases(input: { latest: Milliseconds }): Promise<void>;
  find(id: string): Promise<Row | undefined>;
  /** Newest first. */
  listAbandoned(query: { before: TimedKey | null; after?: TimedKey | null; limit: number }): Promise<Row[]>;
  /** A dead letter becomes due again with its counters at zero; false when the row is no dead letter. */
  redrive(input: { id: string; at: Milliseconds }): Promise<boolean>;
  /** Marks a dead letter as processed with the outcome `discarded`; false when the row is no dead letter. */
  discard(input: { id: string; at: Milliseconds }): Promise<boolean>;
  depths(now: Milliseconds): Promise<QueueDepth[]>;
  /** Deletes at most `limit` rows processed before `before`; returns how many. */
  prune(query: { before: Milliseconds; limit: number }): Promise<number>;
}
