import type { OpenDatabase, OpenOptions } from '../engine/open-options.ts';

/** Opens the database; its schema may be behind until `migrate` was called. Only the engine asked for is loaded. */
export async function openDatabase(options: OpenOptions): Promise<OpenDatabase> {
  const { target } = options;
  if (target.engine === 'sqlite') {
    const { openSqlite } = await import('../sqlite/open-sqlite.ts');
    return openSqlite(target.file, options);
  }
  const { openPostgres } = await import('../postgres/open-postgres.ts');
  return openPostgres(target, options);
}
