// PostgreSQL: a pool; each transaction has a connection to itself, and each connection keeps its own prepared statements.
import type pg from 'pg';
import type { PaymentStores } from '#payments/payment-store.ts';
import { DatabaseUnavailable, TransactionTimedOut } from './database-errors.ts';
import { withDeadline } from './deadline.ts';
import { postgresClaim, type Session } from './dialect.ts';
import { createDoor } from './door.ts';
import { postgresDriver } from './drizzle.ts';
import { limits, type OpenDatabase, type OpenOptions } from './open-options.ts';
import { commit, createPool, mayRunAgain, migratePostgres } from './postgres-connections.ts';
import { postgresTables } from './schema/postgres.ts';
import { createScope, createScopes, type Scope } from './scope.ts';
import { createStores } from './stores/all.ts';

type Work<Result> = (stores: PaymentStores) => Promise<Result>;

interface Connection {
  client: pg.PoolClient;
  stores: PaymentStores;
  /** Whose turn it is on this connection. */
  scope: Scope | undefined;
}

export function openPostgres(target: { url: string; poolMax?: number }, options: OpenOptions): OpenDatabase {
  const pool = createPool(target);
  const scopes = createScopes();
  const door = createDoor(scopes);
  const clock = options.clock ?? { now: () => Date.now() };
  const connections = new WeakMap<pg.PoolClient, Connection>();
  const totals = { commits: 0, transactions: 0 };
  const maxMs = { transaction: options.transactionMaxMs ?? limits.transactionMaxMs, read: limits.readMaxMs };

  function connectionOf(client: pg.PoolClient): Connection {
    const known = connections.get(client);
    if (known !== undefined) return known;
    // A connection lost between two statements fails the next one; as an event it would end the process.
    client.on('error', () => undefined);
    const session: Session = {
      // The logger is told of every query before it is sent: the one place where each can be refused.
      db: postgresDriver().drizzle({
        client,
        logger: { logQuery: () => scopes.requireOpen((scope) => scope === connection.scope) },
      }),
      tables: postgresTables,
      claimed: postgresClaim,
      noteDue(queue, availableAt) {
        if (availableAt === null || availableAt <= clock.now()) connection.scope?.queued.add(queue);
      },
    };
    const connection: Connection = { client, stores: createStores(session), scope: undefined };
    connections.set(client, connection);
    return connection;
  }

  async function attempt<Result>(scope: Scope, work: Work<Result>): Promise<Result> {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable('no connection to the database', { cause: error });
    });
    const connection = connectionOf(client);
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
    transaction: (work) => door.pass(() => transaction(work)),
    read: (work) => door.pass(() => attempt(createScope('read'), work)),
    migrate: () => door.pass(() => migratePostgres(target.url)),
    check: () =>
      withDeadline(door.pass(probe), {
        ms: limits.checkMaxMs,
        late: () => new DatabaseUnavailable('the database did not answer in time'),
      }),
    async close() {
      await door.close();
      if (!pool.ended) await pool.end();
    },
    gateStats: () => ({ waiting: pool.waitingCount, ...totals }),
  };
}

async function rollback(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    // The connection is gone, and the transaction with it; it is not given to anybody again.
    return false;
  }
}

/** Drizzle puts a query's parameters, customers' data among them, into the message of its error; the cause has none. */
function withoutParameters(error: unknown): unknown {
  const isQueryError = error instanceof Error && error.constructor.name === 'DrizzleQueryError';
  return isQueryError && error.cause instanceof Error ? error.cause : error;
}
