// How other processes see that this one lives: an advisory lock of a session of its own. PostgreSQL ends it when the process
// dies, within moments; a process that only stands still keeps it, however long. Leases begin with the holder's name, and end
// once its lock has been away for some time (end-leases-of-dead.ts).
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Milliseconds } from '#kernel/clock.ts';
import { DatabaseUnavailable } from '../engine/database-errors.ts';
import { withDeadline } from '../engine/deadline.ts';

/** Names these locks among the advisory locks of two numbers: the letters "till". */
export const presenceClass = 0x7469_6c6c;

/** The second number of the lock: 32 bits of the holder's name. Two holders with the same would only be kept too long. */
export function presenceKey(holder: string): number {
  return createHash('sha256').update(holder).digest().readInt32BE();
}

/** All together far below the time after which a holder without a lock is taken for dead. */
const connectMaxMs: Milliseconds = 2_000;
const reconnectMs: Milliseconds = 250;
/** A session behind a connection that was cut without a word is found out by its next ping. */
const pingEveryMs: Milliseconds = 2_000;
const pingMaxMs: Milliseconds = 2_000;
/** How long whoever wants a lease waits for the lock. */
const waitMaxMs: Milliseconds = 3_000;

export interface Presence {
  /** Resolves while the lock is held; waits for it a little, then rejects with DatabaseUnavailable. The first call begins to take it. */
  require(): Promise<void>;
  close(): Promise<void>;
}

export function createPresence(url: string, { holder, onLost }: { holder: string; onLost(): void }): Presence {
  const closing = new AbortController();
  let held = Promise.withResolvers<void>();
  let isHeld = false;
  let running: Promise<void> | undefined;

  /** Takes the lock and keeps it until the session breaks. */
  async function hold(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'tillkeeper',
      connectionTimeoutMillis: connectMaxMs,
      query_timeout: pingMaxMs,
      keepAlive: true,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('set idle_session_timeout = 0');
      await client.query('select pg_advisory_lock_shared($1, $2)', [presenceClass, presenceKey(holder)]);
      isHeld = true;
      held.resolve();
      while (!closing.signal.aborted) {
        await pause(pingEveryMs);
        if (!closing.signal.aborted) await client.query('select 1');
      }
    } finally {
      if (isHeld) held = Promise.withResolvers<void>();
      isHeld = false;
      await endQuietly(client);
    }
  }

  function pause(ms: Milliseconds): Promise<void> {
    return sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined);
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await hold();
      } catch {
        // Whoever wants a lease meanwhile is told; the next try follows at once.
        onLost();
        await pause(reconnectMs);
      }
    }
  }

  return {
    async require() {
      running ??= run();
      if (isHeld) return;
      await withDeadline(held.promise, {
        ms: waitMaxMs,
        late: () => new DatabaseUnavailable('other processes cannot see that this one lives: no session for its lock'),
      });
    },
    async close() {
      closing.abort();
      await running;
    },
  };
}

async function endQuietly(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => undefined);
  await withDeadline(ended, { ms: pingMaxMs, late: () => new Error('late') }).catch(() => undefined);
}
