import { openDatabase } from '#db/database/open-database.ts';
import type { DatabaseTarget } from '#db/engine/open-options.ts';
import { minute, second } from '#kernel/clock.ts';
import type { OutboxMessage } from '#messaging/queues/messaging-store.ts';
import { createWorker } from '#messaging/workers/worker.ts';
import { tools } from '../../tools.ts';
import type { OpenedQueue, QueuePlan } from '../contestants.ts';
import { fileOf, openCounting } from './counting.ts';

const addedAtOnce = 1_000;
const lane = 'shop';

export async function openTillkeeper({ databaseUrl, concurrency, onHandled }: QueuePlan): Promise<OpenedQueue> {
  const target: DatabaseTarget = databaseUrl.startsWith('file:')
    ? { engine: 'sqlite', file: fileOf(databaseUrl) }
    : { engine: 'postgres', url: databaseUrl };
  const database = await openDatabase({ target });
  await database.migrate();
  const counting = await openCounting(databaseUrl);
  type Stores = Parameters<Parameters<typeof database.transaction>[0]>[0];
  const worker = createWorker<OutboxMessage, Stores>(
    { ...tools, database, instanceId: database.holder },
    {
      name: 'outbox:shop',
      ...{ lane, concurrency },
      queueOf: (stores) => stores.outbox,
      async handle() {
        onHandled();
        return { kind: 'done', outcome: 'told' };
      },
      onAbandoned: async () => undefined,
      policy: { firstDelayMs: second, delayMaxMs: minute, attemptsMax: 3 },
      attemptTimeoutMs: minute,
      sweepMs: second,
    },
  );
  return {
    async add(jobs) {
      for (let added = 0; added < jobs; added += addedAtOnce) {
        const count = Math.min(addedAtOnce, jobs - added);
        await database.transaction(async ({ outbox }) => {
          for (let index = 0; index < count; index += 1) await outbox.enqueue(messageOf(tools.ids.newId()));
        });
      }
    },
    async start() {
      void worker.start();
    },
    unsettled: () => counting.count('select count(*) as value from outbox_messages where processed_at is null'),
    async stop() {
      await worker.stop();
      await counting.close();
      await database.close();
    },
  };
}

function messageOf(id: string) {
  const now = tools.clock.now();
  const times = { receivedAt: now, availableAt: now };
  return { id, ...times, key: `job:${id}`, topic: 'shop.event', lane, priority: 1, payload: { job: id } };
}
