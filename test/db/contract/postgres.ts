import pg from 'pg';
import { openTestPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import type { ContractDatabase, OpenContractDatabase } from './harness.ts';

interface PostgresContractDatabase extends ContractDatabase {
  url: string;
  /** Runs the statement in a session that stays open until it is disposed of. */
  hold(text: string): Promise<AsyncDisposable>;
}

/** `server` is asked for when a test runs, because it is started in a hook. */
export function openPostgresContract(
  server: () => TestPostgres,
): (options?: Parameters<OpenContractDatabase>[0]) => Promise<PostgresContractDatabase> {
  return async (options) => {
    const { database, url, remove } = await openTestPostgres(server(), options);
    const raw = async (text: string): Promise<Record<string, unknown>[]> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        await client.end();
      }
    };
    return {
      database,
      url,
      raw,
      async hold(text) {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query(text);
        return { [Symbol.asyncDispose]: () => client.end() };
      },
      async breakCommits() {
        await raw(`
          create function refuse_commit() returns trigger language plpgsql
            as $$ begin raise exception 'refused at the commit'; end $$;
          create constraint trigger break_commit after insert on audit_records deferrable initially deferred
            for each row when (new.action = 'break') execute function refuse_commit();`);
      },
      [Symbol.asyncDispose]: remove,
    };
  };
}
