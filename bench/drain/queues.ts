// The queues as they are on disk, read beside the product and not through it.
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';

export interface Queues {
  waiting(): Promise<number>;
  totals(): Promise<{ outboxRows: number; deadLetters: number }>;
  close(): Promise<void>;
}

const waiting = ['inbox_events', 'outbox_messages']
  .map((table) => `(select count(*) from ${table} where processed_at is null and abandoned_at is null)`)
  .join(' + ');
const dead = ['inbox_events', 'outbox_messages']
  .map((table) => `(select count(*) from ${table} where abandoned_at is not null and processed_at is null)`)
  .join(' + ');

export async function openQueues(databaseUrl: string): Promise<Queues> {
  const { ask, close } = databaseUrl.startsWith('file:')
    ? askSqlite(databaseUrl.slice('file:'.length))
    : await askPostgres(databaseUrl);
  return {
    waiting: () => ask(`select ${waiting} as value`),
    totals: async () => ({
      outboxRows: await ask('select count(*) as value from outbox_messages'),
      deadLetters: await ask(`select ${dead} as value`),
    }),
    close,
  };
}

interface Asking {
  ask(text: string): Promise<number>;
  close(): Promise<void>;
}

function askSqlite(file: string): Asking {
  const connection = new BetterSqlite3(file, { readonly: true });
  return {
    ask: async (text) => Number((connection.prepare(text).get() as { value: number }).value),
    close: async () => void connection.close(),
  };
}

async function askPostgres(url: string): Promise<Asking> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    ask: async (text) => Number((await client.query<{ value: string }>(text)).rows[0]?.value),
    close: () => client.end(),
  };
}
