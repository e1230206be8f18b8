import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLedger } from '#accounting/ledger/verify-ledger.ts';
import { openDatabase } from '#db/database/open-database.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';
import { makePostgresHistory } from '../../bench/scale/engines/postgres-database.ts';
import { makeSqliteHistory } from '../../bench/scale/engines/sqlite-file.ts';
import { daysClosed } from '../../bench/scale/history/period.ts';

const plan = { orders: 300, seed: 'test' };
let server: TestPostgres;
let url: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillkeeper-scale-'));
  server = await startPostgres();
  url = await server.createDatabase('none');
  await makePostgresHistory(plan, url);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server?.stop();
});

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test('both engines get the same history', async () => {
  const file = join(folder, 'history.db');
  await makeSqliteHistory(plan, file);
  const connection = new BetterSqlite3(file, { readonly: true });
  // SQLite's index of trigrams has tables of its own.
  const names = connection
    .prepare("select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite%'")
    .pluck()
    .all() as string[];
  expect(names.length).toBeGreaterThan(25);
  for (const name of names) {
    const [row] = await query(`select count(*) as count from "${name}"`);
    const count = connection.prepare(`select count(*) from "${name}"`).pluck().get();
    if (name !== 'schema_migrations') expect([name, Number(row?.['count'])]).toEqual([name, count]);
  }
  const statement =
    'select id, items, search_text as "searchText", created_at as "at" from orders order by id limit 20';
  const ours = connection.prepare(statement).all() as { items: string; at: number }[];
  const theirs = await query(statement);
  expect(theirs.map((row) => ({ ...row, at: Number(row['at']) }))).toEqual(
    ours.map((row) => ({ ...row, items: JSON.parse(row.items) })),
  );
  connection.close();
});

test('the product opens it, with every index of the migrations, and the chain of its books is whole', async () => {
  const list = "select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1";
  const found = await query(list);
  const plain = await server.createDatabase();
  const client = new pg.Client({ connectionString: plain });
  await client.connect();
  expect(found).toEqual((await client.query(list)).rows);
  await client.end();
  const database = await openDatabase({ target: { engine: 'postgres', url } });
  expect(await database.migrate()).toEqual({ applied: 0 });
  expect(await verifyLedger({ database })).toMatchObject({ kind: 'whole', count: daysClosed });
  await database.close();
});
