import { afterAll, beforeAll } from 'vitest';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { describeContract } from '../contract/everything.ts';
import { openPostgresContract } from '../contract/postgres.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

describeContract(openPostgresContract(() => server));
