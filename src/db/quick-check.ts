// A process of its own, because SQLite cannot be interrupted while it reads a large file: whoever waits for it can end it.
// Prints the faults that it finds, one a line; nothing when there is none.
import { openOnlooker } from './sqlite-connections.ts';

const faultsMax = 5;
/** Nobody else waits for this process. */
const lockWaitMs = 1_000;

if (import.meta.main) {
  const [, , file = ''] = process.argv;
  const connection = openOnlooker(file, lockWaitMs);
  const rows = connection.pragma(`quick_check(${faultsMax})`) as { quick_check: string }[];
  const faults = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
  process.stdout.write(faults.map((fault) => `${fault}\n`).join(''));
  connection.close();
}
