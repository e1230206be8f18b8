// Replaces the database by a backup. A process that still used the old file would write into nothing, so the product's claim
// is taken, and the file is locked against other programs: SQLite refuses the lock while another process has the file open, and
// keeps others out until it is replaced. At every moment there is a complete database under the name.
import { existsSync, linkSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { DatabaseInUse, MaintenanceRefused } from '../engine/database-errors.ts';
import { pendingMigrations, readMigrations } from '../engine/migrations.ts';
import { placeNewFile, timeStamp } from '../engine/new-file.ts';
import { restoredMark } from '../engine/restored-mark.ts';
import { type Claim, claimSqlite } from './claim.ts';
import { copySqlite, verifySqlite } from './copy-sqlite.ts';

export interface Restored {
  file: string;
  /** Where the replaced database is kept; null when there was none. */
  keptAs: string | null;
  /** Migrations that the next start applies. */
  pending: number;
}

export async function restoreSqlite(input: {
  file: string;
  source: string;
  /** Also when the present database is damaged, so that it is not known whether it is in use. */
  isForced: boolean;
  now: number;
}): Promise<Restored> {
  const source = resolve(input.source);
  if (!existsSync(source)) throw new MaintenanceRefused(`${source} does not exist`);
  const file = realPath(resolve(input.file));
  if (realpathSync(source) === file) throw new MaintenanceRefused(`${source} is the database itself`);
  const claim = claimFor(file);
  let locked: BetterSqlite3.Database | undefined;
  const keptAs = existsSync(file) ? `${file}.before-${timeStamp(input.now)}` : null;
  try {
    const pending = await placeNewFile(file, async (part) => {
      await copySqlite(source, part);
      const count = pendingMigrations(readMigrations('sqlite'), verifySqlite(part, source)).length;
      markRestored(part, input.now);
      if (keptAs !== null) {
        locked = lockExclusively(file, input.isForced);
        keepOld(file, keptAs);
      }
      return count;
    });
    return { file, keptAs, pending };
  } finally {
    locked?.close();
    claim.release();
  }
}

/** The first start finds it: messages in the chats may show what came after the backup. */
function markRestored(file: string, now: number): void {
  const connection = new BetterSqlite3(file, { fileMustExist: true });
  try {
    const isThere = connection.prepare("select 1 from sqlite_schema where name = 'stored_settings'").get();
    if (isThere !== undefined) connection.exec(restoredMark(now));
  } finally {
    connection.close();
  }
}

/** Where the file is, or will be, whatever links lead there: the new one must not take the place of a link. */
function realPath(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  mkdirSync(dirname(file), { recursive: true });
  return join(realpathSync(dirname(file)), basename(file));
}

function claimFor(file: string): Claim {
  try {
    return claimSqlite(file, 0);
  } catch (error) {
    if (error instanceof DatabaseInUse) throw inUse(file, error);
    throw error;
  }
}

function inUse(file: string, cause: unknown): MaintenanceRefused {
  return new MaintenanceRefused(`${file} is in use: stop the product first`, { cause });
}

/** Undefined when SQLite cannot read the file and the restore is forced. */
function lockExclusively(file: string, isForced: boolean): BetterSqlite3.Database | undefined {
  const connection = new BetterSqlite3(file, { fileMustExist: true, timeout: 0 });
  try {
    // Moves the log into the file. SQLite refuses this while another process has the file open.
    connection.pragma('journal_mode = delete');
    connection.exec('begin exclusive');
    return connection;
  } catch (error) {
    connection.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
      throw inUse(file, error);
    }
    if (isForced) return undefined;
    const message = `${file} is damaged, so that it cannot be told whether the product still uses it: stop it, then add --force`;
    throw new MaintenanceRefused(message, { cause: error });
  }
}

/** Gives the same file a second name, so that there is a database under the first one at every moment. */
function keepOld(file: string, keptAs: string): void {
  linkSync(file, keptAs);
  // Only a damaged database still has a log, and SQLite must not use it with the new one.
  for (const beside of ['-wal', '-shm']) {
    if (existsSync(`${file}${beside}`)) renameSync(`${file}${beside}`, `${keptAs}${beside}`);
  }
}
