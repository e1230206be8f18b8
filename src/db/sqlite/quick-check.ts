// Runs as a process of its own, which can be ended: SQLite cannot be interrupted while it reads a large file. Prints the faults
// that it finds, one a line.
import { type Database, SqliteError } from 'better-sqlite3';
import { openQueryOnly } from './connections.ts';

const faultsMax = 5;
/** This process may wait for a lock: it serves no requests. */
const lockWaitMs = 1_000;

if (import.meta.main) {
  const [, , file = ''] = process.argv;
  const connection = openQueryOnly(file, lockWaitMs);
  process.stdout.write(
    findFaults(connection)
      .map((fault) => `${fault}\n`)
      .join(''),
  );
  connection.close();
}

function findFaults(connection: Database): string[] {
  try {
    const rows = connection.pragma(`quick_check(${faultsMax})`) as { quick_check: string }[];
    return rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
  } catch (error) {
    // A damaged page that the check itself needs makes it throw.
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_CORRUPT')) return [error.message];
    throw error;
  }
}
