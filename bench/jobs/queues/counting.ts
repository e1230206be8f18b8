// Counts beside the queue, through a connection of its own: what it sees is committed.
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';

export interface Counting {
  count(text: string): Promise<number>;
  close(): Promise<void>;
}

export function fileOf(databaseUrl: string): string {
  return databaseUrl.slice('file:'.length);
}

export async function openCounting(databaseUrl: string): Promise<Counting> {
  if (databaseUrl.startsWith('file:')) {
    const connection = new BetterSqlite3(fileOf(databaseUrl), { readonly: true });
    return {
      count: async (text) => Number((connection.prepare(text).get() as { value: number }).value),
      close: async () => void connection.close(),
    };
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    count: async (text) => Number((await client.query<{ value: string }>(text)).rows[0]?.value),
    close: () => client.end(),
  };
}
