import { hour, type Milliseconds } from '#kernel/clock.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';

/** Twice as long as the job lets a run take: older ones were lost with their process, also where there are several. */
const lostAfterMs: Milliseconds = hour;

/**
 * Marks runs as failed whose process ended while they were `running`; for the start of a process. One that has the
 * database to itself knows that all of them were; among several processes only the old ones are taken for lost.
 */
export async function endLostReconciliations(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'log'>,
  input: { isAlone: boolean },
): Promise<{ ended: number }> {
  const now = deps.clock.now();
  const startedBefore = input.isAlone ? null : now - lostAfterMs;
  const ended = await deps.database.transaction((stores) =>
    stores.reconciliation.failRunningRuns({ startedBefore, at: now, error: 'the process ended' }),
  );
  if (ended > 0) deps.log.warn('reconciliations of a process that died are over', { ended });
  return { ended };
}
