import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** An empty database for one round. */
export interface RoundDatabase {
  readonly url: string;
  remove(): Promise<void>;
}

/** A file in the folder for temporary files, or a database of the server that the URL leads to. */
export async function createRoundDatabase(serverUrl: string | undefined): Promise<RoundDatabase> {
  if (serverUrl === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-bench-'));
    return {
      url: `file:${join(folder, 'drain.db')}`,
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  }
  const name = `tillkeeper_drain_${process.pid}`;
  const drop = `drop database if exists "${name}" with (force)`;
  await run(serverUrl, [drop, `create database "${name}"`]);
  return {
    url: Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href,
    remove: () => run(serverUrl, [drop]),
  };
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of statements) await client.query(text);
  } finally {
    await client.end();
  }
}
