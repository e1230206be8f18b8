import type { SetUpCheck } from '#diagnostics/set-up-check.ts';
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import type { DatabaseTarget } from '../engine/open-options.ts';

/** Checks that the database can be used, beside any process that uses it. Only the engine asked for is loaded. */
export async function checkDatabase(
  target: DatabaseTarget,
  options: { clock: Clock; quickCheckMaxMs: Milliseconds; signal: AbortSignal },
): Promise<SetUpCheck[]> {
  if (target.engine === 'sqlite') {
    const { checkSqlite } = await import('../sqlite/check-sqlite.ts');
    return await checkSqlite(target.file, options);
  }
  const { checkPostgres } = await import('../postgres/check-postgres.ts');
  return await checkPostgres(target.url, options.clock);
}
