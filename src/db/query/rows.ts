import type { GetColumnData, SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { and, eq, getTableColumns, inArray, sql } from '../schema/drizzle.ts';
import { prepared } from './prepared.ts';
import type { QueryBuilder } from './session.ts';

export const rowCount = sql<number>`count(*)`;

/** Reads of one table, always of the same columns, and always awaited: a drizzle query runs only then. */
export function rowsOf<Table extends PgTable, Columns extends Record<string, PgColumn> = Table['_']['columns']>(
  db: QueryBuilder,
  table: Table,
  columns?: Columns,
) {
  // The type that drizzle gives a select of these columns when they are named one by one.
  type Row = { [Key in keyof Columns]: GetColumnData<Columns[Key]> };
  const chosen = (columns ?? getTableColumns(table)) as Columns;
  const select = (where: SQL | undefined) =>
    db
      .select(chosen as Record<string, PgColumn>)
      .from(table as PgTable)
      .where(where);
  return {
    /** For frequent reads: the rows with these values, by a statement that is prepared once. */
    prepare<Key extends keyof Columns & string>(name: string, by: readonly Key[], order: SQL[] = []) {
      const run = prepared(() => {
        const isIt = by.map((key) => eq(chosen[key] as PgColumn, sql.placeholder(key)));
        return select(and(...isIt))
          .orderBy(...order)
          .prepare(name);
      });
      return async (values: Pick<Row, Key>): Promise<Row[]> => (await run(values)) as Row[];
    },
    async find(where: SQL | undefined): Promise<Row | undefined> {
      return (await select(where))[0] as Row | undefined;
    },
    async list(where: SQL | undefined, { order, limit }: { order: SQL[]; limit?: number | undefined }): Promise<Row[]> {
      const query = select(where).orderBy(...order);
      return (await (limit === undefined ? query : query.limit(limit))) as Row[];
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

/** For onConflictDoUpdate: the new row replaces an older one of the same key. */
export function replacing<Table extends PgTable>(table: Table, key: readonly (keyof Table['_']['columns'] & string)[]) {
  const columns: Record<string, PgColumn> = getTableColumns(table);
  const values = Object.entries(columns).filter(([name]) => !key.includes(name));
  return {
    target: Object.entries(columns).flatMap(([name, column]) => (key.includes(name) ? [column] : [])),
    set: Object.fromEntries(values.map(([name, column]) => [name, sql.raw(`excluded.${column.name}`)])) as {
      [Key in keyof Table['$inferInsert']]: SQL;
    },
  };
}
