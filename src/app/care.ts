// The care of the database by hand: which engine it is decides how.
import type { DatabaseConfig } from '#config/formats.ts';

/** A sentence about the backup that was made. */
export async function backUp(
  database: DatabaseConfig,
  input: { target: string; mayReplace: boolean },
): Promise<string> {
  const { file, bytes } = await makeBackup(database, input);
  return `backup written and read through: ${file} (${(bytes / 1024 / 1024).toFixed(1)} MB)`;
}

async function makeBackup(database: DatabaseConfig, input: { target: string; mayReplace: boolean }) {
  if (database.kind === 'sqlite') {
    const { backUpSqlite } = await import('#db/sqlite/back-up-sqlite.ts');
    return await backUpSqlite({ ...input, file: database.file });
  }
  const { backUpPostgres } = await import('#db/postgres/back-up-postgres.ts');
  return await backUpPostgres({ ...input, url: database.url });
}

/** Sentences about what was restored, and where the database of before is. */
export async function restore(
  database: DatabaseConfig,
  input: { source: string; isForced: boolean; now: number },
): Promise<string[]> {
  const { file, keptAs, pending } = await makeRestore(database, input);
  return [
    `${input.source} is restored to ${file}`,
    ...(keptAs === null ? [] : [`the database of before is kept as ${keptAs}`]),
    ...(pending === 0 ? [] : [`${pending} migrations are pending: npm start applies them`]),
  ];
}

async function makeRestore(database: DatabaseConfig, input: { source: string; isForced: boolean; now: number }) {
  if (database.kind === 'sqlite') {
    const { restoreSqlite } = await import('#db/sqlite/restore-sqlite.ts');
    return await restoreSqlite({ ...input, file: database.file });
  }
  const { restorePostgres } = await import('#db/postgres/restore-postgres.ts');
  return await restorePostgres({ ...input, url: database.url });
}
