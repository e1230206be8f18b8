import type { SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { sql } from '../schema/drizzle.ts';

/** The text that searches compare with. In lower case by JavaScript, because SQLite's lower() knows only ASCII. */
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
