// PostgreSQL: a pool; each transaction has a connection to itself, and each connection keeps its own prepared statements.
import type pg from 'pg';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { DatabaseUnavailable, TransactionTimedOut } from '../engine/database-errors.ts';
import { withDeadline } from '../engine/deadline.ts';
import { createInFlight } from '../engine/in-flight.ts';
import { limits, type OpenDatabase, type OpenOptions } from '../engine/open-options.ts';
import { createScope, createScopes, type Scope } from '../engine/scope.ts';
import { commit, createPool, mayRunAgain, migratePostgres } from './connections.ts';
import { createConnections } from './sessions.ts';

type Work<Result> = (stores: AccountingStores) => Promise<Result>;

export function openPostgres(target: { url: string; poolMax?: number }, options: OpenOptions): OpenDatabase {
  const pool = createPool(target);
  const scopes = createScopes();
  const inFlight = createInFlight(scopes);
  const connections = createConnections(scopes, options.clock ?? { now: () => Date.now() });
  const totals = { commits: 0, transactions: 0 };
  const maxMs = { transaction: options.transactionMaxMs ?? limits.transactionMaxMs, read: limits.readMaxMs };

  async function attempt<Result>(scope: Scope, work: Work<Result>): Promise<Result> {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable('no connection to the database', { cause: error });
    });
    const connection = connections.of(client);
    connection.scope = scope;
    let isUsable = true;
    try {
      await client.query(scope.kind === 'read' ? 'begin read only' : 'begin');
      const ms = maxMs[scope.kind];
      const result = await withDeadline(
        scopes.run(scope, async () => work(connection.stores)),
        { ms, late: () => new TransactionTimedOut(`a ${scope.kind} waited longer than ${ms} ms`) },
      );
      scope.isOpen = false;
      await commit(client);
      return result;
    } catch (error) {
      scope.isOpen = false;
      // A statement of a body that was cut off may still be running: only closing the connection ends it.
      isUsable = !(error instanceof TransactionTimedOut) && (await rollback(client));
      throw withoutParameters(error);
    } finally {
      connection.scope = undefined;
      client.release(!isUsable);
    }
  }

  async function transaction<Result>(work: Work<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      const startedAt = performance.now();
      const scope = createScope('transaction');
      try {
        const result = await attempt(scope, work);
        totals.commits += 1;
        totals.transactions += 1;
        options.onGroupCommit?.({ transactions: 1, durationMs: performance.now() - startedAt });
        for (const queue of scope.queued) options.onQueued?.(queue);
        return result;
      } catch (error) {
        if (tries >= limits.attemptsMax || !mayRunAgain(error)) throw error;
      }
    }
  }

  async function probe(): Promise<void> {
    await pool.query('select id from schema_migrations limit 1');
    const { rows } = await pool.query<{ transaction_read_only: string }>('show transaction_read_only');
    if (rows[0]?.transaction_read_only !== 'off') throw new DatabaseUnavailable('the database is read-only');
  }

  return {
    engine: 'postgres',
    transaction: (work) => inFlight.track(() => transaction(work)),
    read: (work) => inFlight.track(() => attempt(createScope('read'), work)),
    migrate: () => inFlight.track(() => migratePostgres(target.url)),
    check: () =>
      withDeadline(inFlight.track(probe), {
        ms: limits.checkMaxMs,
        late: () => new DatabaseUnavailable('the database did not answer in time'),
      }),
    async close() {
      await inFlight.drain();
      if (!pool.ended) await pool.end();
    },
    commitStats: () => ({ waiting: pool.waitingCount, ...totals }),
  };
}

async function rollback(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    // The connection is lost, and the transaction with it; the pool does not reuse it.
    return false;
  }
}

/** Drizzle's error message holds the query's parameters, customers' data among them; its cause does not. */
function withoutParameters(error: unknown): unknown {
  const isQueryError = error instanceof Error && error.constructor.name === 'DrizzleQueryError';
  return isQueryError && error.cause instanceof Error ? error.cause : error;
}
