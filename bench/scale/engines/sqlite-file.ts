// Writes a history into a new SQLite file whose tables the product's own migrations made. Secondary indices are taken away
// meanwhile and made again at the end: sorting once is many times faster than keeping each in order.
import { existsSync, renameSync, rmSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { openDatabase } from '#db/database/open-database.ts';
import { getTableColumns, getTableName } from '#db/schema/drizzle.ts';
import { sqliteKit } from '#db/schema/kit.ts';
import { buildTables } from '#db/schema/tables.ts';
import type { HistoryPlan } from '../history/period.ts';
import type { Row, TableName, Write } from '../history/rows.ts';
import { writeHistory } from '../history/write-history.ts';
import { indexHistory, markUnindexed } from './index-history.ts';

const ordersPerCommit = 20_000;

/** The file is there when all of it is written. */
export async function makeSqliteHistory(plan: HistoryPlan, file: string): Promise<void> {
  const partial = `${file}.partial.db`;
  for (const end of ['', '-wal', '-shm']) rmSync(partial + end, { force: true });
  const database = await openDatabase({ target: { engine: 'sqlite', file: partial } });
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
  const connection = new BetterSqlite3(partial);
  try {
    fill(connection, plan);
  } finally {
    connection.close();
  }
  await indexHistory({ engine: 'sqlite', file: partial });
  if (existsSync(`${partial}-wal`)) throw new Error(`${partial} was left with a log`);
  rmSync(`${partial}-claim`, { force: true });
  renameSync(partial, file);
}

function fill(connection: BetterSqlite3.Database, plan: HistoryPlan): void {
  // Whatever goes wrong, the file is made anew.
  for (const setting of ['journal_mode = OFF', 'synchronous = OFF', 'foreign_keys = OFF', 'cache_size = -400000']) {
    connection.pragma(setting);
  }
  const indices = connection
    .prepare("select name, sql from sqlite_master where type = 'index' and sql is not null")
    .all() as { name: string; sql: string }[];
  for (const { name } of indices) connection.exec(`drop index "${name}"`);
  connection.exec('begin');
  let orders = 0;
  for (const _ of writeHistory(plan, createInsert(connection))) {
    orders += 1;
    if (orders % ordersPerCommit === 0) connection.exec('commit; begin');
  }
  connection.exec(markUnindexed);
  connection.exec('commit');
  for (const { sql } of indices) connection.exec(sql);
  connection.pragma('journal_mode = WAL');
  connection.pragma('wal_checkpoint(truncate)');
}

interface Insert {
  statement: BetterSqlite3.Statement;
  columns: { key: string; encode(value: unknown): unknown }[];
}

function createInsert(connection: BetterSqlite3.Database): Write {
  const tables = buildTables(sqliteKit());
  const known = new Map<TableName, Insert>();

  function prepare(name: TableName): Insert {
    const table = tables[name];
    const columns = Object.entries(getTableColumns(table));
    const names = columns.map(([, column]) => `"${column.name}"`).join(', ');
    const marks = columns.map(() => '?').join(', ');
    const insert = {
      statement: connection.prepare(`insert into "${getTableName(table)}" (${names}) values (${marks})`),
      columns: columns.map(([key, column]) => ({ key, encode: (value: unknown) => column.mapToDriverValue(value) })),
    };
    known.set(name, insert);
    return insert;
  }

  return <Name extends TableName>(name: Name, row: Row<Name>) => {
    const { statement, columns } = known.get(name) ?? prepare(name);
    const values = row as Readonly<Record<string, unknown>>;
    statement.run(
      columns.map(({ key, encode }) => {
        const value = values[key];
        if (value === undefined) throw new Error(`a row of ${name} has no ${key}`);
        return value === null ? null : encode(value);
      }),
    );
  };
}
