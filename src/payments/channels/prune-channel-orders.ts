import { day } from '#kernel/clock.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';

/** A refund waits so long for its sale: an export of the last quarter still finds it. */
const waitingReturnKeptMs = 120 * day;

/** Forgets refunds whose sale never came. What rang for them stays until somebody ends it. */
export async function pruneChannelOrders(
  deps: Pick<PaymentDeps, 'database' | 'clock'>,
  input: { limit: number },
): Promise<{ deleted: number }> {
  const before = deps.clock.now() - waitingReturnKeptMs;
  const deleted = await deps.database.transaction((stores) =>
    stores.channelOrders.pruneMarks({ before, limit: input.limit }),
  );
  return { deleted };
}
