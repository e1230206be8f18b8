import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { sql } from '../schema/drizzle.ts';

/** Lower case is made here, not in SQL: SQLite knows only that of ASCII. */
export function searchable(parts: readonly (string | null)[]): string {
  return parts
    .filter((part) => part !== null)
    .join('\n')
    .normalize('NFC')
    .toLowerCase();
}

export function contains(column: PgColumn, text: string): SQL {
  const literal = searchable([text]).replaceAll(/[!%_]/g, '!$&');
  return sql`${column} like ${`%${literal}%`} escape '!'`;
}
