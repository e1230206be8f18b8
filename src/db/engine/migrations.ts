import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseNewer } from './database-errors.ts';

export type Engine = 'sqlite' | 'postgres';

export interface Migration {
  /** The file's name without its ending; the order of the names is the order of applying. */
  id: string;
  readonly sql: string;
}

/** Our own journal instead of drizzle's: its row is written in the transaction of the migration itself. */
export const journalTable = (integer: 'integer' | 'bigint'): string =>
  `create table if not exists schema_migrations (id text primary key not null, applied_at ${integer} not null)`;

export function readMigrations(engine: Engine): Migration[] {
  const folder = join(import.meta.dirname, '../migrations', engine);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      id: file.slice(0, -'.sql'.length),
      // Most starts have nothing to apply.
      get sql() {
        return readFileSync(join(folder, file), 'utf8');
      },
    }));
}

/** The migrations still to be applied; throws DatabaseNewer when one was applied that this release does not know. */
export function pendingMigrations(all: readonly Migration[], appliedIds: readonly string[]): Migration[] {
  const known = new Set(all.map((migration) => migration.id));
  const unknown = appliedIds.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new DatabaseNewer(`the database was migrated by a later release (${unknown.join(', ')}): use that release`);
  }
  const applied = new Set(appliedIds);
  return all.filter((migration) => !applied.has(migration.id));
}
