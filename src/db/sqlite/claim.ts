// One process owns the file: a second one would work on the same messages. The claim is a lock of the operating system on an
// empty file beside the database, so it ends with its process, however that ends, and a copy of the folder carries none.
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import BetterSqlite3, { SqliteError } from 'better-sqlite3';
import type { Milliseconds } from '#kernel/clock.ts';
import { DatabaseInUse } from '../engine/database-errors.ts';

export interface Claim {
  readonly path: string;
  /** May be called twice. */
  release(): void;
}

/**
 * `file`: its real path, so that every name of the file leads to one claim. Waits so long for another process, and the event
 * loop with it: the caller serves nothing yet. Throws DatabaseInUse, and for a file with a hard link, whose names cannot lead
 * to one; nothing was changed then.
 */
export function claimSqlite(file: string, waitMs: Milliseconds): Claim {
  requireOneName(file);
  const path = `${file}-claim`;
  createPrivateFile(path);
  const connection = new BetterSqlite3(path, { timeout: waitMs });
  try {
    // The lock of a writer, that writes nothing.
    connection.exec('begin immediate');
  } catch (error) {
    connection.close();
    throw refused(file, error);
  }
  return { path, release: () => void connection.close() };
}

function requireOneName(file: string): void {
  const found = statSync(file);
  if (!found.isFile()) throw new Error(`${file} is not a file`);
  if (found.nlink === 1) return;
  throw new Error(
    `${file} has a second name (a hard link), and used under both it is spoilt: delete that one, or copy it`,
  );
}

function refused(file: string, error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  if (isBusy(error)) {
    return new DatabaseInUse(`another process uses ${file}: a SQLite file has one process; stop that one first`);
  }
  const why = 'keep the database on a disk of this machine, not on a network file system';
  return new Error(`the folder of ${file} gives no locks (${error.code}): ${why}`, { cause: error });
}

/** Another connection has the lock that the statement needs. */
export function isBusy(error: unknown): boolean {
  return error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Only the product's user may read customers and their data. The files that SQLite makes beside this one get its mode. */
export function createPrivateFile(file: string): void {
  // Only a file that does not exist yet: opening and closing a file that SQLite has open would release its locks.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}
