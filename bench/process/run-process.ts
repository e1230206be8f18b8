// Cold start and idle memory: `node src/main.ts start` until /readyz says 200, then idle seconds.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { type Pinning, spawnServer } from '../cores.ts';
import { processorTimeMs, residentMegabytes } from '../process-figures.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { type BenchWorld, findFreePort, openBenchWorld } from './bench-world.ts';

export interface ProcessPlan {
  rounds: number;
  idleMs: number;
  pinning: Pinning;
  /** Without it each start has a new database. */
  databaseUrl?: string;
  onRun(run: ProcessRun): void;
}

export interface ProcessRun {
  liveMs: number;
  readyMs: number;
  /** The processor's time of all its threads until it was ready. */
  processorMs: number;
  idleMegabytes: number;
}

export interface ProcessFigures {
  /** The very first start, when Node has compiled nothing for this project yet. */
  first: ProcessRun;
  liveMs: Spread;
  readyMs: Spread;
  processorMs: Spread;
  idleMegabytes: Spread;
  runs: readonly ProcessRun[];
}

export const mainFile = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Node's own options in `npm start`: what is measured is what a user starts. */
export function startFlags(): string[] {
  return packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

const startMaxMs = 120_000;
const askEveryMs = 5;

export async function runProcess(plan: ProcessPlan): Promise<ProcessFigures> {
  const world = await openBenchWorld(plan);
  try {
    const first = await runOnce(world, { ...plan, idleMs: 0 });
    const runs: ProcessRun[] = [];
    for (let number = 1; number <= plan.rounds; number += 1) {
      const run = await runOnce(world, plan);
      runs.push(run);
      plan.onRun(run);
    }
    const spread = (pick: (run: ProcessRun) => number): Spread => spreadOf(runs.map(pick));
    return {
      first,
      liveMs: spread((run) => run.liveMs),
      readyMs: spread((run) => run.readyMs),
      processorMs: spread((run) => run.processorMs),
      idleMegabytes: spread((run) => run.idleMegabytes),
      runs,
    };
  } finally {
    await world.close();
  }
}

async function runOnce(world: BenchWorld, plan: { idleMs: number; pinning: Pinning }): Promise<ProcessRun> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const child = spawnServer([...startFlags(), mainFile, 'start'], {
    pinning: plan.pinning,
    options: { cwd: world.folder, env: world.environment(port), stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const lines: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const until = async (path: string): Promise<number> => {
      await awaitAnswer(`http://127.0.0.1:${port}${path}`, {
        isOver: () => child.exitCode !== null,
        instead: () => String(Buffer.concat(lines)),
      });
      return performance.now() - startedAt;
    };
    const liveMs = await until('/livez');
    const readyMs = await until('/readyz');
    const processorMs = processorTimeMs(child.pid ?? 0);
    await sleep(plan.idleMs);
    return { liveMs, readyMs, processorMs, idleMegabytes: residentMegabytes(child.pid ?? 0) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Asks until the process answers with success. */
export async function awaitAnswer(url: string, about: { isOver(): boolean; instead?(): string }): Promise<void> {
  const endsAt = performance.now() + startMaxMs;
  while (!about.isOver() && performance.now() < endsAt) {
    if (await answers(url)) return;
    await sleep(askEveryMs);
  }
  throw new Error(`the process did not answer ${url}: ${about.instead?.() ?? ''}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
