// Drizzle builds a statement and knows how each of its values is encoded and decoded. But at each execution it finds that out
// anew, for every parameter and for every column of every row, which takes longer than the statement itself. Here it is found
// out once: what is left are an array to fill, a statement of the driver to run, and objects to make of its rows.
import type { DriverValueEncoder } from 'drizzle-orm';
import { is, Param, Placeholder } from '../schema/drizzle.ts';
import { compileRow, type Field, type Joined } from './compiled-row.ts';

/** A query of drizzle before it is prepared. */
export interface Built<Rows> {
  prepare(name: string): { execute(): Promise<Rows> };
}

/** Belongs to no connection: all of one engine run it. */
export interface Compiled<Rows> {
  /** No other statement has it. Empty for one that is not kept. */
  readonly name: string;
  readonly sql: string;
  readonly hasRows: boolean;
  /** Throws when a placeholder has no value. */
  parameters(values: object): unknown[];
  /** From the driver's rows, which are arrays. */
  read(rows: readonly unknown[][]): Rows;
}

/** What drizzle's prepared statement has on both engines. Only `getQuery` is public. */
interface Prepared {
  getQuery(): { sql: string; params: unknown[] };
  fields: Field[] | undefined;
  joinsNotNullableMap: Joined;
  customResultMapper: unknown;
}

export function compile<Rows>(name: string, built: Built<Rows>): Compiled<Rows> {
  const prepared = asPrepared(built.prepare(name));
  const { fields, joinsNotNullableMap, customResultMapper } = prepared;
  if (customResultMapper !== undefined) throw new Error(`${name} is a query of a kind that is not compiled`);
  const { sql, params } = prepared.getQuery();
  const toObject = fields === undefined ? undefined : compileRow(fields, joinsNotNullableMap);
  return {
    name,
    sql,
    hasRows: toObject !== undefined,
    parameters: compileParameters(params),
    // The objects have the fields that drizzle inferred the type of the rows from.
    read: (rows) => (toObject === undefined ? [] : rows.map((row) => toObject(row))) as Rows,
  };
}

/** Another version of drizzle may have other names inside: that ends the first statement, and so every test. */
function asPrepared(statement: object): Prepared {
  const parts = ['getQuery', 'fields', 'joinsNotNullableMap', 'customResultMapper'] as const;
  const missing = parts.filter((part) => !(part in statement));
  if (missing.length > 0) throw new Error(`drizzle's prepared statements have no ${missing.join()} any more`);
  const prepared = statement as Prepared;
  return prepared;
}

function compileParameters(params: readonly unknown[]): Compiled<unknown>['parameters'] {
  const compiled = params.map(compileParameter);
  return (values) => compiled.map((parameter) => parameter(values as Record<string, unknown>));
}

function compileParameter(param: unknown): (values: Record<string, unknown>) => unknown {
  if (is(param, Placeholder)) {
    const { name } = param;
    return (values) => valueFor(name, values);
  }
  if (is(param, Param) && is(param.value, Placeholder)) {
    const { name } = param.value;
    const encoder: DriverValueEncoder<unknown, unknown> = param.encoder;
    return (values) => encoder.mapToDriverValue(valueFor(name, values));
  }
  return () => param;
}

function valueFor(name: string, values: Record<string, unknown>): unknown {
  const value = values[name];
  if (value === undefined && !(name in values)) throw new Error(`the placeholder ${name} has no value`);
  return value;
}
