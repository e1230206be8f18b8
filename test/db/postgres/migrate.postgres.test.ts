import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#db/database/open-database.ts';
import { trigramTable } from '#db/query/trigrams.ts';
import { getTableColumns, getTableName } from '#db/schema/drizzle.ts';
import { postgresKit } from '#db/schema/kit.ts';
import { buildTables } from '#db/schema/tables.ts';
import { startPostgres, type TestPostgres } from '#test/support/database/postgres.ts';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

test('two processes that migrate at once apply each migration once', async () => {
  const url = await server.createDatabase('none');
  const target = { engine: 'postgres', url } as const;
  const databases = await Promise.all([openDatabase({ target }), openDatabase({ target }), openDatabase({ target })]);
  const applied = await Promise.all(databases.map((database) => database.migrate()));
  await Promise.all(databases.map((database) => database.close()));
  expect(applied.map((one) => one.applied).toSorted()).toEqual([0, 0, expect.any(Number)]);
  expect(Math.max(...applied.map((one) => one.applied))).toBeGreaterThan(0);
});

test('the migrated tables have the columns of the schema, whole numbers in eight bytes', async () => {
  const client = new pg.Client({ connectionString: await server.createDatabase() });
  await client.connect();
  const { rows } = await client.query<{ table_name: string; column_name: string; data_type: string }>(
    "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'",
  );
  await client.end();
  for (const table of Object.values(buildTables(postgresKit()))) {
    const columns = Object.values(getTableColumns(table));
    const name = getTableName(table);
    const stored = rows.filter((row) => row.table_name === name);
    expect(stored.map((row) => row.column_name).toSorted()).toEqual(columns.map((column) => column.name).toSorted());
  }
  const own = rows.filter((row) => row.table_name !== trigramTable);
  expect([...new Set(own.map((row) => row.data_type))].toSorted()).toEqual([
    'bigint',
    'boolean',
    'bytea',
    'jsonb',
    'text',
  ]);
});
