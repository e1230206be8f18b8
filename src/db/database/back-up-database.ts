import type { DatabaseTarget } from '../engine/open-options.ts';

/** Makes a backup and returns a sentence about it. */
export async function backUpDatabase(
  database: DatabaseTarget,
  input: { target: string; mayReplace: boolean },
): Promise<string> {
  const { file, bytes } = await makeBackup(database, input);
  return `backup written and read through: ${file} (${(bytes / 1024 / 1024).toFixed(1)} MB)`;
}

async function makeBackup(database: DatabaseTarget, input: { target: string; mayReplace: boolean }) {
  if (database.engine === 'sqlite') {
    const { backUpSqlite } = await import('../sqlite/back-up-sqlite.ts');
    return await backUpSqlite({ ...input, file: database.file });
  }
  const { backUpPostgres } = await import('../postgres/back-up-postgres.ts');
  return await backUpPostgres({ ...input, url: database.url });
}
