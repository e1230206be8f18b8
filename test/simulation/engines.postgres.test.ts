import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../support/database/postgres.ts';

// In a process of their own: a history replaces the timers and clocks of the process that it runs in.
const program = fileURLToPath(new URL('./engines/print-end-states.ts', import.meta.url));
const run = promisify(execFile);

/** A minute of them. In 102, 108 and 118 a process ends with work in hand. */
const seeds = [22, 26, 27, 28, 29, 30, 102, 106, 108, 115, 118, 20_261_201_001];

interface Ended {
  seed: number;
  sqlite: { state: { orders: object }; violations: unknown[] };
  postgres: unknown;
  parted: string[];
}

let server: TestPostgres;
const ended = new Map<number, Ended>();

beforeAll(async () => {
  server = await startPostgres();
  const words: string[] = [];
  for (const seed of seeds) words.push(`${seed}=${await server.createDatabase('none')}`);
  const { stdout } = await run(process.execPath, [program, ...words], { maxBuffer: 2 ** 26 });
  for (const line of stdout.trim().split('\n')) {
    const one: Ended = JSON.parse(line);
    ended.set(one.seed, one);
  }
}, 300_000);
afterAll(() => server.stop());

test.each(seeds)('seed %i ends in the same state on SQLite and on PostgreSQL', (seed) => {
  const one = ended.get(seed);
  expect(one?.postgres).toBeDefined();
  expect(one?.postgres).toEqual(one?.sqlite);
});

test.each(seeds)('seed %i goes the same way on SQLite and on PostgreSQL', (seed) => {
  expect(ended.get(seed)?.parted).toEqual([]);
});

test.each(seeds)('seed %i comes to an end that has something to compare', (seed) => {
  const one = ended.get(seed);
  expect(one?.sqlite.violations).toEqual([]);
  expect(Object.keys(one?.sqlite.state.orders ?? {})).not.toEqual([]);
});
