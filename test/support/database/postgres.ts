// A real PostgreSQL for tests: its own cluster in a temporary folder, on loopback and a free port, deleted with the test.
// A machine without PostgreSQL fails these tests; it never skips them.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openDatabase } from '#db/database/open-database.ts';
import type { OpenDatabase, OpenOptions } from '#db/engine/open-options.ts';
import { findFreePort } from '../process/free-port.ts';

const programs = '/usr/lib/postgresql/15/bin';
const readyMaxMs = 20_000;
const template = 'tillkeeper_template';

export interface TestPostgres {
  /** A new database with the present schema, or with none; its URL. */
  createDatabase(schema?: 'present' | 'none'): Promise<string>;
  /** The database that is there from the start. */
  readonly url: string;
  /** Of its first process, whose children the others are. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root, so as root it is run as the user that Debian's package makes. */
const asServerUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

function run(command: string[]): void {
  const [program = '', ...rest] = [...asServerUser, ...command];
  execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function launch(folder: string, { port, isDurable }: { port: number; isDurable: boolean }): ChildProcess {
  const syncs = isDurable ? 'on' : 'off';
  // Standard input is a pipe of ours: when it closes, even because this process was killed, server and folder go.
  const script = `"$1/postgres" -D "$2/data" -p "$3" -k "" -c listen_addresses=127.0.0.1 -c fsync=${syncs} \
    -c full_page_writes=${syncs} -c max_connections=60 >"$2/log" 2>&1 & read -r _; kill -QUIT $!; wait; rm -rf "$2"`;
  const [program = '', ...rest] = [...asServerUser, 'sh', '-c', script, 'sh', programs, folder, String(port)];
  return spawn(program, rest, { stdio: ['pipe', 'ignore', 'ignore'] });
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function waitUntilReady(url: string, folder: string): Promise<void> {
  const end = Date.now() + readyMaxMs;
  for (;;) {
    try {
      await query(url, 'select 1');
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw new Error(`PostgreSQL did not start: ${readFileSync(join(folder, 'log'), 'utf8')}`, { cause: error });
      }
      await sleep(50);
    }
  }
}

/** `isDurable`: commits are synced to the disk, which tests do not wait for. */
export async function startPostgres({ isDurable = false } = {}): Promise<TestPostgres> {
  if (!existsSync(join(programs, 'postgres'))) {
    throw new Error(`PostgreSQL 15 is not in ${programs}: install Debian's package postgresql-15`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-postgres-'));
  if (asServerUser.length > 0) execFileSync('chown', ['postgres', folder]);
  run([
    join(programs, 'initdb'),
    '-D',
    join(folder, 'data'),
    '-U',
    'tillkeeper',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ]);
  const port = await findFreePort();
  const server = launch(folder, { port, isDurable });
  const stopped = new Promise((resolve) => server.once('exit', resolve));
  const urlOf = (name: string): string => `postgres://tillkeeper@127.0.0.1:${port}/${name}`;
  await waitUntilReady(urlOf('postgres'), folder);
  await query(urlOf('postgres'), `create database ${template}`);
  const database = await openDatabase({ target: { engine: 'postgres', url: urlOf(template) } });
  await database.migrate();
  await database.close();

  let made = 0;
  return {
    url: urlOf('postgres'),
    pid: Number.parseInt(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10),
    async createDatabase(schema = 'present') {
      made += 1;
      const name = `test_${made}`;
      await query(
        urlOf('postgres'),
        `create database ${name} template ${schema === 'present' ? template : 'template0'}`,
      );
      return urlOf(name);
    },
    async stop() {
      server.stdin?.end();
      await stopped;
    },
  };
}

export interface TestPostgresDatabase {
  database: OpenDatabase;
  url: string;
  remove(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The same as `openTestDatabase`, on a server that was started before. */
export async function openTestPostgres(
  server: TestPostgres,
  options: Omit<OpenOptions, 'target'> = {},
): Promise<TestPostgresDatabase> {
  const url = await server.createDatabase();
  const database = await openDatabase({ ...options, target: { engine: 'postgres', url } });
  const remove = (): Promise<void> => database.close();
  return { database, url, remove, [Symbol.asyncDispose]: remove };
}
