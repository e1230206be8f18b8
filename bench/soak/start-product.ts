import { once } from 'node:events';
import type { PaymentId } from '#kernel/ids.ts';
import { type Pinning, spawnServer } from '../cores.ts';
import { createRoundDatabase } from '../drain/databases.ts';
import { type Outside, startOutside } from '../drain/outside.ts';
import { findFreePort } from '../process/bench-world.ts';
import { startFlags } from '../process/run-process.ts';
import type { Soaked, SoakedPlan } from './product.ts';

export interface SoakedProduct {
  readonly port: number;
  /** Of the orders that were there before it was started. */
  readonly payments: readonly PaymentId[];
  readonly outside: Outside;
  /** What it said of itself last, within a second or so. */
  seen(): Soaked;
  /** Rejects when the product ends before the work does. */
  whileItLives<Result>(work: Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/** On SQLite, and with provider, shop and Telegram in this process. */
export async function startProduct(plan: {
  orders: number;
  pinning: Pinning;
  nodeOptions: readonly string[];
}): Promise<SoakedProduct> {
  const outside = await startOutside();
  const database = await createRoundDatabase(undefined);
  const port = await findFreePort();
  const product: SoakedPlan = { databaseUrl: database.url, outsideUrl: outside.url, port, orders: plan.orders };
  const script = new URL('./product.ts', import.meta.url).pathname;
  const child = spawnServer([...startFlags(), ...plan.nodeOptions, script, JSON.stringify(product)], {
    pinning: plan.pinning,
    options: { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  });
  const ended = once(child, 'exit');
  const died = ended.then(([code]) => Promise.reject(new Error(`the product ended with ${code}`)));
  died.catch(() => undefined);
  const stop = async (): Promise<void> => {
    // It ends by itself, so that a profile is written where one was asked for.
    if (child.connected) child.send('over');
    await ended;
    await outside.stop();
    await database.remove();
  };
  const [{ payments }] = (await Promise.race([once(child, 'message'), died])) as [{ payments: PaymentId[] }];
  let last: Soaked = { waiting: 0, megabytes: 0, processorMs: 0 };
  child.on('message', ({ soaked }: { soaked: Soaked }) => {
    last = soaked;
  });
  return { port, payments, outside, seen: () => last, whileItLives: (work) => Promise.race([work, died]), stop };
}
