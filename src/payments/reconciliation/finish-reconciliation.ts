import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Ids } from '#kernel/ids.ts';
import { slicesOf } from '#kernel/page.ts';
import type { EventLog } from '#kernel/process.ts';
import type { Trust } from '#kernel/provider-name.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { ReconciliationFinding, ReconciliationRun } from '../model/reconciliation.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { type Bounds, type Difference, isNamed } from './compare-with-provider.ts';
import {
  endLostFindings,
  findingKey,
  firstUnsettled,
  isReal,
  keysOfLeftOut,
  openFindings,
  openUnread,
} from './finding-cases.ts';

/** A run keeps at most so many findings: if everything differs it is one case, not ten thousand. */
const findingsMax = 500;

export interface Outcome {
  difference: Difference;
  isHealed: boolean;
}

interface Compared {
  run: ReconciliationRun;
  compared: number;
  outcomes: readonly Outcome[];
  bounds: Bounds;
  /** The trust of the other list. */
  trust?: Trust;
  cause: Cause;
}

/**
 * Ends a run with its findings. Each that could not be healed is a case, and one alert is about all of them, raised
 * again only when they change; findings that an admin has decided about raise none. All findings are counted, also
 * beyond those that are kept.
 */
export async function finishReconciliation(
  deps: TransactionDeps<PaymentStores> & { log: EventLog },
  input: Compared,
): Promise<{ run: ReconciliationRun; findings: ReconciliationFinding[] }> {
  const { compared, outcomes, trust = 'fetched' } = input;
  const open = outcomes.filter(({ isHealed }) => !isHealed).map(({ difference }) => difference);
  const run: ReconciliationRun = {
    ...input.run,
    status: 'finished',
    finishedAt: deps.clock.now(),
    comparedCount: compared,
    matchedCount: compared - outcomes.length,
    healedCount: outcomes.length - open.length,
    openCount: open.length,
  };
  const findings = outcomes.slice(0, findingsMax).map((outcome) => toFinding(deps, { run, ...outcome }));
  const { provider } = run;
  const found = [...open.map((difference) => findingKey(provider, difference)), ...keysOfLeftOut(provider, open)];
  const differing = open.filter(isReal);
  const leftOut = open.length - differing.length;
  const kept = differing.slice(0, findingsMax);
  // The run is finished when all of them are there; in one transaction they would keep others waiting.
  for await (const slice of slicesOf(findings)) {
    await inTransaction(deps, input.cause, async ({ stores }) => {
      for (const finding of slice) await stores.reconciliation.insertFinding(finding);
    });
  }
  const { bounds, cause } = input;
  // What says nothing of itself may be whatever the list seems to lack.
  const isWhole = open.every(({ unread }) => unread === undefined || isNamed(unread));
  if (isWhole) await endLostFindings(deps, { provider, found: new Set(found), bounds, cause });
  await openUnread(deps, { provider, differences: open.slice(0, findingsMax), bounds, cause });
  const { settled } = await openFindings(deps, { provider, differences: kept, cause });
  await inTransaction(deps, cause, async (tx) => {
    await tx.stores.reconciliation.changeRun(run);
    const key = `reconciliation:${run.provider}`;
    if (differing.length === settled) {
      await resolveCase(tx, { key, by: 'A later reconciliation found no difference.' });
      return;
    }
    const live = await tx.stores.cases.findLiveCase(key);
    const first = await firstUnsettled(tx.stores, { provider, open: kept });
    const why = first === undefined ? 'It is none of those that are kept.' : whyOf(first);
    const detail = detailOf(run, { kept: findings.length, settled: settled + leftOut });
    // An hourly run that finds the same again must not notify the admins again.
    if (live?.facts.why === why && live.facts.detail === detail) return;
    await raiseCase(tx, {
      key,
      kind: 'reconciliation',
      severity: 'warning',
      provider,
      paymentId: first?.payment?.id ?? null,
      facts: { headline: "Our records and the provider's differ", detail, why, trust },
      actions: ['exceptions'],
    });
  });
  deps.log.info('reconciliation finished', {
    provider: run.provider,
    runId: run.id,
    compared: run.comparedCount,
    healed: run.healedCount,
    open: run.openCount,
    leftOut,
  });
  return { run, findings };
}

function toFinding(
  deps: { clock: Clock; ids: Ids },
  { run, difference, isHealed }: Outcome & { run: ReconciliationRun },
): ReconciliationFinding {
  const { kind, reference, payment, here, there } = difference;
  return {
    id: deps.ids.newId(),
    runId: run.id,
    kind,
    provider: run.provider,
    reference,
    paymentId: payment?.id ?? null,
    here,
    there,
    isHealed,
    createdAt: deps.clock.now(),
  };
}

function whyOf(finding: Difference): string {
  return `${finding.kind.replaceAll('_', ' ')}: here ${finding.here}; there ${finding.there}`;
}

function detailOf(
  { openCount, healedCount }: ReconciliationRun,
  { kept, settled }: { kept: number; settled: number },
): string {
  const count = openCount - settled;
  const open = count === 1 ? '1 difference is open' : `${count} differences are open`;
  return openCount + healedCount === kept ? open : `${open}; the run keeps the first ${kept} that it found`;
}
