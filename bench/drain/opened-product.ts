import { type App, createApp } from '#app/app.ts';
import { loadConfig } from '#config/load-config.ts';
import { openDatabase } from '#db/database/open-database.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { environmentOf } from './account.ts';
import { writeOrders } from './backlog.ts';

/** Composed and started as `npm start` does it, on a database with so many orders whose payments are open. */
export async function openProduct(plan: {
  databaseUrl: string;
  outsideUrl: string;
  port: number;
  orders: number;
}): Promise<{ app: App; payments: PaymentId[] }> {
  const loaded = loadConfig({ ...environmentOf(plan), PORT: String(plan.port) }, { readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.faults.join('\n'));
  const { config } = loaded;
  const database = await openDatabase({ target: config.database });
  await database.migrate();
  const payments = await writeOrders(database, plan.orders);
  await database.close();
  const app = await createApp({ config });
  await app.start();
  return { app, payments };
}
