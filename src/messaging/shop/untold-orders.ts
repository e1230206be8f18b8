import { type Clock, type Milliseconds, second } from '#kernel/clock.ts';
import type { MessagingStores, UntoldOrder } from '../queues/messaging-store.ts';

/** An event that has not waited for so long is being sent for the first time, or again after a failure or two. */
const untoldAfterMs: Milliseconds = 100 * second;
/** More are not counted. */
const untoldMax = 10_000;

/** Orders of which the shop has not heard all for a while, the longest untold first. */
export function listUntoldOrders(
  stores: Pick<MessagingStores, 'outbox'>,
  { clock, ...wanted }: { clock: Pick<Clock, 'now'>; orderId?: string },
): Promise<UntoldOrder[]> {
  return stores.outbox.listUntoldOrders({ ...wanted, before: clock.now() - untoldAfterMs, limit: untoldMax });
}
