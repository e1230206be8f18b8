import pg from 'pg';
import { afterAll, beforeAll, vi } from 'vitest';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { describeContract } from '../contract/everything.ts';
import { openPostgresContract } from '../contract/postgres.ts';
import { describePlans } from './describe-plans.ts';

vi.mock(import('#db/query/statements.ts'), async (load) => {
  const { recording } = await import('./recorded-statements.ts');
  const real = await load();
  return { ...real, createStatements: recording(real.createStatements) };
});

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

const open = openPostgresContract(() => server);
describeContract(open);

// On few rows the planner takes a scan or a sort for cheaper, so both are forbidden here: what is left of them has no index that
// fits. A plan of its own for every set of values could hide that, so the general one is looked at.
describePlans(open, async () => {
  const client = new pg.Client({ connectionString: await server.createDatabase() });
  await client.connect();
  await client.query('set enable_seqscan = off; set enable_sort = off; set plan_cache_mode = force_generic_plan');
  return {
    async planOf(text) {
      const count = new Set(text.match(/\$\d+/g)).size;
      const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'null').join(', ')})`;
      await client.query(`prepare planned as ${text}`);
      const { rows } = await client.query<Record<string, string>>(`explain (costs off) execute planned${values}`);
      await client.query('deallocate planned');
      const lines = rows.map((row) => row['QUERY PLAN'] ?? '');
      return {
        scans: lines.filter((line) => line.includes('Seq Scan')),
        sorts: lines.filter((line) => line.includes('->  Sort') || line.startsWith('Sort')),
      };
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
});
