import { afterAll, beforeAll } from 'vitest';
import { createPool } from '#db/postgres/connections.ts';
import { createPostgresSession } from '#db/postgres/postgres-session.ts';
import { postgresKit } from '#db/schema/kit.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { describeCompiled } from './describe-compiled.ts';

const nothing = (): void => undefined;

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

describeCompiled(async () => {
  const pool = createPool({ url: await server.createDatabase('none') });
  const client = await pool.connect();
  return {
    session: createPostgresSession(client, {
      requireOpen: nothing,
      requirePresence: async () => undefined,
      noteDue: nothing,
    }),
    kit: postgresKit(),
    types: { integer: 'bigint', boolean: 'boolean', json: 'jsonb', bytes: 'bytea' },
    raw: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
    async [Symbol.asyncDispose]() {
      client.release();
      await pool.end();
    },
  };
});
