// One queue in a process of its own: `worker-process.ts PLAN`. Twice: first a few jobs, by which the machine code is made, and then
// those that count.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContestantName, OpenedQueue, QueuePlan } from './contestants.ts';
import { openGraphileWorker } from './queues/graphile-worker.ts';
import { openPgBoss } from './queues/pg-boss.ts';
import { openPlainjob } from './queues/plainjob.ts';
import { openTillkeeper } from './queues/tillkeeper.ts';

export interface ProcessPlan {
  name: ContestantName;
  databaseUrl: string;
  concurrency: number;
  warmUp: number;
  jobs: number;
}

/** What it took from the start of the workers until all was settled on disk. */
export interface Worked {
  ms: number;
  processorMs: number;
}

const open: Record<ContestantName, (plan: QueuePlan) => Promise<OpenedQueue>> = {
  'tillkeeper-sqlite': openTillkeeper,
  'tillkeeper-postgres': openTillkeeper,
  plainjob: openPlainjob,
  'graphile-worker': openGraphileWorker,
  'pg-boss': openPgBoss,
};
const workMaxMs = 120_000;
const lookEveryMs = 2;

const plan = JSON.parse(process.argv[2] ?? '') as ProcessPlan;
await work(plan.warmUp);
process.send?.({ isReady: true });
await once(process, 'message');
process.send?.(await work(plan.jobs));
process.disconnect();

/** A queue that was opened anew has its statements and connections still to make, as after a start of the product. */
async function work(jobs: number): Promise<Worked> {
  let handled = 0;
  const handledAll = Promise.withResolvers<void>();
  const onHandled = (): void => {
    handled += 1;
    if (handled === jobs) handledAll.resolve();
  };
  const queue = await open[plan.name]({ ...plan, onHandled });
  await queue.add(jobs);
  const [startedAt, processor] = [performance.now(), process.cpuUsage()];
  await queue.start();
  const until = startedAt + workMaxMs;
  const late = sleep(workMaxMs, undefined, { ref: false }).then(() => {
    throw new Error(`${plan.name} did not handle ${jobs} jobs within ${workMaxMs} ms`);
  });
  await Promise.race([handledAll.promise, late]);
  while ((await queue.unsettled()) > 0 && performance.now() < until) await sleep(lookEveryMs);
  const ms = performance.now() - startedAt;
  const used = process.cpuUsage(processor);
  if (handled !== jobs) throw new Error(`${plan.name} handled ${handled} of ${jobs} jobs`);
  await queue.stop();
  return { ms, processorMs: (used.user + used.system) / 1_000 };
}
