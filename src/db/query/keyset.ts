import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { and, asc, desc, gte, lt, sql } from '../schema/drizzle.ts';
import type { Shape } from './shapes.ts';

/** Sorts a table's rows by a time and then by id, so that a page can begin where the last one ended. */
export function keyset<Key extends string>(table: Record<Key | 'id', PgColumn>, key: Key) {
  const columns = (): SQL => sql`(${table[key]}, ${table.id})`;
  const place = (field: string): SQL => sql`(${sql.placeholder(`${field}.${key}`)}, ${sql.placeholder(`${field}.id`)})`;
  return {
    get oldestFirst(): SQL[] {
      return [asc(table[key]), asc(table.id)];
    },
    get newestFirst(): SQL[] {
      return [desc(table[key]), desc(table.id)];
    },
    /** The rows after the place in this field of the query, oldest first; all of them without one. */
    after: <Field extends string>(shape: Shape<Field>, field: Field): SQL | undefined =>
      shape.has(field) ? sql`${columns()} > ${place(field)}` : undefined,
    /** The rows after the place in this field of the query, newest first; all of them without one. */
    before: <Field extends string>(shape: Shape<Field>, field: Field): SQL | undefined =>
      shape.has(field) ? sql`${columns()} < ${place(field)}` : undefined,
  };
}

/** At or after the query's `from`, and before its `to`. */
export function within(column: PgColumn): SQL | undefined {
  return and(gte(column, sql.placeholder('from')), lt(column, sql.placeholder('to')));
}
