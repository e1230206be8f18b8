import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { and, asc, desc, gte, lt, sql } from '../schema/drizzle.ts';

type Place<Key extends string> = Readonly<Record<Key, number> & { id: string }>;

/** Sorts a table's rows by a time and then by id, so that a page can begin where the last one ended. */
export function keyset<Key extends string>(table: Record<Key | 'id', PgColumn>, key: Key) {
  const columns = sql`(${table[key]}, ${table.id})`;
  return {
    oldestFirst: [asc(table[key]), asc(table.id)],
    newestFirst: [desc(table[key]), desc(table.id)],
    /** The rows after this place, oldest first; all of them without one. */
    after: (place: Place<Key> | null): SQL | undefined =>
      place === null ? undefined : sql`${columns} > (${place[key]}, ${place.id})`,
    /** The rows after this place, newest first; all of them without one. */
    before: (place: Place<Key> | null): SQL | undefined =>
      place === null ? undefined : sql`${columns} < (${place[key]}, ${place.id})`,
  };
}

/** At or after `from`, and before `to`. */
export function within(column: PgColumn, { from, to }: { from: number; to: number }): SQL | undefined {
  return and(gte(column, from), lt(column, to));
}
