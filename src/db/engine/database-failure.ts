import { SqliteError } from 'better-sqlite3';
import { CommitFailed, DatabaseClosed, DatabaseUnavailable, TransactionTimedOut } from './database-errors.ts';

const ownErrors = [CommitFailed, DatabaseClosed, DatabaseUnavailable, TransactionTimedOut];

/** What SQLite says of the disk, the file and other processes; the rest is about the statement. https://www.sqlite.org/rescode.html */
const sqliteCodes =
  /^SQLITE_(?:BUSY|CANTOPEN|CORRUPT|FULL|INTERRUPT|IOERR|LOCKED|NOMEM|NOTADB|PERM|PROTOCOL|READONLY)(?:_|$)/;

const damageCodes = /^SQLITE_(?:CORRUPT|NOTADB)(?:_|$)/;

/**
 * SQLSTATE classes of the server and its connections, without those of a statement: 08 connection, 25006 read-only, 40 rolled
 * back, 53 resources, 55 lock, 57 operator, 58 system, XX internal. https://www.postgresql.org/docs/15/errcodes-appendix.html
 */
const postgresCodes = /^(?:08...|25006|40...|53...|55...|57...|58...|XX...)$/;

/** Node's own: the server is away, or was. */
const networkCodes =
  /^(?:EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT)$/;

/** Causes may form a circle. */
const causesMax = 5;

/** Whether the database failed, and not what was asked of it: the same may succeed later. */
export function isDatabaseFailure(error: unknown): boolean {
  return causesOf(error).some(isFailure);
}

/** The code with which SQLite says that the file is damaged; undefined when the error says no such thing. */
export function damageCode(error: unknown): string | undefined {
  const damage = causesOf(error).find((one) => one instanceof SqliteError && damageCodes.test(one.code));
  return damage instanceof SqliteError ? damage.code : undefined;
}

/** The error and what caused it, at most so many. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error; causes.length < causesMax && at instanceof Error; at = at.cause) causes.push(at);
  return causes;
}

function isFailure(error: Error): boolean {
  if (ownErrors.some((kind) => error instanceof kind)) return true;
  const code = 'code' in error ? String(error.code) : '';
  if (error instanceof SqliteError) return sqliteCodes.test(code);
  // The driver has no code for a connection that ended under a query.
  return postgresCodes.test(code) || networkCodes.test(code) || error.message.startsWith('Connection terminated');
}
