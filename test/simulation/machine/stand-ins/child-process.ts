// The one child of the product that runs in a history reads its SQLite file through; here it is done at once, in this process.
import BetterSqlite3 from 'better-sqlite3';

type Done = (error: Error | null, stdout: string) => void;

/** `words`: the script, and the file. */
export function execFile(_program: string, words: readonly [string, string], _options: object, done: Done): void {
  const [, file] = words;
  setImmediate(() => {
    try {
      done(null, faultsIn(file));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)), '');
    }
  });
}

/** Nothing when the file is sound. */
function faultsIn(file: string): string {
  const connection = new BetterSqlite3(file, { readonly: true });
  try {
    const found = String(connection.pragma('quick_check(1)', { simple: true }));
    return found === 'ok' ? '' : found;
  } finally {
    connection.close();
  }
}
