import type pg from 'pg';
import { postgresClaim, postgresWithoutKey, type Session } from '../query/session.ts';
import { createStatements, type KeptStatements } from '../query/statements.ts';
import { postgresTrigrams } from '../query/trigrams.ts';
import { postgresDriver } from '../schema/drizzle.ts';
import { postgresKit } from '../schema/kit.ts';
import { buildTables } from '../schema/tables.ts';

const tables = buildTables(postgresKit());
const kept: KeptStatements = new Map();

/** `requireOpen` throws for a query that comes at a wrong time, or is none that its scope may ask. */
export function createPostgresSession(
  client: pg.PoolClient,
  { requireOpen, ...rest }: { requireOpen(text: string): void } & Pick<Session, 'requirePresence' | 'noteDue'>,
): Session {
  // Drizzle calls the logger before it sends a query: the one place where each of its own queries can be refused.
  const logger = { logQuery: requireOpen };
  return {
    db: postgresDriver().drizzle({ client, logger }),
    statements: createStatements(kept, async ({ name, sql: text }, values) => {
      requireOpen(text);
      // By its name the server has it prepared once for the session.
      return (await client.query<unknown[]>({ name, text, values, rowMode: 'array' })).rows;
    }),
    tables,
    trigrams: postgresTrigrams,
    claimed: postgresClaim,
    withoutKey: postgresWithoutKey,
    ...rest,
  };
}
