import type pg from 'pg';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import { type Clock, type Milliseconds, second } from '#kernel/clock.ts';
import { createStores } from '../engine/create-stores.ts';
import { DatabaseUnavailable } from '../engine/database-errors.ts';
import { withDeadline } from '../engine/deadline.ts';
import { noteQueued, type Scope, type Scopes } from '../engine/scope.ts';
import { createPostgresSession } from './postgres-session.ts';

/** For statements that take no time: a session that does not answer them leads nowhere any more. */
export const answerMaxMs: Milliseconds = 3_000;

/** A session that answered so short a time ago is not asked first whether it still does. */
const believedMs: Milliseconds = second;

/** Asks nothing but whether there is an answer. */
const harmless = 'select 1';

/** One pooled session with its stores, which keep their prepared statements as long as it lives. */
export interface Connection {
  readonly client: pg.PoolClient;
  readonly stores: AccountingStores;
  /** The transaction or read that uses it at the moment. */
  scope: Scope | undefined;
  /** False for a read: its statements are transactions of their own, which takes a third of the round trips. */
  isInTransaction: boolean;
  /** False where it is only believed to answer, because it did a moment ago. */
  isAsked: boolean;
  /** When it last came back sound, by the process's monotonic clock. */
  soundAt: Milliseconds;
}

/** The session broke before anything was done in it. */
export class SessionBroken extends DatabaseUnavailable {
  override readonly name = 'SessionBroken';
}

export interface Sessions {
  /**
   * A session in which the statement was answered; without one a session that answers. Throws DatabaseUnavailable; SessionBroken
   * where another one may do.
   */
  begin(statement: string | null): Promise<Connection>;
  /** After its transaction ended: it goes back into the pool. */
  keep(connection: Connection): void;
  /** After a failure: undoes what is left of the transaction. A session in doubt is closed; false then. */
  undo(connection: Connection, how: { isSound: boolean }): Promise<boolean>;
  /** Sessions that are open now are closed as soon as they are not used: something happened to the server. */
  retireAll(): void;
}

export function createSessions(
  pool: pg.Pool,
  deps: { scopes: Scopes; clock: Pick<Clock, 'now'>; requirePresence(): Promise<void> },
): Sessions {
  const connections = new WeakMap<pg.PoolClient, Connection>();
  const generations = new WeakMap<pg.PoolClient, number>();
  let generation = 0;
  pool.on('connect', (client) => generations.set(client, generation));

  function connectionOf(client: pg.PoolClient): Connection {
    const connection = connections.get(client) ?? createConnection(client, deps);
    connections.set(client, connection);
    return connection;
  }

  async function takeOut(): Promise<pg.PoolClient> {
    // Each turn closes a retired session, of which there are no more than the pool holds.
    for (;;) {
      const client = await pool.connect().catch((error: unknown) => {
        throw new DatabaseUnavailable('no connection to the database', { cause: error });
      });
      if (generations.get(client) === generation) return client;
      client.release(true);
    }
  }

  return {
    async begin(statement) {
      const client = await takeOut();
      const connection = connectionOf(client);
      connection.isInTransaction = statement !== null;
      connection.isAsked = statement !== null || performance.now() - connection.soundAt >= believedMs;
      if (!connection.isAsked) return connection;
      try {
        await answered(client.query(statement ?? harmless));
        return connection;
      } catch (error) {
        client.release(true);
        // What has cut off one idle session has most likely cut off the others.
        generation += 1;
        throw new SessionBroken('a session of the database is broken', { cause: error });
      }
    },
    keep(connection) {
      connection.scope = undefined;
      connection.soundAt = performance.now();
      connection.client.release();
    },
    async undo(connection, { isSound }) {
      const { client, isInTransaction, isAsked } = connection;
      connection.scope = undefined;
      let isKept = isSound;
      try {
        if (isSound) await answered(client.query(isInTransaction ? 'rollback' : harmless));
      } catch {
        // The connection is lost, and the transaction with it.
        isKept = false;
      }
      client.release(!isKept);
      // It was believed to answer, and so are the others.
      if (!isKept && !isAsked) generation += 1;
      return isKept;
    },
    retireAll() {
      generation += 1;
    },
  };
}

function answered(query: Promise<unknown>): Promise<unknown> {
  const late = () => new DatabaseUnavailable(`the database did not answer within ${answerMaxMs} ms`);
  return withDeadline(query, { ms: answerMaxMs, late });
}

/** What a read may ask: nothing else refuses it where the server was not told of a transaction that is read-only. */
const readOnly = /^\s*\(?select\b/i;

function createConnection(client: pg.PoolClient, deps: Parameters<typeof createSessions>[1]): Connection {
  const { scopes, clock, requirePresence } = deps;
  const session = createPostgresSession(client, {
    requireOpen(text) {
      scopes.requireOpen((scope) => scope === connection.scope);
      if (connection.scope?.kind === 'read' && !readOnly.test(text)) throw new Error('a read is read-only');
    },
    requirePresence,
    noteDue(queue, availableAt) {
      const { scope } = connection;
      if (scope !== undefined) noteQueued(scope, { queue, availableAt, now: clock.now() });
    },
  });
  const connection: Connection = {
    client,
    stores: createStores(session),
    scope: undefined,
    isInTransaction: false,
    isAsked: false,
    soundAt: Number.NEGATIVE_INFINITY,
  };
  return connection;
}
