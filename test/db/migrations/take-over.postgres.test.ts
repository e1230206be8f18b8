import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { describeOldDigits } from './digits.ts';
import { describeRowsByKey } from './rows-by-key.ts';
import { describeTakeOver, type OldDatabase } from './take-over.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

async function openOld(): Promise<OldDatabase> {
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
}

describe('cases', () => describeTakeOver('postgres', openOld));
describe('amounts', () => describeOldDigits('postgres', openOld));
describe('timelines and messages', () => describeRowsByKey('postgres', openOld));
