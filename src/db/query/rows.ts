import type { GetColumnData, Placeholder, SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { and, eq, getTableColumns, inArray, sql } from '../schema/drizzle.ts';
import { prepared, preparedByCount } from './prepared.ts';
import type { QueryBuilder, Session } from './session.ts';

export const rowCount = sql<number>`count(*)`;

interface Listed {
  where: SQL | undefined;
  order: SQL[];
  limit?: number | Placeholder | undefined;
}

/** Reads of one table, always of the same columns, and always awaited: a drizzle query runs only then. */
export function rowsOf<Table extends PgTable, Columns extends Record<string, PgColumn> = Table['_']['columns']>(
  session: Session,
  table: Table,
  columns?: Columns,
) {
  const { db } = session;
  // The type that drizzle gives a select of these columns when they are named one by one.
  type Row = { [Key in keyof Columns]: GetColumnData<Columns[Key]> };
  type Column = keyof Table['_']['columns'] & string;
  const known: Record<string, PgColumn> = getTableColumns(table);
  const chosen = (columns ?? known) as Columns;
  const select = (where: SQL | undefined) =>
    db
      .select(chosen as Record<string, PgColumn>)
      .from(table as PgTable)
      .where(where);
  const listing = ({ where, order, limit }: Listed) => {
    const ordered = select(where).orderBy(...order);
    return limit === undefined ? ordered : ordered.limit(limit);
  };
  return {
    /** For frequent reads: the rows with these values, by a statement that is prepared once. */
    prepare<Key extends Column>(name: string, by: readonly Key[], order: SQL[] = []) {
      const isIt = by.map((key) => eq(known[key] as PgColumn, sql.placeholder(key)));
      const run = prepared(session, name, () => listing({ where: and(...isIt), order }));
      type Values = { [At in Key]: GetColumnData<Table['_']['columns'][At], 'raw'> };
      return async (values: Values): Promise<Row[]> => (await run(values)) as Row[];
    },
    /** The same for any condition: its placeholders are filled from the query, by their names. */
    prepareList<Query extends object>(name: string, listed: Listed) {
      const run = prepared(session, name, () => listing(listed));
      return async (query: Query): Promise<Row[]> => (await run(query)) as Row[];
    },
    /** The same where the condition names a list of values, such as `in (…)`. */
    prepareListAmong<Query extends object>(name: string, listed: (among: Placeholder[]) => Listed) {
      const run = preparedByCount(session, name, (among) => listing(listed(among)));
      return async (among: readonly unknown[], query: Query): Promise<Row[]> => (await run(among, query)) as Row[];
    },
    async find(where: SQL | undefined): Promise<Row | undefined> {
      return (await select(where))[0] as Row | undefined;
    },
    async list(where: SQL | undefined, how: Omit<Listed, 'where'>): Promise<Row[]> {
      return (await listing({ where, ...how })) as Row[];
    },
  };
}

/** Deletes at most `limit` of the rows, the first in the given order; returns the keys of the deleted rows. */
export async function deleteFirst(
  db: QueryBuilder,
  batch: { table: PgTable; key: PgColumn; where: SQL | undefined; order: SQL[]; limit: number },
): Promise<string[]> {
  const { table, key, where, order, limit } = batch;
  const first = db
    .select({ key })
    .from(table)
    .where(where)
    .orderBy(...order)
    .limit(limit);
  const deleted = await db
    .delete(table)
    .where(and(where, inArray(key, first)))
    .returning({ key });
  return deleted.map((row) => String(row.key));
}
