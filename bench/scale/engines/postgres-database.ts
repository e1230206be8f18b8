// Writes a history into an empty PostgreSQL database, whose tables the product's own migrations make. Rows go as arrays, one for
// each column, thousands in one statement; secondary indices are made at the end, as for SQLite.
import pg from 'pg';
import { openDatabase } from '#db/database/open-database.ts';
import { getTableColumns, getTableName } from '#db/schema/drizzle.ts';
import { postgresKit } from '#db/schema/kit.ts';
import { buildTables } from '#db/schema/tables.ts';
import type { HistoryPlan } from '../history/period.ts';
import type { TableName } from '../history/rows.ts';
import { writeHistory } from '../history/write-history.ts';
import { indexHistory, markUnindexed } from './index-history.ts';

const rowsPerStatement = 5_000;

export async function makePostgresHistory(plan: HistoryPlan, url: string): Promise<void> {
  const database = await openDatabase({ target: { engine: 'postgres', url } });
  try {
    await database.migrate();
  } finally {
    await database.close();
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await fill(client, plan);
    await indexHistory({ engine: 'postgres', url });
    // As autovacuum leaves a database that grew slowly.
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

async function fill(client: pg.Client, plan: HistoryPlan): Promise<void> {
  await client.query('set synchronous_commit = off');
  const { rows: indices } = await client.query<{ name: string; sql: string }>(`
    select indexname as name, indexdef as sql from pg_indexes where schemaname = 'public'
    and not exists (select from pg_constraint where conname = indexname)`);
  for (const { name } of indices) await client.query(`drop index "${name}"`);
  const rows = createRows();
  for (const _ of writeHistory(plan, rows.write)) {
    if (rows.waiting() >= rowsPerStatement) await rows.flush(client);
  }
  await rows.flush(client);
  for (const { sql } of indices) await client.query(sql);
  await client.query(markUnindexed);
}

interface Table {
  keys: string[];
  statement: string;
  rows: Readonly<Record<string, unknown>>[];
}

function createRows() {
  // In the order in which they refer to each other.
  const tables = new Map(
    Object.entries(buildTables(postgresKit())).map(([key, table]): [string, Table] => {
      const columns = Object.entries(getTableColumns(table));
      const names = columns.map(([, column]) => `"${column.name}"`).join(', ');
      const arrays = columns.map(([, column], index) => `$${index + 1}::${column.getSQLType()}[]`).join(', ');
      const statement = `insert into "${getTableName(table)}" (${names}) select * from unnest(${arrays})`;
      return [key, { keys: columns.map(([name]) => name), statement, rows: [] }];
    }),
  );
  let count = 0;
  return {
    waiting: () => count,
    write(name: TableName, row: object): void {
      tables.get(name)?.rows.push(row as Record<string, unknown>);
      count += 1;
    },
    async flush(client: pg.Client): Promise<void> {
      await client.query('begin');
      for (const table of tables.values()) {
        const { keys, statement } = table;
        for (let at = 0; at < table.rows.length; at += rowsPerStatement) {
          const rows = table.rows.slice(at, at + rowsPerStatement);
          await client.query(
            statement,
            keys.map((key) => rows.map((row) => toParameter(row[key]))),
          );
        }
        table.rows = [];
      }
      await client.query('commit');
      count = 0;
    },
  };
}

/** An array in an array would be taken for a dimension of it, so JSON goes as text. */
function toParameter(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  return JSON.stringify(value);
}
