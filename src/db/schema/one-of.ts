import type { SQL } from 'drizzle-orm';
import { sql } from '../drizzle.ts';

/** The condition of a CHECK constraint, built from the array that gives the domain its union. */
export function oneOf(column: string, values: readonly string[]): SQL {
  return sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`);
}
