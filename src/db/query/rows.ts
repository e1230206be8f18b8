import type { GetColumnData, Placeholder, SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { and, eq, getTableColumns, inArray, sql } from '../schema/drizzle.ts';
import { prepared } from './prepared.ts';
import type { Session } from './session.ts';
import { preparedByQuery, type ShapeOf } from './shapes.ts';

export const rowCount = sql<number>`count(*)`;

/** The query's `limit`. */
export const limit = sql.placeholder('limit');

interface Listed {
  where: SQL | undefined;
  order: SQL[];
  limit?: number | Placeholder;
}

/** Reads of one table, always of the same columns, by statements that are kept. */
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
  const listing = ({ where, order, limit: rowsMax }: Listed) => {
    const ordered = select(where).orderBy(...order);
    return rowsMax === undefined ? ordered : ordered.limit(rowsMax);
  };
  return {
    /** The rows with these values. */
    prepare<Key extends Column>(name: string, by: readonly Key[], order: SQL[] = []) {
      const run = prepared(session, name, () => {
        const isIt = by.map((key) => eq(known[key] as PgColumn, sql.placeholder(key)));
        return listing({ where: and(...isIt), order });
      });
      type Values = { [At in Key]: GetColumnData<Table['_']['columns'][At], 'raw'> };
      return async (values: Values): Promise<Row[]> => (await run(values)) as Row[];
    },
    /** The same for any condition, of which a query may leave out a part: its placeholders have the names of the query's fields. */
    prepareList<Query extends object>(name: string, listed: (shape: ShapeOf<Query>) => Listed) {
      const run = preparedByQuery(session, name, (shape: ShapeOf<Query>) => listing(listed(shape)));
      return async (query: Query): Promise<Row[]> => (await run(query)) as Row[];
    },
  };
}

/** Deletes at most `limit` of the rows, the first in the given order; returns the keys of the deleted rows. */
export function prepareDeleteFirst<Query extends { limit: number }>(
  session: Session,
  name: string,
  first: () => { table: PgTable; key: PgColumn; where: SQL | undefined; order: SQL[] },
): (query: Query) => Promise<string[]> {
  const run = prepared(session, name, () => {
    const { table, key, where, order } = first();
    const chosen = session.db
      .select({ key })
      .from(table)
      .where(where)
      .orderBy(...order)
      .limit(limit);
    return session.db
      .delete(table)
      .where(and(where, inArray(key, chosen)))
      .returning({ key });
  });
  return async (query) => (await run(query)).map((row) => String(row.key));
}
