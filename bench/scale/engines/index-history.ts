import { openDatabase } from '#db/database/open-database.ts';
import type { OpenOptions } from '#db/engine/open-options.ts';
import { indexOrders } from '#orders/index-orders.ts';

/** For a history that was written past the product: all of its orders have yet to be made searchable. */
export const markUnindexed =
  "update counters set value = (select coalesce(max(number) + 1, 0) from orders) where name = 'order_trigrams_from'";

/** Makes them so by the verb of the job that does it after an update from an earlier release. */
export async function indexHistory(target: OpenOptions['target']): Promise<void> {
  const database = await openDatabase({ target });
  try {
    await indexOrders({ database }, { limit: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal });
  } finally {
    await database.close();
  }
}
