import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker';
import type { OpenedQueue, QueuePlan } from '../contestants.ts';
import { openCounting } from './counting.ts';

const identifier = 'job';
const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message);
});
const addedAtOnce = 1_000;

/** With what its documentation advises for speed: a local queue, and ends of jobs that are stored together. */
export async function openGraphileWorker({ databaseUrl, concurrency, onHandled }: QueuePlan): Promise<OpenedQueue> {
  const adding = await makeWorkerUtils({ connectionString: databaseUrl, logger });
  await adding.migrate();
  const counting = await openCounting(databaseUrl);
  let runner: Runner | undefined;
  return {
    async add(jobs) {
      for (let added = 0; added < jobs; added += addedAtOnce) {
        const count = Math.min(addedAtOnce, jobs - added);
        await adding.addJobs(Array.from({ length: count }, (_, index) => ({ identifier, payload: { job: index } })));
      }
    },
    async start() {
      runner = await run({
        connectionString: databaseUrl,
        logger,
        noHandleSignals: true,
        concurrency,
        preset: { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, maxPoolSize: concurrency + 2 } },
        taskList: { [identifier]: async () => onHandled() },
      });
    },
    // It deletes what is done.
    unsettled: () => counting.count('select count(*) as value from graphile_worker._private_jobs'),
    async stop() {
      await runner?.stop();
      await adding.release();
      await counting.close();
    },
  };
}
