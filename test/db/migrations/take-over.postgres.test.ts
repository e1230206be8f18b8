import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { describeTakeOver } from './take-over.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

describeTakeOver('postgres', async () => {
  const url = await server.createDatabase('none');
  return {
    async run(statements) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        for (const text of statements) await client.query(text);
      } finally {
        await client.end();
      }
    },
    open: () => openDatabase({ target: { engine: 'postgres', url } }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
});
