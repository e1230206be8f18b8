import { day, type Milliseconds } from '#kernel/clock.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';

/** Runs and what they found are kept so long: ten times as far as a run looks back. */
const reconciliationsKeptMs: Milliseconds = 90 * day;

/** Deletes old runs with their findings, at most `limit` rows of each kind; how many rows went. */
export async function pruneReconciliations(
  deps: Pick<PaymentDeps, 'database' | 'clock'>,
  input: { limit: number },
): Promise<{ deleted: number }> {
  const before = deps.clock.now() - reconciliationsKeptMs;
  const deleted = await deps.database.transaction((stores) =>
    stores.reconciliation.prune({ before, limit: input.limit }),
  );
  return { deleted };
}
