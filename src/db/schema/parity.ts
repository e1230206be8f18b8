// Two schemas, one query layer: this file compiles only while every table has the same columns, with the same types,
// nulls and defaults, on both engines. It exists at compile time only.
import type { postgresTables } from './postgres.ts';
import type { sqliteTables } from './sqlite.ts';

type Rows<Tables> = {
  [Name in keyof Tables]: Tables[Name] extends { $inferSelect: infer Select; $inferInsert: infer Insert }
    ? { select: Select; insert: Insert }
    : never;
};
type IsSame<Left, Right> =
  (<Probe>() => Probe extends Left ? 1 : 2) extends <Probe>() => Probe extends Right ? 1 : 2 ? true : false;

type Holds<Condition extends true> = Condition;

/** An error here names a table whose two definitions have come apart. */
export type SchemasAgree = Holds<IsSame<Rows<typeof sqliteTables>, Rows<typeof postgresTables>>>;
