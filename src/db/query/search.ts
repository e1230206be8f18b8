import type { Placeholder, SQL } from 'drizzle-orm';
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

/** For `contains`: whatever has this text in it. */
export function patternOf(text: string): string {
  const literal = searchable([text]).replaceAll(/[!%_]/g, '!$&');
  return `%${literal}%`;
}

export function contains(column: PgColumn, pattern: string | Placeholder): SQL {
  return sql`${column} like ${pattern} escape '!'`;
}
