import type { DatabaseTarget } from '../engine/open-options.ts';

interface RestoreInput {
  source: string;
  isForced: boolean;
  now: number;
}

/** Restores a backup; returns sentences that say what was restored and where the replaced database is kept. */
export async function restoreDatabase(database: DatabaseTarget, input: RestoreInput): Promise<string[]> {
  const { file, keptAs, pending } = await restore(database, input);
  return [
    `${input.source} is restored to ${file}`,
    ...(keptAs === null ? [] : [`the replaced database is kept as ${keptAs}`]),
    ...(pending === 0 ? [] : [`${pending} migrations are pending: npm start applies them`]),
  ];
}

async function restore(database: DatabaseTarget, input: RestoreInput) {
  if (database.engine === 'sqlite') {
    const { restoreSqlite } = await import('../sqlite/restore-sqlite.ts');
    return await restoreSqlite({ ...input, file: database.file });
  }
  const { restorePostgres } = await import('../postgres/restore-postgres.ts');
  return await restorePostgres({ ...input, url: database.url });
}
