import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { DueQueue, QueueBookkeeping } from '#messaging/queues/queue-store.ts';
import type { QueueName, Session } from '../../query/session.ts';

export interface QueueShape {
  name: QueueName;
  /** The bookkeeping columns of either table; the columns that only one has are in `columns`, `lane` and `priority`. */
  table: Session['tables']['inboxEvents'];
  /** The columns of the port's rows. */
  columns: Record<string, PgColumn>;
  /** The column by which depths are counted, and to which a claim may be narrowed. */
  lane: PgColumn;
  priority: PgColumn | null;
  /** Columns of which a row that is processed keeps less. */
  onceProcessed: Record<string, SQL>;
}

/** Whose workers a row of this lane is for: the inbox has one worker for all of its sources. */
export function dueQueueOf(name: QueueName, lane: string): DueQueue {
  return name === 'inbox' ? name : `${name}:${lane}`;
}

/** A select of the port's columns gives the port's rows. */
export function asRows<Row extends QueueBookkeeping>(rows: Record<string, unknown>[]): Row[] {
  return rows as unknown as Row[];
}

/** The outcome of a row that waits and is owed; one that is processed has another. */
export const owedOutcome = 'owed';

/** The columns of a row that no worker has touched yet: null, or zero attempts, by their defaults. */
export const untouched = [
  'lockedUntil',
  'lockedBy',
  'processedAt',
  'abandonedAt',
  'lastError',
  'startedAttempts',
  'finishedAttempts',
  'outcome',
] as const;
