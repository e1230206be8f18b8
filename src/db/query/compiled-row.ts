import type { DriverValueDecoder } from 'drizzle-orm';
import { Column, getTableName, is, noopDecoder, SQL } from '../schema/drizzle.ts';

/** A column of a query's rows, and where its value stands in the object: under a key, or under a key of an inner object. */
export interface Field {
  path: string[];
  field: unknown;
}

/** For each joined table whether every row has one of its rows; undefined where no object can be missing. */
export type Joined = Record<string, boolean> | undefined;

/**
 * Makes an object of a row. The function is compiled from text, because an object literal is made twenty times as fast as an
 * object whose keys are set one by one. The text holds the keys of the query, which are the product's own, and no value.
 */
export function compileRow(fields: readonly Field[], joined: Joined): (row: unknown[]) => unknown {
  const columns = fields.map(({ path, field }, at) => {
    const [key, inner, ...deeper] = path;
    if (key === undefined || deeper.length > 0) throw new Error(`an object in an object in a row: ${path.join('.')}`);
    const decoder = decoderOf(field);
    const value = `(row[${at}] === null ? null : decoders[${at}].mapFromDriverValue(row[${at}]))`;
    return { key, inner, field, decoder, value: isIdentity(decoder) ? `row[${at}]` : value };
  });
  const members = Array.from(
    Map.groupBy(columns, ({ key }) => key),
    ([key, of]) => [key, memberOf(of, joined)] as const,
  );
  const make = new Function('decoders', `return (row) => (${literalOf(members)});`);
  return make(columns.map(({ decoder }) => decoder));
}

interface ColumnText {
  inner: string | undefined;
  field: unknown;
  value: string;
}

function memberOf(columns: readonly ColumnText[], joined: Joined): string {
  const [only] = columns;
  if (only !== undefined && only.inner === undefined) return only.value;
  const object = literalOf(columns.map(({ inner = '', value }) => [inner, value] as const));
  const marker = joined && markerOf(columns, joined);
  return marker === undefined ? object : `(${marker} === null ? null : ${object})`;
}

/** The value that is null where the object's table, which was joined, had no row: the first of its columns, as for drizzle. */
function markerOf(columns: readonly ColumnText[], joined: Record<string, boolean>): string | undefined {
  const ofTables = columns.flatMap(({ field, value }) =>
    is(field, Column) ? [{ table: getTableName(field.table), value }] : [],
  );
  const [first] = ofTables;
  if (first === undefined || joined[first.table] || ofTables.some(({ table }) => table !== first.table))
    return undefined;
  return first.value;
}

function literalOf(members: readonly (readonly [key: string, value: string])[]): string {
  return `{ ${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')} }`;
}

type Decoder = DriverValueDecoder<unknown, unknown>;

/** Drizzle keeps the decoder of an expression to itself. */
function decoderOf(field: unknown): Decoder {
  if (is(field, Column)) return field;
  const expression = is(field, SQL.Aliased) ? field.sql : field;
  const { decoder } = expression as { decoder?: Decoder };
  if (typeof decoder?.mapFromDriverValue !== 'function') throw new Error('a column of a row has no decoder');
  return decoder;
}

/** Whether the value stays what the driver gave. */
function isIdentity({ mapFromDriverValue }: Decoder): boolean {
  return (
    mapFromDriverValue === Column.prototype.mapFromDriverValue || mapFromDriverValue === noopDecoder.mapFromDriverValue
  );
}
