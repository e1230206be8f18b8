import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { MaintenanceRefused } from '../engine/database-errors.ts';
import { pendingMigrations, readMigrations } from '../engine/migrations.ts';
import { placeNewFile, timeStamp } from '../engine/new-file.ts';
import { restoredMark } from '../engine/restored-mark.ts';
import { trigramTable } from '../query/trigrams.ts';
import { getTableName } from '../schema/drizzle.ts';
import { postgresKit } from '../schema/kit.ts';
import { buildTables } from '../schema/tables.ts';
import type { Restored } from '../sqlite/restore-sqlite.ts';
import { dump, verifyDump } from './back-up-postgres.ts';
import { runProgram, withAddress } from './programs.ts';

const connectMaxMs = 5_000;

/** Replaces the product's tables by those of the backup, in one transaction. The present tables are dumped first. */
export async function restorePostgres(input: { url: string; source: string; now: number }): Promise<Restored> {
  const source = resolve(input.source);
  if (!existsSync(source)) throw new MaintenanceRefused(`${source} does not exist`);
  await verifyDump(source, source);
  const pending = pendingMigrations(readMigrations('postgres'), await migrationsIn(source)).length;
  const isFilled = await refuseInUse(input.url);
  const keptAs = isFilled ? join(dirname(source), `before-restore-${timeStamp(input.now)}.dump`) : null;
  if (keptAs !== null) await placeNewFile(keptAs, (part) => dump(input.url, part));
  await replaceTables(input.url, { source, now: input.now });
  return { file: new URL(input.url).pathname.slice(1), keptAs, pending };
}

async function migrationsIn(source: string): Promise<string[]> {
  const script = await runProgram('pg_restore', ['--data-only', '--table=schema_migrations', '--file=-', source]);
  const rows = /^COPY [^\n]*schema_migrations \(id, [^\n]*\n([\s\S]*?)^\\\.$/m.exec(script)?.[1] ?? '';
  return rows.split('\n').flatMap((row) => row.split('\t')[0] || []);
}

/** Whether the database has tables of the product, which are dumped before they are replaced. Refuses one that is in use. */
async function refuseInUse(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMaxMs });
  await client.connect();
  try {
    const { rows } = await client.query<{ in_use: boolean; is_filled: boolean }>(
      `select exists (select from pg_stat_activity
         where datname = current_database() and application_name = 'tillkeeper' and pid <> pg_backend_pid()) as in_use,
         to_regclass('schema_migrations') is not null as is_filled`,
    );
    if (rows[0]?.in_use)
      throw new MaintenanceRefused('the database is in use: stop the product first, every process of it');
    return rows[0]?.is_filled ?? false;
  } finally {
    await client.end();
  }
}

/** Drops every table of the product first: one that is newer than the backup would stay, and its migration would fail. */
async function replaceTables(url: string, { source, now }: { source: string; now: number }): Promise<void> {
  const tables = [
    ...Object.values(buildTables(postgresKit())).map((table) => getTableName(table)),
    trigramTable,
    'schema_migrations',
  ];
  const drop = `drop table if exists ${tables.map((table) => `"${table}"`).join(', ')} cascade`;
  // The script leaves no search path; a backup of an early release has no such table.
  const isThere = "to_regclass('stored_settings') is not null";
  const mark = `reset search_path; do $$ begin if ${isThere} then ${restoredMark(now)}; end if; end $$`;
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-care-'));
  const script = join(folder, 'restore.sql');
  try {
    await runProgram('pg_restore', ['--no-owner', '--no-privileges', `--file=${script}`, source]);
    const options = ['--quiet', '--no-psqlrc', '--single-transaction', '--set=ON_ERROR_STOP=1', '--output=/dev/null'];
    await withAddress(url, (address) =>
      runProgram('psql', [
        ...options,
        `--command=${drop}`,
        `--file=${script}`,
        `--command=${mark}`,
        `--dbname=${address}`,
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
