import type { Tables } from '#db/schema/tables.ts';

export type TableName = keyof Tables;
export type Row<Name extends TableName> = Tables[Name]['$inferInsert'];

/** Takes one row of the history; rows of a table come after those that they refer to. */
export type Write = <Name extends TableName>(table: Name, row: Row<Name>) => void;
