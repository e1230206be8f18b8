import type { Clock } from '#kernel/clock.ts';
import { day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** What is settled is kept as long as its alert; the history of its order is kept for ever. */
const exceptionsKeptMs: Milliseconds = 180 * day;

/** Deletes exceptions that were resolved long ago, at most `limit`; how many went. */
export async function pruneExceptions(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { limit: number },
): Promise<{ deleted: number }> {
  const before = deps.clock.now() - exceptionsKeptMs;
  const deleted = await deps.database.transaction((stores) =>
    stores.exceptions.pruneResolvedExceptions({ before, limit: input.limit }),
  );
  return { deleted };
}
