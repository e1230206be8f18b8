// Drizzle has a statement prepared for every query, which takes SQLite several times as long as running it: so they are kept.
import type { Statement } from 'better-sqlite3';
import type { SqliteConnection } from './connections.ts';

/** More than the product has, with each shape of its queries. */
const keptMax = 500;

/** What drizzle uses of a connection. */
type Preparing = Pick<SqliteConnection, 'prepare'>;
type Runs = Pick<Statement<unknown[]>, 'run' | 'all' | 'get' | 'raw'>;

/** The connection for drizzle. A statement is run to its end at once, so that one may serve any number of queries. */
export function keepStatements(connection: Preparing): SqliteConnection {
  const kept = new Map<string, Runs>();

  function prepare(text: string): Runs {
    const runs = kept.get(text) ?? runsOf(connection.prepare(withoutReplanning(text)));
    kept.delete(text);
    kept.set(text, runs);
    const [oldest] = kept.keys();
    if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
    return runs;
  }

  return asConnection({ prepare });
}

/**
 * SQLite looks at the values of `= ?` and `limit ?` when it plans, and so plans anew at each execution, which takes up to ten
 * times as long. As an expression a value is not looked at, and finds the same rows by the same index.
 */
function withoutReplanning(text: string): string {
  return text.replaceAll(/( = | limit )\?/g, '$1+?');
}

/** Whether rows are arrays is asked for at each execution, because a statement remembers it. */
function runsOf(statement: Statement<unknown[]>): Runs {
  let isRaw = false;
  const as = (wanted: 'arrays' | 'objects'): Statement<unknown[]> => {
    if (isRaw === (wanted === 'arrays')) return statement;
    isRaw = !isRaw;
    return statement.raw(isRaw);
  };
  return {
    run: (...values) => statement.run(...values),
    all: (...values) => as('objects').all(...values),
    get: (...values) => as('objects').get(...values),
    raw: () => as('arrays'),
  };
}

/** Drizzle prepares its statements and runs them; for its transactions, which would need more, it is not used here. */
function asConnection(preparing: { prepare(text: string): Runs }): SqliteConnection {
  return preparing as unknown as SqliteConnection;
}
