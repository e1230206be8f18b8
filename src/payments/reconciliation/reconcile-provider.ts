// Compares our payments of one provider with the provider's own list, both ways. What a fresh snapshot can heal is
// healed by the same verb that webhooks use; the rest is kept with the run, and one alert is about it.

import { day, hour, type Milliseconds, minute } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import type { Payment } from '../model/payment.ts';
import type { ReconciliationFinding, ReconciliationRun } from '../model/reconciliation.ts';
import type { DecommissionedProviders } from '../ports/decommissioned-providers.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError } from '../ports/provider-errors.ts';
import { findUntoldRefunds } from '../refunds/find-untold-refunds.ts';
import { refreshPayment } from '../sync/refresh-payment.ts';
import { compareInParts, type Lists, type Part, partsOf } from './compare-in-parts.ts';
import type { Bounds, Comparison, Difference } from './compare-with-provider.ts';
import { finishReconciliation } from './finish-reconciliation.ts';
import { type HalfRun, saveHalfRun, takeUpHalfRun } from './half-run.ts';
import { failRun, pagesOfPayments, startRun } from './reconciliation-runs.ts';

/** Covers the longest expiry, a day of BTCPay's monitoring and a week of late payments. */
const windowMs: Milliseconds = 9 * day;

/** Payments younger than this may not have reached one of the two lists. */
const settleMs: Milliseconds = 2 * minute;

/** How far the two lists' times of one payment may lie apart. */
const edgeMs: Milliseconds = 10 * minute;

/** No run heals longer: what is left counts as open, and the next run finds it again. */
const healMaxMs: Milliseconds = 10 * minute;

export interface ReconciliationProgress {
  compared: number;
  healed: number;
  open: number;
  /** When it was taken up after a restart, with what was compared before; null where it was begun. */
  takenUpAt: Milliseconds | null;
}

export type Reconciliation =
  | { kind: 'finished'; run: ReconciliationRun; findings: ReconciliationFinding[] }
  | { kind: 'failed'; run: ReconciliationRun }
  /** `gaps`: what the provider cannot do, as it describes itself. */
  | { kind: 'cannot_list'; gaps: readonly string[] }
  | { kind: 'decommissioned' }
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

