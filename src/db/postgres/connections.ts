import pg from 'pg';
import { ConcurrentChange } from '#kernel/database.ts';
import { CommitFailed } from '../engine/database-errors.ts';
import { journalTable, type Migration, pendingMigrations, readMigrations } from '../engine/migrations.ts';

const connectMaxMs = 5_000;
const statementMaxMs = 10_000;
/** Longer than the product's own limit for a transaction, whose error comes first; it ends transactions of a lost process. */
const idleInTransactionMaxMs = 30_000;
const migrationWaitMaxMs = 60_000;
/** The advisory lock of migrations: the letters "till" as a number. */
const migrationLock = 0x7469_6c6c;

/** Bigint columns store times, counts and minor units, all far below 2^53; a larger number is a fault and is not rounded. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a database integer is too large for a JS number');
  return value;
}

export function createPool(target: { url: string; poolMax?: number }): pg.Pool {
  pg.types.setTypeParser(pg.types.builtins.INT8, parseInt8);
  const pool = new pg.Pool({
    connectionString: target.url,
    max: target.poolMax ?? 10,
    application_name: 'tillkeeper',
    connectionTimeoutMillis: connectMaxMs,
    statement_timeout: statementMaxMs,
    idle_in_transaction_session_timeout: idleInTransactionMaxMs,
    keepAlive: true,
  });
  // A connection that is lost while nobody uses it is replaced; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The pool listens to idle connections only. One that is lost in use fails its next statement; without a listener of our
  // own its 'error' event would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** PostgreSQL answers the COMMIT of a failed transaction with success and the word ROLLBACK. */
export async function commit(client: pg.PoolClient): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query('commit'));
  } catch (error) {
    const known = wasUndone(error) ? 'nothing was stored' : 'it is not known whether it was stored';
    throw new CommitFailed(`the commit failed; ${known}`, { cause: error });
  }
  if (command !== 'COMMIT') throw new CommitFailed('a failed statement was passed over; nothing was stored');
}

/** True when the server refused the COMMIT. When the connection was lost during it, the outcome is not known. */
function wasUndone(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
}

/**
 * True after a serialization failure or a deadlock, when PostgreSQL rolled this transaction back because of another, and after
 * a ConcurrentChange that the body threw. The body may then run again, and reads the new rows.
 */
export function mayRunAgain(error: unknown): boolean {
  if (error instanceof ConcurrentChange) return true;
  for (let depth = 0, at = error; depth < 5 && at instanceof Error; depth += 1, at = at.cause) {
    if ('code' in at && (at.code === '40001' || at.code === '40P01')) return true;
  }
  return false;
}

/** Applies what is pending, each migration in a transaction of its own; of two processes the second waits, then finds nothing to do. */
export async function migratePostgres(url: string): Promise<{ applied: number }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMaxMs });
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${migrationWaitMaxMs}`);
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await client.query(journalTable('bigint'));
    const { rows } = await client.query<{ id: string }>('select id from schema_migrations');
    const pending = pendingMigrations(
      readMigrations('postgres'),
      rows.map((row) => row.id),
    );
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.length };
  } finally {
    // The lock belongs to the connection and is released when it closes.
    await client.end();
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into schema_migrations (id, applied_at) values ($1, $2)', [migration.id, Date.now()]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
