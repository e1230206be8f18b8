// After an outage of a provider its open payments are fetched, the most overdue first, and its list is compared with
// ours. Then the outage is over, and its alert shows the result.
import { type Clock, type Milliseconds, minute, second } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { Outage } from '../model/outage.ts';
import type { Payment } from '../model/payment.ts';
import type { ReconciliationFinding } from '../model/reconciliation.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { ReconcileProvider } from '../reconciliation/reconcile-provider.ts';
import { refreshPayment } from '../sync/refresh-payment.ts';
import { edgeMs, finishOutage } from './finish-outage.ts';
import { reportCatchUp } from './outage-alerts.ts';

/** So many open payments are fetched at once when a provider is back; the others are left to polling. */
const fetchMax = 1_000;
const concurrency = 4;
/** Fetching ends after this; what is left is left to polling. */
const fetchMaxMs: Milliseconds = 10 * minute;
/** A payment that cannot be read so many times counts as lost. */
const roundsMax = 3;
const roundWaitMs: Milliseconds = 2 * second;
/** The hourly reconciliation may be running, or the list fail once more; the comparison is tried so many times. */
const compareTriesMax = 15;
const compareWaitMs: Milliseconds = 2 * second;
/** Telegram takes about twenty edits a minute in one chat. */
const tellEveryMs: Milliseconds = 5 * second;

const cause = { kind: 'poll', id: 'catch-up', actor: { kind: 'job', id: 'catch-up' } } as const;

export type CatchUp = (input: { signal?: AbortSignal }) => Promise<{ finished: number; fetched: number }>;

export function createCatchUp(deps: SnapshotDeps, tools: { reconcile: ReconcileProvider }): CatchUp {
  return async ({ signal }) => {
    const live = await deps.database.read((stores) => stores.outages.listLiveOutages());
    const due = live.filter(({ status }) => status === 'catching_up');
    const ends = await Promise.all(
      due.map((outage) => catchUpOne(deps, { outage, reconcile: tools.reconcile, signal })),
    );
    const counts = { finished: 0, fetched: 0 };
    for (const end of ends) {
      counts.fetched += end.fetched;
      if (end.isFinished) counts.finished += 1;
    }
    return counts;
  };
}

interface Task {
  outage: Outage;
  reconcile: ReconcileProvider;
  signal: AbortSignal | undefined;
}

/** Unfinished when the provider becomes unavailable again, or the process ends: the next run starts over. */
async function catchUpOne(deps: SnapshotDeps, task: Task): Promise<{ isFinished: boolean; fetched: number }> {
  const { outage, signal } = task;
  const { fetched, unread } = await fetchOpenPayments(deps, task);
  if (signal?.aborted || isUnavailable(deps, outage)) return { isFinished: false, fetched };
  const compared = await compare(deps, task);
  if (signal?.aborted || isUnavailable(deps, outage)) return { isFinished: false, fetched };
  const isFinished = await finishOutage(deps, { outage, fetched, unread, ...compared, cause });
  return { isFinished, fetched };
}

function isUnavailable(deps: { providers: ProviderRegistry }, outage: Outage): boolean {
  const health = deps.providers.health(outage.provider);
  return health === undefined || health.breaker === 'open' || health.retiredAt !== null;
}

async function fetchOpenPayments(deps: SnapshotDeps, task: Task): Promise<{ fetched: number; unread: PaymentId[] }> {
  const { outage, signal } = task;
  const { provider } = outage;
  const endsAt = deps.clock.elapsed() + fetchMaxMs;
  const open = await deps.database.read((stores) => stores.payments.listAskedPayments({ provider, limit: fetchMax }));
  const progress = createProgress(deps, { outage, open: open.length });
  let waiting: readonly Payment[] = open;
  for (let round = 1; round <= roundsMax && waiting.length > 0; round += 1) {
    if (round > 1) await deps.clock.pause(roundWaitMs, signal);
    const unread: Payment[] = [];
    const queue = waiting.values();
    const work = async (): Promise<void> => {
      for (const payment of queue) {
        if (signal?.aborted || isUnavailable(deps, outage) || deps.clock.elapsed() > endsAt) return;
        if (!(await isRead(deps, { payment, signal }))) unread.push(payment);
        if (round === 1) await progress.count();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    waiting = unread;
  }
  return { fetched: progress.counted(), unread: waiting.map(({ id }) => id) };
}

async function isRead(
  deps: SnapshotDeps,
  { payment, signal }: { payment: Payment; signal: AbortSignal | undefined },
): Promise<boolean> {
  try {
    const refresh = await refreshPayment(deps, { paymentId: payment.id, cause, ...(signal && { signal }) });
    return refresh.kind !== 'provider_failed';
  } catch (error) {
    deps.log.error('payment not caught up with', { paymentId: payment.id, provider: payment.provider }, error);
    return false;
  }
}

interface Compared {
  missing: PaymentId[];
  uncompared: string | null;
}

/** Compares the provider's list with ours: payments that it lacks, or why it could not be compared. */
async function compare(deps: { providers: ProviderRegistry; clock: Clock }, task: Task): Promise<Compared> {
  const { outage, signal } = task;
  const { provider } = outage;
  const since = outage.beganAt - edgeMs;
  const about = { provider, startedBy: 'catch-up', since, cause: { ...cause, kind: 'reconciliation' } as const };
  let why = 'it is being compared all the time.';
  for (let attempt = 0; attempt < compareTriesMax; attempt += 1) {
    if (attempt > 0) await deps.clock.pause(compareWaitMs, signal);
    if (signal?.aborted || isUnavailable(deps, outage)) break;
    const result = await task.reconcile({ ...about, ...(signal && { signal }) });
    if (result.kind === 'finished') return { missing: missingIn(result.findings), uncompared: null };
    if (result.kind === 'cannot_list') return { missing: [], uncompared: result.gaps.join(' ') };
    if (result.kind === 'decommissioned') {
      return { missing: [], uncompared: 'It is decommissioned and not called any more: see /providers.' };
    }
    if (result.kind === 'unknown_provider') return { missing: [], uncompared: 'it is not configured.' };
    if (result.kind === 'failed') why = result.run.error ?? 'it failed.';
  }
  return { missing: [], uncompared: why };
}

function missingIn(findings: readonly ReconciliationFinding[]): PaymentId[] {
  return findings.flatMap(({ kind, isHealed, paymentId }) =>
    kind === 'missing_there' && !isHealed && paymentId !== null ? [paymentId] : [],
  );
}

/** Updates the card during the catch-up, no more often than Telegram allows. */
function createProgress(deps: TransactionDeps<PaymentStores>, about: { outage: Outage; open: number }) {
  let fetched = 0;
  let toldAt = deps.clock.elapsed();
  return {
    counted: () => fetched,
    async count(): Promise<void> {
      fetched += 1;
      if (deps.clock.elapsed() - toldAt < tellEveryMs) return;
      toldAt = deps.clock.elapsed();
      await inTransaction(deps, cause, (tx) => reportCatchUp(tx, { ...about, fetched }));
    },
  };
}
