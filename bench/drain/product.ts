// The product in a process of its own, composed as `npm start` composes it, on a database that holds a backlog: `product.ts PLAN`.
// Twice: first on a small backlog, by which the machine code is made, and then on the one that counts. The parent says when the
// shop has heard everything.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '#app/app.ts';
import { type Config, loadConfig } from '#config/load-config.ts';
import { openDatabase } from '#db/database/open-database.ts';
import { environmentOf } from './account.ts';
import { storeBacklog } from './backlog.ts';
import { type Counted, countStatements } from './count-statements.ts';
import { openQueues, type Queues } from './queues.ts';

export interface ProductPlan {
  databaseUrl: string;
  outsideUrl: string;
  /** Each is a backlog that is drained by a product of its own; the last is the one that counts. */
  backlogs: readonly number[];
  isCounted: boolean;
}

/** What it took from the start of the product until nothing waited in any queue. */
export interface Drained {
  ms: number;
  processorMs: number;
  /** Of the one thread that runs the product; the rest is that of the garbage collector and the compiler. */
  threadMs: number;
  /** The share of the time in which the event loop was not waiting. */
  busyShare: number;
  outboxRows: number;
  deadLetters: number;
  residentMegabytes: number;
  /** Null in a round that is timed. */
  counted: Counted | null;
}

/** So soon is looked again whether something waits still. */
const lookEveryMs = 10;
const settleMaxMs = 30_000;

const plan = JSON.parse(process.argv[2] ?? '') as ProductPlan;
const loaded = loadConfig(environmentOf(plan), { readFile: () => '' });
if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
const counting = plan.isCounted ? countStatements() : undefined;
for (const events of plan.backlogs) process.send?.({ events, drained: await drain(loaded.config, events) });
process.disconnect();

async function drain(config: Config, events: number): Promise<Drained> {
  await fill(config, events);
  const queues = await openQueues(plan.databaseUrl);
  const { outboxRows } = await queues.totals();
  const app = await createApp({ config });
  const startedAt = performance.now();
  const [processor, thread, loop] = [process.cpuUsage(), process.threadCpuUsage(), performance.eventLoopUtilization()];
  counting?.begin();
  await app.start();
  process.send?.({ begun: events });
  await once(process, 'message');
  await untilSettled(queues);
  const ms = performance.now() - startedAt;
  const used = process.cpuUsage(processor);
  const usedByThread = process.threadCpuUsage(thread);
  const busyShare = performance.eventLoopUtilization(loop).utilization;
  const counted = counting?.end() ?? null;
  const residentMegabytes = process.memoryUsage.rss() / 2 ** 20;
  await app.stop();
  const after = await queues.totals();
  await queues.close();
  return {
    ms,
    processorMs: (used.user + used.system) / 1_000,
    threadMs: (usedByThread.user + usedByThread.system) / 1_000,
    busyShare,
    outboxRows: after.outboxRows - outboxRows,
    deadLetters: after.deadLetters,
    residentMegabytes,
    counted,
  };
}

async function fill(config: Config, events: number): Promise<void> {
  const database = await openDatabase({ target: config.database });
  try {
    await database.migrate();
    await storeBacklog(database, { events, providers: config.providers });
  } finally {
    await database.close();
  }
}

/** The shop has the last event before the worker has noted that, and cards of orders go their own way. */
async function untilSettled(queues: Queues): Promise<void> {
  const until = performance.now() + settleMaxMs;
  while ((await queues.waiting()) > 0) {
    if (performance.now() > until) throw new Error(`${await queues.waiting()} messages wait still`);
    await sleep(lookEveryMs);
  }
}
