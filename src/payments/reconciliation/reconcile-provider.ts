// Compares our payments of one provider with the provider's own list, both ways. What a fresh look can heal is healed by
// the same verb that webhooks use; the rest is kept with the run and rings once.

import { recordAudit } from '#access/audit.ts';
import { day, type Milliseconds, minute } from '#kernel/clock.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { Payment } from '../model/payment.ts';
import type { ReconciliationFinding, ReconciliationRun } from '../model/reconciliation.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import { ProviderError } from '../ports/provider-errors.ts';
import { refreshPayment } from '../sync/refresh-payment.ts';
import { compareWithProvider, type Difference } from './compare-with-provider.ts';
import { findingKey } from './finding-cases.ts';
import { finishReconciliation } from './finish-reconciliation.ts';

/** Reaches back over the longest expiry, a day of BTCPay's monitoring and a week of late payments. */
const windowMs: Milliseconds = 9 * day;

/** Payments younger than this may still be on their way into one of the two lists. */
const settleMs: Milliseconds = 2 * minute;

/** How far the two lists' times of one payment may lie apart. */
const edgeMs: Milliseconds = 10 * minute;

/**
 * A run keeps at most so many findings; a difference in everything is one trouble, not ten thousand. What lies beyond is
 * healed and counted like the rest.
 */
const findingsMax = 500;

/** No run heals longer: what is left counts as open, and the next run finds it again. */
const healMaxMs: Milliseconds = 10 * minute;

const pageSize = 200;

export interface ReconciliationProgress {
  compared: number;
  healed: number;
  open: number;
}

export type Reconciliation =
  | { kind: 'finished'; run: ReconciliationRun; findings: ReconciliationFinding[] }
  | { kind: 'failed'; run: ReconciliationRun }
  | { kind: 'cannot_list'; reason: string }
  | { kind: 'already_running' }
  | { kind: 'unknown_provider' };

export type ReconcileProvider = (input: {
  provider: ProviderName;
  /** The job's name or `admin:ID`. */
  startedBy: string;
  /** The run reaches back at least so far. */
  since?: Milliseconds;
  cause: Cause;
  onProgress?: (progress: ReconciliationProgress) => void;
  signal?: AbortSignal;
}) => Promise<Reconciliation>;

/** One run at a time for each provider; a second request while one runs is told so. */
export function createReconciler(deps: PaymentDeps): ReconcileProvider {
  const running = new Set<ProviderName>();
  return async (input) => {
    const provider = deps.providers.find(input.provider);
    if (provider === undefined) return { kind: 'unknown_provider' };
    if (!provider.capabilities.canList) {
      return { kind: 'cannot_list', reason: provider.capabilities.gaps.join(' ') };
    }
    if (deps.retired?.mayAsk(input.provider) === false) {
      return { kind: 'cannot_list', reason: 'It is taken for gone and is not asked any more: see /providers.' };
    }
    if (running.has(input.provider)) return { kind: 'already_running' };
    running.add(input.provider);
    try {
      return await reconcile(deps, input);
    } finally {
      running.delete(input.provider);
    }
  };
}

type RunInput = Parameters<ReconcileProvider>[0];

async function reconcile(deps: PaymentDeps, input: RunInput): Promise<Reconciliation> {
  const run = await startRun(deps, input);
  try {
    const there = await listThere(deps, run, input.signal);
    const here = await listHere(deps, run);
    const bounds = { newest: run.windowTo - settleMs, oldest: run.windowFrom + edgeMs };
    const findings: ReconciliationFinding[] = [];
    const open: Difference[] = [];
    const openKeys = new Set<string>();
    const progress = { compared: 0, healed: 0, open: 0 };
    for (const comparison of compareWithProvider({ here, there, ...bounds })) {
      progress.compared += 1;
      const { difference } = comparison;
      if (difference !== undefined) {
        const isHealed = await heal(deps, { run, difference, cause: input.cause, signal: input.signal });
        const isKept = findings.length < findingsMax;
        if (isKept) findings.push(toFinding(deps, { run, difference, isHealed }));
        if (isKept && !isHealed) open.push(difference);
        if (!isHealed) openKeys.add(findingKey(run.provider, difference));
        if (isHealed) progress.healed += 1;
        else progress.open += 1;
      }
      input.onProgress?.({ ...progress });
    }
    const finished: ReconciliationRun = {
      ...run,
      status: 'finished',
      finishedAt: deps.clock.now(),
      comparedCount: progress.compared,
      matchedCount: progress.compared - progress.healed - progress.open,
      healedCount: progress.healed,
      openCount: progress.open,
    };
    await finishReconciliation(deps, { run: finished, findings, open, openKeys, bounds, cause: input.cause });
    return { kind: 'finished', run: finished, findings };
  } catch (error) {
    const reason = reasonOf(error);
    const failed: ReconciliationRun = { ...run, status: 'failed', finishedAt: deps.clock.now(), error: reason };
    await deps.database.transaction((stores) => stores.reconciliation.changeRun(failed));
    if (!(error instanceof ProviderError)) throw error;
    deps.log.warn('reconciliation failed', { provider: run.provider, runId: run.id, reason });
    return { kind: 'failed', run: failed };
  }
}

