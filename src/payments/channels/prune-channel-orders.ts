import type { Clock } from '#kernel/clock.ts';
import { day } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** A refund waits so long for its order: an export of the last quarter still finds it. */
const waitingReturnKeptMs = 120 * day;

/** Forgets refunds whose order never came. Their cases stay open until an admin ends them. */
export async function pruneChannelOrders(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { limit: number },
): Promise<{ deleted: number }> {
  const before = deps.clock.now() - waitingReturnKeptMs;
  const deleted = await deps.database.transaction((stores) =>
    stores.channelOrders.pruneMarks({ before, limit: input.limit }),
  );
  return { deleted };
}
