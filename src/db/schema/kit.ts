import type { SQL, SQLWrapper } from 'drizzle-orm';
import { postgresCore, sql, sqliteCore } from './drizzle.ts';

/** Column and table builders. Each table is written once, with PostgreSQL's types, and built with either engine's kit. */
export type Kit = ReturnType<typeof postgresKit>;

export function postgresKit() {
  const { bigint, boolean, check, customType, index, jsonb, pgTable, primaryKey, text, uniqueIndex } = postgresCore();
  /** Every integer is eight bytes wide here, as it is in SQLite; the driver refuses what a JS number cannot hold. */
  const integer = <Name extends string>(name: Name) => bigint(name, { mode: 'number' });
  const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
    dataType: () => 'bytea',
    toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  });
  return { boolean, bytes, check, index, integer, json: jsonb, primaryKey, table: pgTable, text, uniqueIndex };
}

/** The same columns for SQLite: each reads and writes the values of PostgreSQL's column, so its types hold here too. */
export function sqliteKit(): Kit {
  const { blob, check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } = sqliteCore();
  const kit = {
    boolean: (name: string) => integer(name, { mode: 'boolean' }),
    bytes: (name: string) => blob(name, { mode: 'buffer' }),
    json: (name: string) => text(name, { mode: 'json' }),
    table: sqliteTable,
    check,
    index,
    integer,
    primaryKey,
    text,
    uniqueIndex,
  } satisfies Record<keyof Kit, unknown>;
  return kit as unknown as Kit;
}

/**
 * What an exact search compares, of a column or of what is looked for. An index of PostgreSQL refuses long values, and there
 * the cast cuts them; drizzle-kit takes a comma for the end of an expression.
 */
export function searchKey(text: SQLWrapper): SQL {
  return sql`lower(cast(${text} as varchar(200)))`;
}

/** The condition of a CHECK constraint, built from the array that gives the domain its union. */
export function oneOf(column: string, values: readonly string[]): SQL {
  return sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`);
}
