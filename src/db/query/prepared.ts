import type { Placeholder, SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { getTableColumns, sql } from '../schema/drizzle.ts';
import type { QueryBuilder } from './session.ts';

type Values = Record<string, unknown>;
interface Statement<Rows> {
  execute(values?: Values): Promise<Rows>;
}

/** A statement that is built at its first use and kept: building one costs ten times as much as running it. */
export function prepared<Rows>(build: () => Statement<Rows>): (values?: object) => Promise<Rows> {
  let statement: Statement<Rows> | undefined;
  // Awaited here, because SQLite's answer is a lazy thenable: it runs only when it is awaited.
  return async (values) => {
    statement ??= build();
    return await statement.execute({ ...values });
  };
}

/** One kept statement for each set of changed columns; `suffix` makes the statement's name unique on its connection. */
export function preparedByShape<Rows>(
  build: (keys: readonly string[], suffix: string) => Statement<Rows>,
): (keys: readonly string[], values: Values) => Promise<Rows> {
  const statements = new Map<string, Statement<Rows>>();
  return async (keys, values) => {
    const shape = keys.join();
    let statement = statements.get(shape);
    if (statement === undefined) {
      statement = build(keys, String(statements.size));
      statements.set(shape, statement);
    }
    return await statement.execute(values);
  };
}

/** One kept statement for each number of values in a list, with a placeholder for each of them. */
export function preparedByCount<Rows>(
  build: (among: Placeholder[], suffix: string) => Statement<Rows>,
): (among: readonly unknown[], values: object) => Promise<Rows> {
  const run = preparedByShape((keys, suffix) => {
    const among = keys.map((key) => sql.placeholder(key));
    return build(among, suffix);
  });
  return (among, values) => {
    const named = among.map((value, index) => [`among${index}`, value] as const);
    return run(
      named.map(([key]) => key),
      { ...values, ...Object.fromEntries(named) },
    );
  };
}

/**
 * A placeholder of the same name for every column, for an insert of whole rows. Columns that are left out get their
 * default: worth it where rows are many, because drizzle goes through every placeholder at every execution.
 */
export function placeholdersOf<Table extends PgTable>(
  table: Table,
  leftOut: readonly string[] = [],
): { [Key in keyof Table['$inferInsert']]: Placeholder } {
  const keys = Object.keys(getTableColumns(table)).filter((key) => !leftOut.includes(key));
  // The keys of a table's columns are the keys of its rows.
  return Object.fromEntries(keys.map((key) => [key, sql.placeholder(key)])) as {
    [Key in keyof Table['$inferInsert']]: Placeholder;
  };
}

/**
 * An insert of whole rows, prepared once. With `unless`, a row whose values in these columns (or in any unique ones) are
 * taken is not stored, and the answer is false.
 */
export function prepareInsert(
  db: QueryBuilder,
  into: { name: string; table: PgTable; unless?: PgColumn[] | 'taken'; leftOut?: readonly string[] },
): (row: object) => Promise<boolean> {
  const { name, table, unless, leftOut } = into;
  const insert = prepared<unknown>(() => {
    const query = db.insert(table).values(placeholdersOf(table, leftOut));
    if (unless === undefined) return query.prepare(name);
    return query
      .onConflictDoNothing(unless === 'taken' ? {} : { target: unless })
      .returning({ stored: sql`1` })
      .prepare(name);
  });
  return async (row) => {
    const stored = await insert({ ...row });
    return unless === undefined || (Array.isArray(stored) && stored.length === 1);
  };
}

/** Placeholders for an update. Drizzle encodes them as it does values, but its types allow them in inserts only. */
export function settingsOf(keys: readonly string[]): Record<string, SQL> {
  return Object.fromEntries(keys.map((key) => [key, sql.placeholder(key)])) as unknown as Record<string, SQL>;
}

/** The keys that a change really sets: an absent field and an undefined one both mean "as it was". */
export function keysOf(change: object): string[] {
  return Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => key)
    .sort();
}
