import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from '#db/engine/migrations.ts';
import { postgresKit, sqliteKit } from '#db/schema/kit.ts';
import { buildTables } from '#db/schema/tables.ts';

// As the product does: drizzle's ES modules do not recognise tables that were made with its CommonJS build.
const { generateDrizzleJson, generateMigration, generateSQLiteDrizzleJson, generateSQLiteMigration } = createRequire(
  import.meta.url,
)('drizzle-kit/api') as typeof import('drizzle-kit/api');

/** The schema as it was when the last migration was generated. */
function readLastSnapshot(engine: Engine) {
  const folder = join(import.meta.dirname, '../../../src/db/migrations', engine, 'meta');
  const [last = ''] = readdirSync(folder)
    .filter((file) => file.endsWith('_snapshot.json'))
    .toSorted()
    .slice(-1);
  return JSON.parse(readFileSync(join(folder, last), 'utf8'));
}

test('the generator finds nothing to migrate on SQLite', async () => {
  const present = await generateSQLiteDrizzleJson(buildTables(sqliteKit()));
  expect(Object.keys(present.tables)).toHaveLength(Object.keys(buildTables(sqliteKit())).length);
  expect(await generateSQLiteMigration(readLastSnapshot('sqlite'), present)).toEqual([]);
});

test('the generator finds nothing to migrate on PostgreSQL', async () => {
  const present = generateDrizzleJson(buildTables(postgresKit()));
  expect(Object.keys(present.tables)).toHaveLength(Object.keys(buildTables(postgresKit())).length);
  expect(await generateMigration(readLastSnapshot('postgres'), present)).toEqual([]);
});
