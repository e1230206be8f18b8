import { setImmediate } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { better, defineQueue, defineWorker } from 'plainjob';
import type { OpenedQueue, QueuePlan } from '../contestants.ts';
import { fileOf, openCounting } from './counting.ts';

const type = 'job';
const silent = { error: console.error, warn: console.warn, info: () => undefined, debug: () => undefined };

export async function openPlainjob({ databaseUrl, concurrency, onHandled }: QueuePlan): Promise<OpenedQueue> {
  const connection = better(new BetterSqlite3(fileOf(databaseUrl)));
  const queue = defineQueue({ connection, logger: silent });
  // It chooses NORMAL, by which the last commits before a power cut are lost.
  connection.pragma('synchronous = FULL');
  const counting = await openCounting(databaseUrl);
  // One works on its jobs one by one.
  const workers = Array.from({ length: concurrency }, () =>
    defineWorker(
      type,
      async () => {
        onHandled();
        // Its loop never waits for anything else: without this nothing of the process would run until the queue is empty.
        await setImmediate();
      },
      { queue, logger: silent, pollIntervall: 10 },
    ),
  );
  return {
    async add(jobs) {
      queue.addMany(
        type,
        Array.from({ length: jobs }, (_, job) => ({ job })),
      );
    },
    async start() {
      for (const worker of workers) void worker.start();
    },
    // Its status of a job that is done is 2.
    unsettled: () => counting.count('select count(*) as value from plainjob_jobs where status <> 2'),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await counting.close();
      queue.close();
    },
  };
}
