// One history on either engine, as far as the engines can have the same: nobody ends the process at a commit or touches its files.
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { StepName } from '../plan/steps.ts';
import { runSeed, type Violation } from '../run/run-seed.ts';
import type { World } from '../world/world.ts';
import { type EndState, type ReadRows, readEndState } from './end-state.ts';

/** They end the process, or fill or replace its file, in ways of which each engine has its own; `scraper` and `stranger` read the file. */
const leftOut: ReadonlySet<StepName> = new Set(['killed', 'killedAgain', 'fullDisk', 'restore', 'scraper', 'stranger']);

/** Short and dense: a query costs a hundred times as much here as on SQLite, and idle minutes cost as many as busy ones. */
const span = { days: 1 / 48, pace: 24 } as const;
/** Checkouts have expired by then, and what was put back has been tried again; every third history lasts until its day is closed. */
const calmMs = (seed: number): Milliseconds => (seed % 3 === 0 ? 8 : 2) * hour;

export interface Ended {
  readonly state: EndState | undefined;
  readonly violations: readonly Violation[];
  readonly lines: readonly string[];
  readonly tookMs: number;
}

/** `url`: of an empty database of PostgreSQL; undefined: on SQLite. */
export async function runOnEngine(
  seed: number,
  { url, isLogKept = false }: { url?: string | undefined; isLogKept?: boolean },
): Promise<Ended> {
  let state: EndState | undefined;
  const atRest = async (world: World): Promise<void> => {
    state = await (url === undefined ? readSqlite(world) : readPostgres(url, world));
    await stopForGood(world);
  };
  const { violations, lines, tookMs } = await runSeed(seed, {
    ...span,
    isLogKept,
    variant: {
      environment: url === undefined ? {} : { DATABASE_URL: url },
      has: (step) => !leftOut.has(step),
      calmMs: calmMs(seed),
      atRest,
    },
  });
  return { state, violations, lines, tookMs };
}

/** In an orderly way, which closes its sessions. */
async function stopForGood({ operator, timeline }: World): Promise<void> {
  void operator.maintain(() => new Promise(() => undefined));
  await timeline.runUntil(timeline.now() + minute);
}

async function readSqlite(world: World): Promise<EndState> {
  const connection = world.disk.aside(() => new BetterSqlite3(world.disk.file, { readonly: true }));
  try {
    const rows: ReadRows = async (query) => connection.prepare<[], Record<string, unknown>>(query).all();
    return await readEndState(rows, world);
  } finally {
    connection.close();
  }
}

async function readPostgres(url: string, world: World): Promise<EndState> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await readEndState(async (query) => (await client.query<Record<string, unknown>>(query)).rows, world);
  } finally {
    await client.end();
  }
}
