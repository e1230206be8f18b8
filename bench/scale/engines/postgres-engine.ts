import pg from 'pg';
import { type HistoryCopy, type HistoryEngine, nameOf } from './engine.ts';
import { makePostgresHistory } from './postgres-database.ts';

/** Histories are databases of the server that the URL leads to; its user may create databases. */
export function createPostgresEngine(serverUrl: string): HistoryEngine {
  const urlOf = (name: string): string => Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const run = (text: string): Promise<unknown[]> => queryAt(serverUrl, text);
  const drop = (name: string): Promise<unknown[]> => run(`drop database if exists "${name}" with (force)`);

  async function copyOf(name: string): Promise<HistoryCopy> {
    const copy = `${name}_in_use`;
    await drop(copy);
    await run(`create database "${copy}" template "${name}"`);
    return {
      databaseUrl: urlOf(copy),
      query: (text) => queryAt(urlOf(copy), text),
      run: async (text) => void (await queryAt(urlOf(copy), text)),
      remove: async () => void (await drop(copy)),
    };
  }

  return {
    name: 'postgres',
    async keep(plan) {
      const { name, stem } = nameOf('postgres', plan);
      const found = (await run(`select datname as name from pg_database where starts_with(datname, '${stem}')`)) as {
        name: string;
      }[];
      const isThere = found.some((one) => one.name === name);
      const startedAt = performance.now();
      if (!isThere) {
        for (const former of found) await drop(former.name);
        const partial = `${name}_partial`;
        await run(`create database "${partial}"`);
        await makePostgresHistory(plan, urlOf(partial));
        await run(`alter database "${partial}" rename to "${name}"`);
      }
      const madeInMs = isThere ? null : performance.now() - startedAt;
      const [size] = (await run(`select pg_database_size('${name}') as bytes`)) as [{ bytes: string }];
      return { madeInMs, bytes: Number(size.bytes), copy: () => copyOf(name) };
    },
  };
}

async function queryAt(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