/** One run at a time for each provider; a second request is answered `running`. */
export function createReconciler(deps: SnapshotDeps & { decommissioned?: DecommissionedProviders }): ReconcileProvider {
  const running = new Set<ProviderName>();
  return async (input) => {
    const provider = deps.providers.find(input.provider);
    if (provider === undefined) return { kind: 'unknown_provider' };
    const { canList, gaps } = provider.capabilities;
    if (!canList) return { kind: 'cannot_list', gaps };
    if (deps.decommissioned?.mayAsk(input.provider) === false) return { kind: 'decommissioned' };
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

/** What was lost with its process is taken up first; not for one who asks for a certain time, because its window ends in the past. */
async function begin(deps: SnapshotDeps, { provider, startedBy, cause, since }: RunInput): Promise<HalfRun> {
  const half = since === undefined ? await takeUpHalfRun(deps, { provider, cause }) : undefined;
  if (half !== undefined) return half;
  const now = deps.clock.now();
  const window = { from: Math.min(now - windowMs, since ?? now), to: now };
  const run = await startRun(deps, { provider, window, startedBy, cause, audit: { action: 'reconciliation.start' } });
  return { run, doneTo: window.from, compared: 0, outcomes: [], alone: { here: [], there: [] } };
}

async function reconcile(deps: SnapshotDeps, input: RunInput): Promise<Reconciliation> {
  const { provider, cause, signal } = input;
  const half = await begin(deps, input);
  const { run, outcomes } = half;
  const healUntil = deps.clock.elapsed() + healMaxMs;
  try {
    const bounds = { newest: run.windowTo - settleMs, oldest: run.windowFrom + edgeMs };
    for (const outcome of outcomes) {
      outcome.isHealed ||= await heal(deps, { ...outcome, healUntil, cause, signal });
    }
    const healed = outcomes.filter(({ isHealed }) => isHealed).length;
    const progress = { compared: half.compared, healed, open: outcomes.length - healed, takenUpAt: run.takenUpAt };
    const onPart = (part: Part, alone: Lists): Promise<void> =>
      saveHalfRun(deps, { run, part, compared: progress.compared, outcomes, alone });
    for await (const comparisons of compareWindow(deps, { half, bounds, signal, onPart })) {
      for (const { difference } of comparisons) {
        progress.compared += 1;
        if (difference !== undefined) {
          const isHealed = await heal(deps, { difference, healUntil, cause, signal });
          outcomes.push({ difference, isHealed });
          progress[isHealed ? 'healed' : 'open'] += 1;
        }
        input.onProgress?.({ ...progress });
      }
    }
    const { compared } = progress;
    const finished = await finishReconciliation(deps, { run, compared, outcomes, bounds, cause });
    await compareRefunds(deps, { run, healUntil, cause, signal });
    return { kind: 'finished', ...finished };
  } catch (error) {
    const reason = reasonOf(error);
    // Where the process ends, or the job's time is over, it is not the provider's fault that the run ends here.
    const failed = await failRun(deps, { run, error: reason, half: signal?.aborted ? 'kept' : 'dropped' });
    if (!(error instanceof ProviderError)) throw error;
    deps.log.warn('reconciliation failed', { provider, runId: run.id, reason });
    return { kind: 'failed', run: failed };
  }
}

async function* compareWindow(
  deps: SnapshotDeps,
  {
    half,
    bounds,
    signal,
    onPart,
  }: {
    half: HalfRun;
    bounds: Bounds;
    signal: AbortSignal | undefined;
    onPart(part: Part, alone: Lists): Promise<void>;
  },
): AsyncGenerator<readonly Comparison[]> {
  const { run, doneTo, alone } = half;
  const { provider, windowFrom: from, windowTo: to } = run;
  const lister = deps.providers.find(provider);
  if (lister === undefined) return;
  const partMinMs = lister.capabilities.listsWholeDays ? day : hour;
  const parts = await partsOf({ from: doneTo, to, partMinMs }, (query) =>
    deps.database.read((stores) => stores.payments.findMadeAfter({ provider, ...query })),
  );
  yield* compareInParts({
    parts,
    bounds,
    onPart,
    ...(doneTo > from && { before: alone }),
    async list(part) {
      const there = (await Array.fromAsync(lister.listPayments(part, signal))).flat();
      // Ours is written a moment before theirs: the wider window keeps payments at its edges from looking like differences.
      const isFirst = part.from === from;
      return { there, here: await listHere(deps, run, isFirst ? { ...part, from: from - edgeMs } : part) };
    },
    findHere: ({ reference, paymentId }) =>
      deps.database.read(async ({ payments }) => {
        const byReference = reference && (await payments.findPaymentByReference({ provider, reference }));
        const found = byReference ?? (paymentId === null ? undefined : await payments.findPayment(paymentId));
        return found?.provider === provider ? found : undefined;
      }),
  });
}

/** The payments are compared whatever becomes of this: the next run tries again. */
async function compareRefunds(
  deps: SnapshotDeps,
  input: { run: ReconciliationRun; healUntil: Milliseconds; cause: Cause; signal: AbortSignal | undefined },
): Promise<void> {
  const { run, healUntil, cause, signal } = input;
  const provider = deps.providers.find(run.provider);
  if (provider === undefined) return;
  const window = { from: run.windowFrom, to: run.windowTo };
  try {
    const { found } = await findUntoldRefunds(deps, { provider, window, until: healUntil, cause, signal });
    if (found > 0) deps.log.info('refunds found that no webhook told of', { provider: run.provider, found });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    deps.log.warn('refunds not compared', { provider: run.provider, runId: run.id, reason: reasonOf(error) });
  }
}

async function listHere(
  deps: { database: Database<PaymentStores> },
  { provider }: ReconciliationRun,
  part: Part,
): Promise<Payment[]> {
  const pages = pagesOfPayments(
    (query) => deps.database.read((stores) => stores.payments.listPaymentsMadeBetween(query)),
    { provider, ...part },
  );
  return (await Array.fromAsync(pages)).flat();
}

/**
 * A difference in status, or a create whose answer was lost, is healed by fetching; amounts and unmatched payments are
 * not.
 */
async function heal(
  deps: SnapshotDeps,
  input: { difference: Difference; healUntil: Milliseconds; cause: Cause; signal: AbortSignal | undefined },
): Promise<boolean> {
  const { difference, cause, signal } = input;
  if (difference.payment === null || !difference.mayHeal) return false;
  if (signal?.aborted || deps.clock.elapsed() > input.healUntil) return false;
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

/** A provider's own words; of an internal error only its name, since its message may hold anything. */
function reasonOf(error: unknown): string {
  if (error instanceof ProviderError) return failureWords(error);
  return error instanceof Error ? error.name : 'unknown error';
}
