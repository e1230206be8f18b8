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
    const open = findings.filter((finding) => !finding.isHealed);
    const first = open[0];
    if (first === undefined) {
      await resolveAlert(context, { key, by: 'A later reconciliation found no difference.' });
      return;
    }
    const live = await stores.alerts.findLiveAlert(key);
    const why = `${first.kind.replaceAll('_', ' ')}: here ${first.here}; there ${first.there}`;
    // An hourly run that finds the same again must not ring again.
    if (live?.facts.why === why && live.facts.detail === detailOf(open.length)) return;
    await raiseAlert(context, {
      key,
      kind: 'reconciliation',
      severity: 'warning',
      orderId: null,
      paymentId: first.paymentId,
      facts: {
        headline: 'Our books and the provider differ',
        orderNumber: null,
        amount: null,
        detail: detailOf(open.length),
        provider: run.provider,
        why,
        trust: 'fetched',
      },
      actions: [],
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

function detailOf(openCount: number): string {
  return openCount === 1 ? '1 difference is open' : `${openCount} differences are open`;
}
