import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { Trust } from '#kernel/trust.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { ReconciliationFinding, ReconciliationRun } from '../model/reconciliation.ts';
import type { Bounds, Difference } from './compare-with-provider.ts';
import { endLostFindings, firstUnsettled, openFindings } from './finding-cases.ts';

interface FinishedRun {
  run: ReconciliationRun;
  findings: ReconciliationFinding[];
  /** What is kept of the differences that were not healed. */
  open: readonly Difference[];
  /** The keys of all of them, also of those beyond. */
  openKeys: ReadonlySet<string>;
  bounds: Bounds;
  /** What the other list rests on. */
  trust?: Trust;
  cause: Cause;
}

/**
 * Keeps a run with its findings. Each that could not be healed is a case, and together they ring, once for as long as they
 * are the same; what an admin has settled is found again in silence.
 */
export async function finishReconciliation(deps: PaymentDeps, input: FinishedRun): Promise<void> {
  const { run, findings, trust = 'fetched' } = input;
  await inTransaction(deps, input.cause, async (tx) => {
    for (const finding of findings) await tx.stores.reconciliation.insertFinding(finding);
    await tx.stores.reconciliation.changeRun(run);
    const key = `reconciliation:${run.provider}`;
    const { provider } = run;
    await endLostFindings(tx, { provider, found: input.openKeys, bounds: input.bounds });
    const { settled } = await openFindings(tx, { provider, differences: input.open });
    if (run.openCount === settled) {
      await resolveCase(tx, { key, by: 'A later reconciliation found no difference.' });
      return;
    }
    const live = await tx.stores.cases.findLiveCase(key);
    const first = await firstUnsettled(tx.stores, { provider, open: input.open });
    const why = first === undefined ? 'It is none of those that are kept.' : whyOf(first);
    const detail = detailOf({ ...input, settled });
    // An hourly run that finds the same again must not ring again.
    if (live?.facts.why === why && live.facts.detail === detail) return;
    await raiseCase(tx, {
      key,
      kind: 'reconciliation',
      severity: 'warning',
      provider,
      paymentId: first?.payment?.id ?? null,
      facts: { headline: 'Our books and the provider differ', detail, why, trust },
      actions: ['exceptions'],
    });
  });
  deps.log.info('reconciliation finished', {
    provider: run.provider,
    runId: run.id,
    compared: run.comparedCount,
    healed: run.healedCount,
    open: run.openCount,
  });
}

function whyOf(finding: Difference): string {
  return `${finding.kind.replaceAll('_', ' ')}: here ${finding.here}; there ${finding.there}`;
}

function detailOf(input: Pick<FinishedRun, 'run' | 'findings'> & { settled: number }): string {
  const { openCount, healedCount } = input.run;
  const count = openCount - input.settled;
  const open = count === 1 ? '1 difference is open' : `${count} differences are open`;
  const kept = input.findings.length;
  return openCount + healedCount === kept ? open : `${open}; the run keeps the first ${kept} that it found`;
}
