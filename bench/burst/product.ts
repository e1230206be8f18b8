// The product in a process of its own, composed as `npm start` composes it, with orders whose payments are open: `product.ts PLAN`.
import { createApp } from '#app/app.ts';
import { loadConfig } from '#config/load-config.ts';
import { openDatabase } from '#db/database/open-database.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { environmentOf } from '../drain/account.ts';
import { writeOrders } from '../drain/backlog.ts';

export interface BurstProduct {
  databaseUrl: string;
  outsideUrl: string;
  port: number;
  orders: number;
}

/** Said once the product serves. */
export interface Ready {
  payments: PaymentId[];
}

/** Said at the end. */
export interface Spent {
  processorMs: number;
}

const plan = JSON.parse(process.argv[2] ?? '') as BurstProduct;
const loaded = loadConfig({ ...environmentOf(plan), PORT: String(plan.port) }, { readFile: () => '' });
if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
const { config } = loaded;
const database = await openDatabase({ target: config.database });
await database.migrate();
const payments = await writeOrders(database, plan.orders);
await database.close();
const app = await createApp({ config });
await app.start();
let began = process.cpuUsage();
process.on('message', (word) => {
  if (word === 'begin') began = process.cpuUsage();
  else void end();
});
// Whoever measures is gone.
process.on('disconnect', () => process.exit());
process.send?.({ payments } satisfies Ready);

async function end(): Promise<void> {
  const { user, system } = process.cpuUsage(began);
  process.send?.({ processorMs: (user + system) / 1_000 } satisfies Spent);
  await app.stop();
  process.disconnect();
}
