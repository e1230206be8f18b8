// What an invariant sees: the world, and the product's database through a connection of its own.
import BetterSqlite3 from 'better-sqlite3';
import type { World } from '../world/world.ts';

type Value = string | number | null;

export interface Look {
  readonly world: World;
  /** For the product's own read verbs. */
  readonly connection: BetterSqlite3.Database;
  /** Rows of the product's database, as the last commit left them; columns by name. */
  rows<Row extends Readonly<Record<string, unknown>>>(query: string, ...values: Value[]): Row[];
  /** A number, such as a count. */
  count(query: string, ...values: Value[]): number;
}

/** Hands out a look, and closes it afterwards. */
export async function withLook<Result>(world: World, use: (look: Look) => Result | Promise<Result>): Promise<Result> {
  const connection = world.disk.aside(() => new BetterSqlite3(world.disk.file, { readonly: true }));
  try {
    return await use({
      world,
      connection,
      // The caller names the columns in its query, and their types in Row.
      rows: <Row>(query: string, ...values: Value[]) => connection.prepare(query).all(...values) as Row[],
      count: (query, ...values) =>
        Number(
          connection
            .prepare(query)
            .pluck()
            .get(...values) ?? 0,
        ),
    });
  } finally {
    connection.close();
  }
}
