// A run is one comparison with another list. It is stored from its start, so that one whose process died is found, and
// it ends as finished or failed.
import { recordAudit } from '#access/audit.ts';
import { type Clock, day, hour, type Milliseconds } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { walkPages } from '#kernel/page.ts';
import type { EventLog } from '#kernel/process.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Retention } from '#kernel/retention.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Payment } from '../model/payment.ts';
import type { ReconciliationRun } from '../model/reconciliation.ts';
import type { PaymentStore, PaymentStores } from '../ports/payment-store.ts';

/** Twice as long as the job lets a run take: older ones were lost with their process, also where there are several. */
const lostAfterMs: Milliseconds = hour;

export const reconciliationRetention: Retention<PaymentStores> = {
  name: 'reconciliations',
  // Ten times as far as a run reaches back.
  keptMs: 90 * day,
  prune: (stores, query) => stores.reconciliation.prune(query),
};

const pageSize = 200;

interface RunStart {
  provider: ProviderName;
  window: { from: Milliseconds; to: Milliseconds };
  /** The job's name or `admin:ID`. */
  startedBy: string;
  cause: Cause;
  /** The audit entry, where an admin has started it. */
  audit: Pick<Parameters<typeof recordAudit>[1], 'action' | 'details'>;
}

export async function startRun(deps: TransactionDeps<PaymentStores>, input: RunStart): Promise<ReconciliationRun> {
  const { provider, window, startedBy, cause, audit } = input;
  const run: ReconciliationRun = {
    id: deps.ids.newId(),
    provider,
    status: 'running',
    windowFrom: window.from,
    windowTo: window.to,
    startedAt: deps.clock.now(),
    finishedAt: null,
    takenUpAt: null,
    startedBy,
    comparedCount: 0,
    matchedCount: 0,
    healedCount: 0,
    openCount: 0,
    error: null,
  };
  await inTransaction(deps, cause, async (tx) => {
    await tx.stores.reconciliation.dropHalf(provider);
    await tx.stores.reconciliation.insertRun(run);
    if (cause.actor.kind === 'admin') {
      const details = audit.details && { details: { runId: run.id, ...audit.details } };
      await recordAudit(tx, { action: audit.action, subject: `provider:${provider}`, ...details });
    }
  });
  return run;
}

/** `half`: whether what it has compared is kept, so that it can be taken up. */
export async function failRun(
  deps: { database: Database<PaymentStores>; clock: Clock },
  { run, error, half }: { run: ReconciliationRun; error: string; half: 'kept' | 'dropped' },
): Promise<ReconciliationRun> {
  const failed: ReconciliationRun = { ...run, status: 'failed', finishedAt: deps.clock.now(), error };
  await deps.database.transaction(async ({ reconciliation }) => {
    await reconciliation.changeRun(failed);
    if (half === 'dropped') await reconciliation.dropHalf(run.provider);
  });
  return failed;
}

/**
 * Marks runs as failed whose process ended while they were `running`; at the start of a process. The next run takes up what
 * such a one has compared. With an exclusive
 * database all of them are; among several processes only the old ones are.
 */
export async function endLostReconciliations(
  deps: { database: Database<PaymentStores>; clock: Clock; log: EventLog },
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

/** Our payments of one provider that were made in [from, to), oldest first, in pages. */
export function pagesOfPayments(
  list: PaymentStore['listPaymentsMadeBetween'],
  window: { provider: ProviderName; from: Milliseconds; to: Milliseconds },
): AsyncGenerator<readonly Payment[]> {
  return walkPages({ limit: pageSize }, (last: Payment | undefined) =>
    list({ ...window, after: last === undefined ? null : { createdAt: last.createdAt, id: last.id }, limit: pageSize }),
  );
}
