// The product in a process of its own, composed as `npm start` composes it, on a database with an order for each webhook that will come:
// `product.ts PLAN`. It says once a second what waits in its queues and what it holds in memory.
import { once } from 'node:events';
import { openProduct } from '../drain/opened-product.ts';
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
const { app, payments } = await openProduct(plan);
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
