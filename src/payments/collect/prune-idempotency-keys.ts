import type { Clock } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { OrderStores } from '#orders/order-store.ts';
import { idempotencyKeptMs } from './place-order.ts';

/** Forgets the keys of requests that nobody repeats any more, at most `limit`; how many went. */
export async function pruneIdempotencyKeys(
  deps: { database: Database<OrderStores>; clock: Clock },
  input: { limit: number },
): Promise<{ deleted: number }> {
  const before = deps.clock.now() - idempotencyKeptMs;
  const deleted = await deps.database.transaction((stores) => stores.idempotency.prune({ before, limit: input.limit }));
  return { deleted };
}
