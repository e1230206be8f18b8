// The product in a process of its own, composed as `npm start` composes it, on a database with an order for each webhook that will come:
// `product.ts PLAN`. It says once a second what waits in its queues and what it holds in memory.
import { once } from 'node:events';
import { createApp } from '#app/app.ts';
import { loadConfig } from '#config/load-config.ts';
import { openDatabase } from '#db/database/open-database.ts';
import { environmentOf } from '../drain/account.ts';
import { writeOrders } from '../drain/backlog.ts';
import { openQueues } from '../drain/queues.ts';

export interface SoakedPlan {
  databaseUrl: string;
  outsideUrl: string;
  port: number;
  orders: number;
}

export interface Soaked {
  waiting: number;
  megabytes: number;
  processorMs: number;
}

const sayEveryMs = 1_000;

const plan = JSON.parse(process.argv[2] ?? '') as SoakedPlan;
const loaded = loadConfig({ ...environmentOf(plan), PORT: String(plan.port) }, { readFile: () => '' });
if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
const { config } = loaded;
const database = await openDatabase({ target: config.database });
await database.migrate();
const payments = await writeOrders(database, plan.orders);
await database.close();
const app = await createApp({ config });
await app.start();
const queues = await openQueues(plan.databaseUrl);
process.send?.({ payments });
const timer = setInterval(async () => {
  const { user, system } = process.cpuUsage();
  const megabytes = process.memoryUsage.rss() / 2 ** 20;
  const soaked: Soaked = { waiting: await queues.waiting(), megabytes, processorMs: (user + system) / 1_000 };
  process.send?.({ soaked });
}, sayEveryMs);
await once(process, 'message');
clearInterval(timer);
await app.stop();
await queues.close();
process.disconnect();
