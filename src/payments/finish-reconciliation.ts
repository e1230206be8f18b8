import { raiseAlert } from '#alerts/raise-alert.ts';
import { resolveAlert } from '#alerts/resolve-alert.ts';
import type { PaymentDeps } from './deps.ts';
import type { ReconciliationFinding, ReconciliationRun } from './reconciliation.ts';

/** Keeps a run with its findings; what could not be healed rings, once for as long as it is the same. */
export async function finishReconciliation(
  deps: PaymentDeps,
  input: { run: ReconciliationRun; findings: ReconciliationFinding[] },
): Promise<void> {
  const { run, findings } = input;
  await deps.database.transaction(async (stores) => {
    for (const finding of findings) await stores.reconciliation.insertFinding(finding);
    await stores.reconciliation.changeRun(run);
    const context = { stores, clock: deps.clock, ids: deps.ids };
    const key = `reconciliation:${run.provider}`;
    if (run.openCount === 0) {
      await resolveAlert(context, { key, by: 'A later reconciliation found no difference.' });
      return;
    }
    const live = await stores.alerts.findLiveAlert(key);
    const first = findings.find((finding) => !finding.isHealed);
    const why = first === undefined ? 'It is none of those that are kept.' : whyOf(first);
    const detail = detailOf(input);
    // An hourly run that finds the same again must not ring again.
    if (live?.facts.why === why && live.facts.detail === detail) return;
    await raiseAlert(context, {
      key,
      kind: 'reconciliation',
      severity: 'warning',
      orderId: null,
      paymentId: first?.paymentId ?? null,
      facts: {
        headline: 'Our books and the provider differ',
        orderNumber: null,
        amount: null,
        detail,
        provider: run.provider,
        why,
        trust: 'fetched',
      },
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

function whyOf(finding: ReconciliationFinding): string {
  return `${finding.kind.replaceAll('_', ' ')}: here ${finding.here}; there ${finding.there}`;
}

function detailOf(input: { run: ReconciliationRun; findings: readonly ReconciliationFinding[] }): string {
  const { openCount, healedCount } = input.run;
  const open = openCount === 1 ? '1 difference is open' : `${openCount} differences are open`;
  const kept = input.findings.length;
  return openCount + healedCount === kept ? open : `${open}; the run keeps the first ${kept} that it found`;
}
