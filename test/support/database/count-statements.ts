// What is asked of SQLite while something is done: every statement that is run, and the transactions among them.
import Database from 'better-sqlite3';
import { vi } from 'vitest';

export interface Statements {
  /** Their texts, without those that begin and end transactions. */
  texts: string[];
  transactions: number;
  savepoints: number;
}

const methods = ['run', 'get', 'all'] as const;

const isSavepoint = (text = ''): boolean => /^savepoint/i.test(text);

export async function countStatements(work: () => Promise<unknown>): Promise<Statements> {
  const connection = new Database(':memory:');
  const prototype = Object.getPrototypeOf(connection.prepare('select 1')) as Database.Statement;
  connection.close();
  const run: string[] = [];
  for (const method of methods) {
    const original = prototype[method];
    vi.spyOn(prototype, method).mockImplementation(function counted(this: Database.Statement, ...values: unknown[]) {
      run.push(this.source);
      return Reflect.apply(original, this, values);
    });
  }
  try {
    await work();
  } finally {
    vi.restoreAllMocks();
  }
  return {
    texts: run.filter((text) => !/^(?:begin|commit|savepoint|release)/i.test(text)),
    savepoints: run.filter((text) => isSavepoint(text)).length,
    // The first of a group has a savepoint, too, unless it was alone.
    transactions: run.filter((text, at) => isSavepoint(text) || (/^begin/i.test(text) && !isSavepoint(run[at + 1])))
      .length,
  };
}
