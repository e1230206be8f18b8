// What a job costs that does nothing: our queue beside others, in turns, each with an empty database and a process of its own. A job
// counts once it is settled on disk, so all commits are synced.
import { once } from 'node:events';
import { startPostgres } from '#test/support/database/postgres.ts';
import { type Pinning, spawnServer } from '../cores.ts';
import { createRoundDatabase } from '../drain/databases.ts';
import { familyProcessorTimeMs } from '../process-figures.ts';
import { type ContestantName, contestants } from './contestants.ts';
import type { ProcessPlan, Worked } from './worker-process.ts';

export interface JobsPlan {
  names: readonly ContestantName[];
  jobs: number;
  warmUp: number;
  concurrency: number;
  rounds: number;
  pinning: Pinning;
  nodeOptions: readonly string[];
  onRound(round: JobsRound): void;
}

export interface JobsRound extends Worked {
  name: ContestantName;
  jobs: number;
  /** Of PostgreSQL; null on SQLite, which is part of the process. */
  serverProcessorMs: number | null;
}

export async function runJobs(plan: JobsPlan): Promise<JobsRound[]> {
  const rounds: JobsRound[] = [];
  const isPostgresWanted = plan.names.some((name) => contestants[name].engine === 'postgres');
  const server = isPostgresWanted ? await startPostgres({ isDurable: true }) : undefined;
  try {
    for (let number = 1; number <= plan.rounds; number += 1) {
      for (const name of plan.names) {
        const isPostgres = contestants[name].engine === 'postgres';
        const round = await runRound(plan, { name, server: isPostgres ? server : undefined });
        plan.onRound(round);
        rounds.push(round);
      }
    }
  } finally {
    await server?.stop();
  }
  return rounds;
}

type Server = Awaited<ReturnType<typeof startPostgres>>;

async function runRound(
  { jobs, warmUp, concurrency, pinning, nodeOptions }: JobsPlan,
  { name, server }: { name: ContestantName; server: Server | undefined },
): Promise<JobsRound> {
  const database = await createRoundDatabase(server?.url);
  const plan: ProcessPlan = { name, databaseUrl: database.url, concurrency, warmUp, jobs };
  const script = new URL('./worker-process.ts', import.meta.url).pathname;
  const child = spawnServer(['--max-semi-space-size=4', ...nodeOptions, script, JSON.stringify(plan)], {
    pinning,
    options: { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`)));
  failed.catch(() => undefined);
  try {
    await Promise.race([once(child, 'message'), failed]);
    const before = server === undefined ? null : familyProcessorTimeMs(server.pid);
    child.send('go');
    const [worked] = (await Promise.race([once(child, 'message'), failed])) as [Worked];
    const after = server === undefined ? null : familyProcessorTimeMs(server.pid);
    return { name, jobs, ...worked, serverProcessorMs: before === null || after === null ? null : after - before };
  } finally {
    // An ordinary exit, so that a profile is written when one was asked for.
    await failed.catch(() => undefined);
    await database.remove();
  }
}
