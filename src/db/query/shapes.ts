// A query may leave out some of its conditions and name lists of any length. Each such shape has a statement of its own, which
// is kept; the lengths of lists are rounded up, so that there are few.
import type { Placeholder } from 'drizzle-orm';
import { sql } from '../schema/drizzle.ts';
import type { Built } from './compiled.ts';
import { preparedByShape } from './prepared.ts';
import type { Session } from './session.ts';

/** SQLite takes 32,766 values in a statement. */
const roundedMax = 16_384;

/** What a statement is built from. Its placeholders have the names of the query's fields. */
export interface Shape<Field extends string = string> {
  /** Whether the field is neither null nor left out. Of a place the inner fields have placeholders: `after.id`. */
  has(field: Field): boolean;
  /** One placeholder for each value of a list, and for repetitions of its last one. */
  among(field: Field): Placeholder[];
}

export type ShapeOf<Query> = Shape<keyof Query & string>;

/** The statement that is built for the query's shape, filled with its values. */
export function preparedByQuery<Query extends object, Rows>(
  session: Session,
  name: string,
  build: (shape: ShapeOf<Query>) => Built<Rows>,
): (query: Query) => Promise<Rows> {
  const run = preparedByShape(session, name, (keys) => build(shapeOf(keys)));
  return (query) => {
    const keys: string[] = [];
    const values: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(query)) {
      if (Array.isArray(value)) keys.push(...spread(field, { list: value, into: values }));
      else if (isPlace(value)) for (const [inner, one] of Object.entries(value)) values[`${field}.${inner}`] = one;
      else values[field] = value;
      if (value !== null && value !== undefined) keys.push(field);
    }
    return run(keys, values);
  };
}

function isPlace(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Fills the list's values in; returns a key that says how many. */
function spread(field: string, { list, into }: { list: unknown[]; into: Record<string, unknown> }): string[] {
  const rounded = list.length === 0 ? 0 : 2 ** Math.ceil(Math.log2(list.length));
  const count = rounded > roundedMax ? list.length : rounded;
  for (let at = 0; at < count; at += 1) into[`${field}.${at}`] = list[Math.min(at, list.length - 1)];
  return [`${field}*${count}`];
}

function shapeOf(keys: readonly string[]): Shape {
  return {
    has: (field) => keys.includes(field),
    among(field) {
      const count = keys.find((key) => key.startsWith(`${field}*`))?.slice(field.length + 1);
      if (count === undefined) throw new Error(`the query has no list ${field}`);
      return Array.from({ length: Number(count) }, (_, at) => sql.placeholder(`${field}.${at}`));
    },
  };
}