async function startRun(deps: PaymentDeps, input: RunInput): Promise<ReconciliationRun> {
  const now = deps.clock.now();
  const run: ReconciliationRun = {
    id: deps.ids.newId(),
    provider: input.provider,
    status: 'running',
    windowFrom: Math.min(now - windowMs, input.since ?? now),
    windowTo: now,
    startedAt: now,
    finishedAt: null,
    startedBy: input.startedBy,
    comparedCount: 0,
    matchedCount: 0,
    healedCount: 0,
    openCount: 0,
    error: null,
  };
  await inTransaction(deps, input.cause, async (tx) => {
    await tx.stores.reconciliation.insertRun(run);
    if (input.cause.actor.kind !== 'admin') return;
    await recordAudit(tx, {
      actor: input.cause.actor,
      action: 'reconciliation.start',
      subject: `provider:${input.provider}`,
    });
  });
  return run;
}

async function listThere(
  deps: PaymentDeps,
  run: ReconciliationRun,
  signal: AbortSignal | undefined,
): Promise<PaymentSnapshot[]> {
  const provider = deps.providers.find(run.provider);
  const found: PaymentSnapshot[] = [];
  if (provider === undefined) return found;
  for await (const page of provider.listPayments({ from: run.windowFrom, to: run.windowTo }, signal)) {
    found.push(...page);
  }
  return found;
}

async function listHere(deps: PaymentDeps, run: ReconciliationRun): Promise<Payment[]> {
  const found: Payment[] = [];
  let after: { createdAt: Milliseconds; id: string } | null = null;
  // Ours is written a moment before theirs: the wider window keeps the edge from looking like a difference.
  const window = { provider: run.provider, from: run.windowFrom - edgeMs, to: run.windowTo };
  for (;;) {
    const place = after;
    const page: Payment[] = await deps.database.read((stores) =>
      stores.payments.listPaymentsMadeBetween({ ...window, after: place, limit: pageSize }),
    );
    found.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return found;
    after = { createdAt: last.createdAt, id: last.id };
  }
}

/** A difference in status, or a create whose answer was lost, is healed by asking; amounts and strangers are not. */
async function heal(
  deps: PaymentDeps,
  input: { run: ReconciliationRun; difference: Difference; cause: Cause; signal: AbortSignal | undefined },
): Promise<boolean> {
  const { difference, cause, signal } = input;
  if (difference.payment === null || !difference.mayHeal) return false;
  if (signal?.aborted || deps.clock.now() - input.run.startedAt > healMaxMs) return false;
  const { id: paymentId, provider } = difference.payment;
  try {
    const refresh = await refreshPayment(deps, { paymentId, cause, ...(signal && { signal }) });
    return refresh.kind === 'changed' || refresh.kind === 'unchanged';
  } catch (error) {
    // One payment that cannot be read must not keep all behind it from being healed.
    deps.log.error('payment not healed', { paymentId, provider }, error);
    return false;
  }
}

/** A provider's own words; of a fault of ours only its name, since its message may hold anything. */
function reasonOf(error: unknown): string {
  if (error instanceof ProviderError) return error.message;
  return error instanceof Error ? error.name : 'unknown error';
}

function toFinding(
  deps: PaymentDeps,
  input: { run: ReconciliationRun; difference: Difference; isHealed: boolean },
): ReconciliationFinding {
  const { run, difference, isHealed } = input;
  return {
    id: deps.ids.newId(),
    runId: run.id,
    kind: difference.kind,
    provider: run.provider,
    reference: difference.reference,
    paymentId: difference.payment?.id ?? null,
    here: difference.here,
    there: difference.there,
    isHealed,
    createdAt: deps.clock.now(),
  };
}
