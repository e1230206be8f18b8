// The same on PostgreSQL. On few rows its planner takes a scan or a sort for cheaper, so both are forbidden here: what is left
// of them has no index that fits. A plan of its own for every set of values could hide that, so the general one is looked at.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import type { OpenDatabase } from '#db/engine/open-options.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { plannedQueries, unsorted } from './planned-queries.ts';

let server: TestPostgres;
let database: OpenDatabase;
let explaining: pg.Client;

beforeAll(async () => {
  server = await startPostgres();
  const url = await server.createDatabase();
  database = await openDatabase({ target: { engine: 'postgres', url } });
  explaining = new pg.Client({ connectionString: url });
  await explaining.connect();
  await explaining.query('set enable_seqscan = off; set enable_sort = off; set plan_cache_mode = force_generic_plan');
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await explaining.end();
  await database.close();
  await server.stop();
});

async function planOf(text: string): Promise<string> {
  const count = new Set(text.match(/\$\d+/g)).size;
  await explaining.query(`prepare planned as ${text}`);
  try {
    const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'null').join(', ')})`;
    const { rows } = await explaining.query<Record<string, string>>(`explain (costs off) execute planned${values}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await explaining.query('deallocate planned');
  }
}

class RolledBack extends Error {}

test.for(Object.entries(plannedQueries))(
  '%s: found by an index, without walking through a table',
  async ([name, query]) => {
    const send = vi.spyOn(pg.Client.prototype, 'query');
    const run = database.transaction(async (stores) => {
      await query(stores);
      throw new RolledBack();
    });
    await expect(run).rejects.toThrow(RolledBack);
    const texts = send.mock.calls.flatMap(([sent]: unknown[]) =>
      typeof sent === 'object' && sent !== null && 'text' in sent && 'name' in sent ? [String(sent.text)] : [],
    );
    vi.restoreAllMocks();
    expect(texts).not.toEqual([]);
    const plans: string[] = [];
    for (const text of new Set(texts)) plans.push(await planOf(text));
    const found = plans.flatMap((plan) => plan.match(/Seq Scan on .*/g) ?? []);
    // What has the trigrams of a text is sorted on purpose; it is few, or the newest orders had been enough.
    const sorts = plans.flatMap((plan) => plan.match(/Sort Key: (?!\(\(number \+ 0\)\)).*/g) ?? []);
    expect(found).toEqual([]);
    if (unsorted.test(name)) expect(sorts).toEqual([]);
  },
);
