// One round of one server: a fresh process, a fresh database file, load, and the count of what was really stored.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { type Pinning, spawnServer } from '../cores.ts';
import { processorTimeMs } from '../process-figures.ts';
import { type ContestantName, contestants } from './contestants.ts';
import { type Deliveries, endless } from './deliveries.ts';
import { type LoadResult, runLoad } from './load.ts';

export interface RoundInput {
  name: ContestantName;
  /** A migrated, empty database to copy. */
  template: string;
  deliveries: Deliveries;
  pinning: Pinning;
  connections: number;
  warmUpMs: number;
  measureMs: number;
  /** For Node, for example `--cpu-prof`. */
  nodeOptions: readonly string[];
}

export interface RoundResult extends LoadResult {
  /** Rows in the inbox afterwards. */
  stored: number;
  /** Processor time of the server for one request. */
  processorMicros: number;
  /** The same of the load generator: what it could answer for at most is the inverse. */
  generatorMicros: number;
}

const startMaxMs = 10_000;

export async function runRound(input: RoundInput): Promise<RoundResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-bench-'));
  try {
    const file = join(folder, 'bench.db');
    copyFileSync(input.template, file);
    return await loadServer(input, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadServer(input: RoundInput, file: string): Promise<RoundResult> {
  const server = await startServer(input, file);
  try {
    const marks: { server: number; generator: number }[] = [];
    const { connections, warmUpMs, measureMs } = input;
    const deliveries = contestants[input.name].storesRows ? input.deliveries : endless(input.deliveries);
    const onMark = (): void => {
      marks.push({ server: processorTimeMs(server.pid), generator: processorTimeMs(process.pid) });
    };
    const load = await runLoad({ port: server.port, connections, warmUpMs, measureMs, deliveries, onMark });
    await server.stop();
    const stored = countStored(file);
    checkRound(input.name, { ...load, stored });
    const [from, to] = marks;
    if (from === undefined || to === undefined) throw new Error(`${input.name}: the round ended before its marks`);
    const perRequest = (ms: number): number => (ms * 1000) / load.measured;
    return {
      ...load,
      stored,
      processorMicros: perRequest(to.server - from.server),
      generatorMicros: perRequest(to.generator - from.generator),
    };
  } finally {
    await server.stop();
  }
}

async function startServer(input: RoundInput, file: string) {
  const script = new URL('./server.ts', import.meta.url).pathname;
  const child = spawnServer([...input.nodeOptions, script, input.name, file], {
    pinning: input.pinning,
    options: { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${input.name} did not start`)), startMaxMs);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve((message as { port: number }).port);
    });
    child.once('exit', (code) => reject(new Error(`${input.name} ended with ${code} before it listened`)));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${input.name} has no process`);
  return {
    port,
    // taskset becomes the server: it has the same process id.
    pid,
    async stop() {
      if (child.connected) child.send('end');
      await ended;
    },
  };
}

function countStored(file: string): number {
  const connection = new BetterSqlite3(file, { readonly: true });
  try {
    return connection.prepare('select count(*) from inbox_events').pluck().get() as number;
  } finally {
    connection.close();
  }
}

/** A figure of a server that lost or refused something is worth nothing. */
function checkRound(name: ContestantName, result: { accepted: number; refused: number; stored: number }): void {
  const expected = contestants[name].storesRows ? result.accepted : 0;
  if (result.refused > 0) throw new Error(`${name} refused ${result.refused} of its deliveries`);
  if (result.stored !== expected) throw new Error(`${name} stored ${result.stored} of ${expected} accepted deliveries`);
}
