import type { Database } from '#kernel/database.ts';
import type { OrderStores } from './order-store.ts';

/** Keeps others waiting for some milliseconds. */
const perTransaction = 100;

/** Makes the orders of an earlier release searchable by parts of their text, the newest first. How many; none when all are. */
export async function indexOrders(
  deps: { database: Database<Pick<OrderStores, 'orders'>> },
  input: { limit: number; signal: AbortSignal },
): Promise<{ indexed: number }> {
  let indexed = 0;
  while (indexed < input.limit && !input.signal.aborted) {
    const done = await deps.database.transaction(({ orders }) => orders.indexOrders({ limit: perTransaction }));
    indexed += done;
    if (done < perTransaction) break;
  }
  return { indexed };
}
