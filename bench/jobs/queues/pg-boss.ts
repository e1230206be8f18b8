import { PgBoss } from 'pg-boss';
import type { OpenedQueue, QueuePlan } from '../contestants.ts';
import { openCounting } from './counting.ts';

const queue = 'job';
const addedAtOnce = 1_000;

/** Two of its workers, each with half of the jobs: while one settles its batch, the other works. */
export async function openPgBoss({ databaseUrl, concurrency, onHandled }: QueuePlan): Promise<OpenedQueue> {
  const boss = new PgBoss({ connectionString: databaseUrl, schedule: false });
  boss.on('error', console.error);
  await boss.start();
  await boss.createQueue(queue);
  const counting = await openCounting(databaseUrl);
  return {
    async add(jobs) {
      for (let added = 0; added < jobs; added += addedAtOnce) {
        const count = Math.min(addedAtOnce, jobs - added);
        await boss.insert(
          queue,
          Array.from({ length: count }, (_, index) => ({ data: { job: index } })),
        );
      }
    },
    async start() {
      const batchSize = Math.max(2, Math.ceil(concurrency / 2));
      const options = { batchSize, localConcurrency: 2, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
      await boss.work(queue, options, async (jobs) => {
        for (const _ of jobs) onHandled();
      });
    },
    unsettled: () => counting.count("select count(*) as value from pgboss.job where state <> 'completed'"),
    async stop() {
      await boss.stop({ graceful: true, timeout: 5_000 });
      await counting.close();
    },
  };
}
