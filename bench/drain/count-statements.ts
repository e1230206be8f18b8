// What the product asks of its database, counted where its drivers are asked. That takes time of its own, so that a round which is
// counted is not timed.
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';

export interface Counted {
  /** Without those that begin and end transactions. */
  statements: number;
  /** Of a group that shares a commit each counts; on PostgreSQL reads are transactions, too. */
  transactions: number;
  commits: number;
  /** The most frequent statements, and how often each was run. */
  frequent: (readonly [text: string, times: number])[];
}

export interface Counting {
  begin(): void;
  end(): Counted;
}

const frame = /^\s*(begin|commit|rollback|savepoint|release)\b/i;
const frequentMax = 80;

/** Counts all statements of this process, between beginning and end. */
export function countStatements(): Counting {
  const byText = new Map<string, number>();
  const counts = { statements: 0, transactions: 0, commits: 0 };
  /** A group begins, and then each of its transactions has a savepoint, unless it is alone. */
  let isAlone = false;
  function count(text: string): void {
    byText.set(text, (byText.get(text) ?? 0) + 1);
    const word = frame.exec(text)?.[1]?.toLowerCase();
    if (word === undefined) counts.statements += 1;
    if (word === 'begin') isAlone = true;
    if (word === 'savepoint' || (word === 'commit' && isAlone)) counts.transactions += 1;
    if (word === 'savepoint') isAlone = false;
    if (word === 'commit') counts.commits += 1;
  }
  countSqlite(count);
  countPostgres(count);
  return {
    begin() {
      byText.clear();
      Object.assign(counts, { statements: 0, transactions: 0, commits: 0 });
    },
    end() {
      const frequent = [...byText].toSorted(([, left], [, right]) => right - left).slice(0, frequentMax);
      return { ...counts, frequent };
    },
  };
}

type Method = (...values: unknown[]) => unknown;

function countSqlite(count: (text: string) => void): void {
  const database = new BetterSqlite3(':memory:');
  const prototype = Object.getPrototypeOf(database.prepare('select 1')) as Record<string, Method>;
  database.close();
  for (const name of ['run', 'all', 'get']) {
    const original = prototype[name];
    prototype[name] = function counted(this: { source: string }, ...values) {
      count(this.source);
      return original?.apply(this, values);
    };
  }
}

function countPostgres(count: (text: string) => void): void {
  const prototype = pg.Client.prototype as unknown as { query: Method };
  const original = prototype.query;
  prototype.query = function counted(this: unknown, ...values) {
    const [query] = values as [string | { text: string }];
    count(typeof query === 'string' ? query : query.text);
    return original.apply(this, values);
  };
}
