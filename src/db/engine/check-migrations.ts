import { errorCheck, okCheck, type SetUpCheck, warningCheck } from '#diagnostics/set-up-check.ts';
import { DatabaseNewer } from './database-errors.ts';
import { type Engine, pendingMigrations, readMigrations } from './migrations.ts';

/** Compares the applied migrations with those of this release. */
export function checkMigrations(engine: Engine, appliedIds: readonly string[]): SetUpCheck {
  try {
    const pending = pendingMigrations(readMigrations(engine), appliedIds);
    if (pending.length === 0) return okCheck('schema', `up to date (${appliedIds.length} migrations)`);
    if (appliedIds.length === 0) return okCheck('schema', 'empty: the first start creates the tables');
    const detail = pending.length === 1 ? '1 migration is pending' : `${pending.length} migrations are pending`;
    return warningCheck('schema', { detail, advice: 'npm start applies what is pending; make a backup first' });
  } catch (error) {
    if (!(error instanceof DatabaseNewer)) throw error;
    return errorCheck('schema', {
      detail: error.message,
      advice: 'start the later release, or restore an older backup',
    });
  }
}
