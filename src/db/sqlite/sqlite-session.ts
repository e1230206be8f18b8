import { asSharedDatabase, type Session, sqliteClaim, sqliteWithoutKey } from '../query/session.ts';
import { createStatements, type KeptStatements } from '../query/statements.ts';
import { sqliteTrigrams } from '../query/trigrams.ts';
import { sqliteDriver } from '../schema/drizzle.ts';
import { sqliteKit } from '../schema/kit.ts';
import { buildTables } from '../schema/tables.ts';
import type { SqliteConnection } from './connections.ts';

const tables = buildTables(sqliteKit());
const kept: KeptStatements = new Map();

/** `connection`: one that keeps its statements. `requireOpen` throws for a query that comes at a wrong time. */
export function createSqliteSession(
  connection: SqliteConnection,
  { requireOpen, noteDue }: { requireOpen(): void } & Pick<Session, 'noteDue'>,
): Session {
  // Drizzle calls the logger before it sends a query: the one place where each of its own queries can be refused.
  const logger = { logQuery: requireOpen };
  return {
    db: asSharedDatabase(sqliteDriver().drizzle({ client: connection, logger })),
    statements: createStatements(kept, ({ sql, hasRows }, parameters) => {
      requireOpen();
      const statement = connection.prepare<unknown[], unknown[]>(sql);
      if (hasRows) return statement.raw().all(...parameters);
      statement.run(...parameters);
      return [];
    }),
    tables,
    trigrams: sqliteTrigrams,
    claimed: sqliteClaim,
    withoutKey: sqliteWithoutKey,
    requirePresence: async () => undefined,
    noteDue,
  };
}
