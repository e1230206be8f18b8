// A process of its own, because SQLite cannot be interrupted while it reads a large file: the process that waits for it can end it.
// Prints the faults that it finds, one a line; nothing when there is none.
import { type Database, SqliteError } from 'better-sqlite3';
import { openQueryOnly } from './connections.ts';

const faultsMax = 5;
/** This process may wait: it serves nothing else. */
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
    // Damage to a page that the check needs ends it.
    if (error instanceof SqliteError && error.code.startsWith('SQLITE_CORRUPT')) return [error.message];
    throw error;
  }
}
