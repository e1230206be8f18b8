// What is owed to the shop: events of orders that it has not taken.
import { type Clock, type Milliseconds, second } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { MessagingStores, UntoldCount, UntoldOrder } from './messaging-store.ts';

type OutboxOnly = Pick<MessagingStores, 'outbox'>;

/** An event that has not waited for so long is being sent for the first time, or again after a failure or two. */
export const untoldAfterMs: Milliseconds = 100 * second;
/** More are not listed. */
const untoldMax = 10_000;

/** Orders of which the shop has not heard all for a while, the longest untold first. */
export function listUntoldOrders(
  stores: OutboxOnly,
  { clock, ...wanted }: { clock: Pick<Clock, 'now'>; orderId?: string },
): Promise<UntoldOrder[]> {
  return stores.outbox.listUntoldOrders({ ...wanted, before: clock.now() - untoldAfterMs, limit: untoldMax });
}

/** How many they are, for screens that name none of them. */
export function countUntoldOrders({
  database,
  clock,
}: {
  database: Database<OutboxOnly>;
  clock: Clock;
}): Promise<UntoldCount> {
  return database.read(({ outbox }) => outbox.countUntoldOrders({ before: clock.now() - untoldAfterMs }));
}
