// The product in a process of its own, composed as `npm start` composes it, with orders whose payments are open: `product.ts PLAN`.
import type { PaymentId } from '#kernel/ids.ts';
import { openProduct } from '../drain/opened-product.ts';

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
const { app, payments } = await openProduct(plan);
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
