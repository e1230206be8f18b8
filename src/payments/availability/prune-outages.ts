import type { Clock } from '#kernel/clock.ts';
import { day, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** Outages are few and small, and how reliable a provider was is a question of years. */
const outagesKeptMs: Milliseconds = 3 * 365 * day;

export async function pruneOutages(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { limit: number },
): Promise<{ deleted: number }> {
  const before = deps.clock.now() - outagesKeptMs;
  const deleted = await deps.database.transaction((stores) => stores.outages.pruneOutages({ before, ...input }));
  return { deleted };
}
