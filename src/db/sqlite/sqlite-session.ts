import type { Statement } from 'better-sqlite3';
import type { Compiled } from '../query/compiled.ts';
import { asSharedDatabase, type Session, sqliteClaim, sqliteWithoutKey } from '../query/session.ts';
import { createStatements, type KeptStatements } from '../query/statements.ts';
import { sqliteTrigrams } from '../query/trigrams.ts';
import { sqliteDriver } from '../schema/drizzle.ts';
import { sqliteKit } from '../schema/kit.ts';
import { buildTables } from '../schema/tables.ts';
import type { SqliteConnection } from './connections.ts';

const tables = buildTables(sqliteKit());
const kept: KeptStatements = new Map();

type Runs = Statement<unknown[], unknown[]>;

/** `connection`: one that keeps its statements. `requireOpen` throws for a query that comes at a wrong time. */
export function createSqliteSession(
  connection: SqliteConnection,
  { requireOpen, noteDue }: { requireOpen(): void } & Pick<Session, 'noteDue'>,
): Session {
  // Drizzle calls the logger before it sends a query: the one place where each of its own queries can be refused.
  const logger = { logQuery: requireOpen };
  /** Of the statements that are kept, of which there are no more than the product has: found by an object sooner than by a text. */
  const own = new Map<Compiled<unknown>, Runs>();

  function runsOf(compiled: Compiled<unknown>): Runs {
    const found = own.get(compiled);
    if (found !== undefined) return found;
    const runs = connection.prepare<unknown[], unknown[]>(compiled.sql);
    if (compiled.name !== '') own.set(compiled, runs);
    return runs;
  }

  return {
    db: asSharedDatabase(sqliteDriver().drizzle({ client: connection, logger })),
    statements: createStatements(kept, (compiled, parameters) => {
      requireOpen();
      const runs = runsOf(compiled);
      if (compiled.hasRows) return runs.raw().all(...parameters);
      runs.run(...parameters);
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
