import type { Placeholder, SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { getTableColumns, sql } from '../schema/drizzle.ts';
import { type Built, type Compiled, compile } from './compiled.ts';
import type { Session } from './session.ts';

/**
 * A statement that is built at its first use in the process and kept: building one costs ten times as much as running it. By its
 * name it is found again for other connections, so it must be built of nothing that differs among them.
 */
export function prepared<Rows>(
  session: Session,
  name: string,
  build: () => Built<Rows>,
): (values?: object) => Promise<Rows> {
  const run = preparedByShape(session, name, build);
  return (values = {}) => run([], values);
}

/** One kept statement for each set of changed columns. */
export function preparedByShape<Rows>(
  session: Session,
  name: string,
  build: (keys: readonly string[]) => Built<Rows>,
): (keys: readonly string[], values: object) => Promise<Rows> {
  session.statements.claimName(name);
  const statements = new Map<string, Compiled<Rows>>();
  return (keys, values) => {
    const shape = keys.join();
    let statement = statements.get(shape);
    if (statement === undefined) {
      statement = session.statements.find(`${name} ${shape}`, (asName) => compile(asName, build(keys)));
      statements.set(shape, statement);
    }
    return run(session, statement, values);
  };
}

async function run<Rows>({ statements }: Session, statement: Compiled<Rows>, values: object): Promise<Rows> {
  const rows = statements.run(statement, statement.parameters(values));
  // SQLite has its rows at once.
  return statement.read(Array.isArray(rows) ? rows : await rows);
}

/**
 * A placeholder of the same name for every column, for an insert of whole rows. Columns that are left out get their
 * default: worth it where rows are many, because drizzle goes through every placeholder at every execution.
 */
function placeholdersOf<Table extends PgTable>(
  table: Table,
  leftOut: readonly string[] = [],
): { [Key in keyof Table['$inferInsert']]: Placeholder } {
  const keys = Object.keys(getTableColumns(table)).filter((key) => !leftOut.includes(key));
  // The keys of a table's columns are the keys of its rows, and drizzle takes a placeholder in any form.
  return settingsOf(table, keys) as unknown as { [Key in keyof Table['$inferInsert']]: Placeholder };
}

/**
 * An insert of whole rows, prepared once. With `unless`, a row whose values in these columns (or in any unique ones) are
 * taken is not stored, and the answer is false.
 */
export function prepareInsert(
  session: Session,
  into: { name: string; table: PgTable; unless?: PgColumn[] | 'taken'; leftOut?: readonly string[] },
): (row: object) => Promise<boolean> {
  const { name, table, unless, leftOut } = into;
  const insert = prepared<unknown>(session, name, () => {
    const query = session.db.insert(table).values(placeholdersOf(table, leftOut));
    if (unless === undefined) return query;
    return query.onConflictDoNothing(unless === 'taken' ? {} : { target: unless }).returning({ stored: sql`1` });
  });
  return async (row) => {
    const stored = await insert(row);
    return unless === undefined || (Array.isArray(stored) && stored.length === 1);
  };
}

/**
 * The same, but the new row replaces one that has the same values in the columns of `key`. `otherwise`: what such a row then has,
 * where that is not the new row's value.
 */
export function prepareReplace<Table extends PgTable>(
  session: Session,
  into: {
    name: string;
    table: Table;
    key: readonly (keyof Table['_']['columns'] & string)[];
    otherwise?: { [Key in keyof Table['$inferInsert']]?: SQL };
  },
): (row: Table['$inferInsert']) => Promise<void> {
  const { name, table, key, otherwise } = into;
  const replace = prepared<unknown>(session, name, () => {
    const { target, set } = replacing<PgTable>(table, key);
    return session.db
      .insert<PgTable>(table)
      .values(placeholdersOf<PgTable>(table))
      .onConflictDoUpdate({ target, set: { ...set, ...otherwise } });
  });
  return async (row) => {
    await replace(row);
  };
}

/** Placeholders for an update. Drizzle encodes them as it does values, but its types allow them in inserts only. */
export function settingsOf(table: PgTable, keys: readonly string[]): Record<string, SQL> {
  const columns: Record<string, PgColumn> = getTableColumns(table);
  const filled = keys.map((key) => {
    const column = columns[key];
    const isNullable = column !== undefined && !column.notNull;
    return [key, isNullable ? nullable(key, column) : sql.placeholder(key)];
  });
  return Object.fromEntries(filled) as Record<string, SQL>;
}

/** For a column that may be null: drizzle would hand the null to the column's encoder, which makes JSON or a zero of it. */
function nullable(key: string, column: PgColumn): SQL {
  const encode = (value: unknown): unknown => (value === null ? null : column.mapToDriverValue(value));
  return sql`${sql.param(sql.placeholder(key), { mapToDriverValue: encode })}`;
}

/** The keys that a change really sets: an absent field and an undefined one both mean "as it was". */
export function keysOf(change: object): string[] {
  return Object.entries(change)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => key)
    .sort();
}

/** For onConflictDoUpdate: the new row replaces an older one of the same key. */
function replacing<Table extends PgTable>(table: Table, key: readonly (keyof Table['_']['columns'] & string)[]) {
  const columns: Record<string, PgColumn> = getTableColumns(table);
  const values = Object.entries(columns).filter(([name]) => !key.includes(name));
  return {
    target: Object.entries(columns).flatMap(([name, column]) => (key.includes(name) ? [column] : [])),
    set: Object.fromEntries(values.map(([name, column]) => [name, sql.raw(`excluded.${column.name}`)])) as {
      [Key in keyof Table['$inferInsert']]: SQL;
    },
  };
}
