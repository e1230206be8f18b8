import { createCountDays } from '#accounting/daily-sums/count-days.ts';
import { openDatabase } from '#db/database/open-database.ts';
import type { OpenOptions } from '#db/engine/open-options.ts';
import { createClock, systemClock } from '#kernel/clock.ts';
import { indexOrders } from '#orders/index-orders.ts';
import { endsAt } from '../history/period.ts';

/** For a history that was written past the product: all of its orders have yet to be made searchable. */
export const markUnindexed =
  "update counters set value = (select coalesce(max(number) + 1, 0) from orders) where name = 'order_trigrams_from'";

/** Makes them so, and counts their days ahead, by the verbs of the jobs that do it after an update from an earlier release. */
export async function indexHistory(target: OpenOptions['target']): Promise<void> {
  const database = await openDatabase({ target });
  try {
    const { signal } = new AbortController();
    await indexOrders({ database }, { limit: Number.MAX_SAFE_INTEGER, signal });
    const clock = createClock({ now: () => endsAt, elapsed: systemClock.elapsed });
    await createCountDays({ database, clock }, { timeZone: 'UTC' })(signal);
  } finally {
    await database.close();
  }
}
