import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { trigramTable } from '#db/query/trigrams.ts';
import { getTableColumns, getTableName } from '#db/schema/drizzle.ts';
import { makeTablesStrict } from '#db/schema/generate-migrations.ts';
import { sqliteKit } from '#db/schema/kit.ts';
import { buildTables } from '#db/schema/tables.ts';
import { openSqliteContract } from '../contract/sqlite.ts';

const run = promisify(execFile);
const migrations = join(import.meta.dirname, '../../../src/db/migrations/sqlite');

test('processes that migrate at once apply each migration once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-migrate-'));
  const script = join(import.meta.dirname, 'migrate-and-report.ts');
  const file = join(folder, 'new', 'tillkeeper.db');
  const answers = await Promise.all([1, 2, 3].map(() => run(process.execPath, [script, file])));
  rmSync(folder, { recursive: true });
  const applied = answers.map((answer) => Number(answer.stdout)).toSorted();
  const files = readdirSync(migrations).filter((name) => name.endsWith('.sql'));
  expect(applied.reduce((sum, one) => sum + one, 0)).toBe(files.length);
});

test('every table is STRICT and has the columns of the schema', async () => {
  await using opened = await openSqliteContract();
  const tables = await opened.raw(
    "select name, strict from pragma_table_list where schema = 'main' and name not like 'sqlite%'",
  );
  // The full-text index is SQLite's own, with its tables.
  const isOfIndex = (name: unknown): boolean => String(name).startsWith(trigramTable);
  expect(tables.filter((table) => table['strict'] !== 1 && !isOfIndex(table['name']))).toEqual([]);
  for (const table of Object.values(buildTables(sqliteKit()))) {
    const columns = Object.values(getTableColumns(table));
    const name = getTableName(table);
    const stored = await opened.raw(`select name from pragma_table_info('${name}') order by name`);
    expect(stored.map((row) => row['name'])).toEqual(columns.map((column) => column.name).toSorted());
  }
});

test('the file is in WAL mode', async () => {
  await using opened = await openSqliteContract();
  expect(await opened.raw('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
});

test('generated migrations have their tables made STRICT, however often that is done', () => {
  for (const file of readdirSync(migrations).filter((name) => name.endsWith('.sql'))) {
    const text = readFileSync(join(migrations, file), 'utf8');
    expect(makeTablesStrict(text)).toBe(text);
  }
  const generated =
    "CREATE TABLE `a` (\n\t`id` text CHECK(id in ('x'))\n);\n--> statement-breakpoint\nCREATE INDEX `b` ON `a` (`id`);";
  const strict = makeTablesStrict(generated);
  expect(strict).toContain('\n) STRICT;\n');
  expect(strict.match(/STRICT/g)).toHaveLength(1);
  expect(makeTablesStrict(strict)).toBe(strict);
});
