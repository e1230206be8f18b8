import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { FindingKind, ReconciliationFinding, ReconciliationRun } from '#payments/model/reconciliation.ts';
import type { ReconciliationProgress } from '#payments/reconciliation/reconcile-provider.ts';
import { fitLines, type Line, line, weights } from '../../text/fit.ts';
import { code, show } from '../../text/html.ts';
import { type Button, inPairs, type Presentation, type View } from '../../text/view.ts';
import { formatTime, plural } from '../../text/words.ts';

/** What became of one provider's run: still to come, at work, or its end. */
export type ReconcileStep =
  | { kind: 'waiting'; provider: ProviderName }
  | ({ kind: 'running'; provider: ProviderName } & ReconciliationProgress)
  | { kind: 'finished'; provider: ProviderName; run: ReconciliationRun; findings: readonly ReconciliationFinding[] }
  | { kind: 'stopped'; provider: ProviderName; reason: string };

const findingWords: Readonly<Record<FindingKind, string>> = {
  missing_here: 'missing here',
  missing_there: 'missing there',
  status: 'status differs',
  amount: 'amount differs',
  currency: 'currency differs',
  unread: 'left out, not understood',
};
const findingGroup = { one: 'more finding', many: 'more findings' };
const barUnits = 10;

export function reconcileChoice(providers: readonly ProviderName[]): View {
  if (providers.length === 0) return { text: 'No provider is configured.', keyboard: [] };
  const buttons = providers.map(
    (provider): Button => ({ text: providerTitle(provider), callback: { kind: 'reconcile', provider } }),
  );
  if (providers.length > 1) buttons.push({ text: 'All', callback: { kind: 'reconcile', provider: 'all' } });
  return { text: 'Compare our payments with the list of which provider?', keyboard: inPairs(buttons) };
}

/** The one message that is edited while providers are compared, and then shows what was found. */
export function reconcileProgress(steps: readonly ReconcileStep[], presentation: Presentation): View {
  const ended = steps.filter((step) => step.kind === 'finished' || step.kind === 'stopped').length;
  const isOver = ended === steps.length;
  const filled = Math.round((ended / Math.max(steps.length, 1)) * barUnits);
  const bar = `${'▰'.repeat(filled)}${'▱'.repeat(barUnits - filled)} ${ended} of ${steps.length}`;
  const head = isOver ? '<b>Reconciled</b>' : `<b>Reconciling</b> ${bar}`;
  return {
    text: fitLines([
      line(head, weights.must),
      ...steps.flatMap((step) => stepLines(step, presentation)),
      ...windowLines(steps, presentation),
    ]),
    keyboard: [],
  };
}

function stepLines(step: ReconcileStep, presentation: Presentation): Line[] {
  const title = `<b>${providerTitle(step.provider)}</b>`;
  switch (step.kind) {
    case 'waiting':
      return [line(`${title} · waiting`)];
    case 'running':
      return [
        line(`${title} · compared ${step.compared}, healed ${step.healed}, open ${step.open}`, weights.must),
        ...(step.takenUpAt === null ? [] : [line('<i>Taken up after a restart.</i>', weights.detail)]),
      ];
    case 'stopped':
      return [line(`⛔ ${title} · ${show(step.reason, 300)}`, weights.must)];
    case 'finished':
      return finishedLines(step, presentation);
    default:
      return step satisfies never;
  }
}

function finishedLines(step: ReconcileStep & { kind: 'finished' }, presentation: Presentation): Line[] {
  const { run } = step;
  const sign = run.openCount === 0 ? '✅' : '⚠️';
  const findings = step.findings.map((finding) => ({
    html: findingText(finding),
    // What was healed gives way first: what is open needs somebody.
    weight: finding.isHealed ? weights.history : weights.extra,
    group: findingGroup,
  }));
  const counts = line(`${sign} <b>${providerTitle(step.provider)}</b> · ${countsText(run)}`, weights.must);
  return [counts, ...takenUpLines(run, presentation), ...findings];
}

/** Its window ends where it was begun: what has come since is not in it. */
function takenUpLines({ startedAt, takenUpAt }: ReconciliationRun, presentation: Presentation): Line[] {
  if (takenUpAt === null) return [];
  const [began, again] = [startedAt, takenUpAt].map((at) => formatTime(at, presentation));
  const text = `Begun ${began}, taken up after a restart ${again}; what has come since it was begun is compared within the hour.`;
  return [line(`<i>${text}</i>`, weights.must)];
}

function countsText(run: ReconciliationRun): string {
  const compared = plural(run.comparedCount, 'payment');
  if (run.comparedCount === run.matchedCount && run.openCount === 0) return `${compared}, nothing differs`;
  const parts = [`${run.matchedCount} match`];
  if (run.healedCount > 0) parts.push(`${run.healedCount} healed`);
  if (run.openCount > 0) parts.push(`${run.openCount} open`);
  return `${compared}: ${parts.join(', ')}`;
}

/** How far back was compared, once for all, because the runs begin together. */
function windowLines(steps: readonly ReconcileStep[], presentation: Presentation): Line[] {
  const first = steps.find((step) => step.kind === 'finished');
  return first === undefined
    ? []
    : [line(`<i>Since ${formatTime(first.run.windowFrom, presentation)}</i>`, weights.detail)];
}

function findingText(finding: ReconciliationFinding): string {
  const which = finding.reference ?? finding.paymentId;
  const about = which === null ? '' : ` ${code(which, 40)}`;
  const sign = finding.isHealed ? '🩹' : '•';
  return `${sign} ${findingWords[finding.kind]}${about}: here ${show(finding.here, 120)}; there ${show(finding.there, 120)}`;
}
