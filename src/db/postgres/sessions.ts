import type pg from 'pg';
import type { AccountingStores } from '#accounting/ledger/deps.ts';
import type { Clock } from '#kernel/clock.ts';
import { createStores } from '../engine/create-stores.ts';
import type { Scope, Scopes } from '../engine/scope.ts';
import { postgresClaim, type Session } from '../query/session.ts';
import { postgresDriver } from '../schema/drizzle.ts';
import { postgresKit } from '../schema/kit.ts';
import { buildTables } from '../schema/tables.ts';

const postgresTables = buildTables(postgresKit());

/** One pooled connection with its stores, which keep their prepared statements as long as it lives. */
export interface Connection {
  readonly stores: AccountingStores;
  /** The transaction or read that uses it at the moment. */
  scope: Scope | undefined;
}

export function createConnections(
  scopes: Scopes,
  clock: Pick<Clock, 'now'>,
): { of(client: pg.PoolClient): Connection } {
  const connections = new WeakMap<pg.PoolClient, Connection>();

  function create(client: pg.PoolClient): Connection {
    // Drizzle calls the logger before it sends a query: the one place where each query can be refused.
    const logger = { logQuery: () => scopes.requireOpen((scope) => scope === connection.scope) };
    const session: Session = {
      db: postgresDriver().drizzle({ client, logger }),
      tables: postgresTables,
      claimed: postgresClaim,
      noteDue(queue, availableAt) {
        if (availableAt === null || availableAt <= clock.now()) connection.scope?.queued.add(queue);
      },
    };
    const connection: Connection = { stores: createStores(session), scope: undefined };
    return connection;
  }

  return {
    of(client) {
      const connection = connections.get(client) ?? create(client);
      connections.set(client, connection);
      return connection;
    },
  };
}
