import type { Clock, Milliseconds } from './clock.ts';
import type { Database } from './database.ts';
import type { EventLog } from './process.ts';

/** Rows of one kind that are deleted when they are no longer needed. */
export interface Retention<Stores> {
  name: string;
  /** How long they are kept; their store decides from which of their times on. */
  keptMs: Milliseconds;
  /** Deletes at most `limit` rows of before that time, inside a transaction; returns how many. */
  prune(stores: Stores, query: { before: Milliseconds; limit: number }): Promise<number>;
}

interface PruneDeps<Stores> {
  database: Database<Stores>;
  clock: Pick<Clock, 'now'>;
  log: Pick<EventLog, 'warn'>;
}

/** Rows deleted in one transaction, so that it blocks no other for long. */
const batchRowsMax = 1_000;
/** Batches of one kind in one run; the next run deletes the rest. */
const batchesMax = 100;

/** Deletes what has been kept long enough, batch by batch, one kind after the other. */
export async function pruneAll<Stores>(
  deps: PruneDeps<Stores>,
  { retentions, signal }: { retentions: readonly Retention<Stores>[]; signal?: AbortSignal },
): Promise<{ deleted: number }> {
  let deleted = 0;
  for (const retention of retentions) {
    if (signal?.aborted) break;
    deleted += await prune(deps, { retention, signal });
  }
  return { deleted };
}

async function prune<Stores>(
  deps: PruneDeps<Stores>,
  { retention, signal }: { retention: Retention<Stores>; signal?: AbortSignal },
): Promise<number> {
  const before = deps.clock.now() - retention.keptMs;
  let total = 0;
  for (let batch = 0; batch < batchesMax && !signal?.aborted; batch += 1) {
    const query = { before, limit: batchRowsMax };
    const deleted = await deps.database.transaction((stores) => retention.prune(stores, query));
    if (deleted === 0) return total;
    total += deleted;
  }
  deps.log.warn('prune not finished', { kind: retention.name, deleted: total });
  return total;
}
