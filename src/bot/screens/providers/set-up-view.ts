// What the checks of the set-up found, for a phone: a line of counts, and what is not well in a quotation that Telegram
// folds to its first lines until it is tapped.
import type { CheckStatus, GroupedCheck, SetUpReport } from '#diagnostics/set-up-check.ts';
import type { SetUpPlace } from '../../text/callback-data.ts';
import { type Line, line, weights } from '../../text/fit.ts';
import { own, show } from '../../text/html.ts';
import type { Button, Presentation } from '../../text/view.ts';
import { formatTimeShort, plural } from '../../text/words.ts';

export interface SetUpState {
  /** Undefined before the first check. */
  report: SetUpReport | undefined;
  isRunning: boolean;
}

/** What every view that shows the set-up is given. */
export type SetUpPresentation = Presentation & { setUp: SetUpState };

const icons: Readonly<Record<CheckStatus, string>> = { error: '🔴', warning: '🟠', ok: '🟢' };
const order: readonly CheckStatus[] = ['error', 'warning'];
/** More do not fit beside what else a screen shows; the terminal shows all. */
const findingsMax = 5;
const detailMax = 160;
const adviceMax = 200;

export function isSetUpWrong({ report }: SetUpState): boolean {
  return report?.checks.some(({ status }) => status === 'error') ?? false;
}

/** All groups together, for `/health`. */
export function setUpLines(presentation: SetUpPresentation): Line[] {
  const { report, isRunning } = presentation.setUp;
  if (report === undefined)
    return [line(`🔧 ${isRunning ? 'The set-up is being checked …' : 'Set-up not checked yet'}`)];
  const when = isRunning ? 'being checked again …' : formatTimeShort(report.finishedAt, presentation);
  return [line(`🔧 Set-up: ${countChecks(report.checks)} · ${when}`, weights.must), ...findingLines(report.checks)];
}

/** The checks of one provider, for `/providers`: what is not well. */
export function providerSetUpLines(provider: string, { report }: SetUpState): Line[] {
  const checks = checksOf(provider, report);
  if (checks.every(({ status }) => status === 'ok')) return [];
  return [line(`Set-up: ${countChecks(checks)}`), ...findingLines(checks.map((check) => ({ ...check, group: '' })))];
}

/** A word at the end of a line when all of them are well, so that it needs none of its own. */
export function soundSetUp(provider: string, { report }: SetUpState): string {
  const checks = checksOf(provider, report);
  return checks.length > 0 && checks.every(({ status }) => status === 'ok') ? ` · set-up ${countChecks(checks)}` : '';
}

function checksOf(provider: string, report: SetUpReport | undefined): GroupedCheck[] {
  return report?.checks.filter(({ group }) => group === provider) ?? [];
}

/** When the checks in a view that shows them apart were made. */
export function setUpAge(presentation: SetUpPresentation): Line[] {
  const { report, isRunning } = presentation.setUp;
  if (isRunning) return [line('🔧 The set-up is being checked …', weights.detail)];
  if (report === undefined) return [line('🔧 Set-up not checked yet', weights.detail)];
  return [line(`🔧 Set-up checked ${formatTimeShort(report.finishedAt, presentation)}`, weights.detail)];
}

export function checkNowButton(place: SetUpPlace): Button {
  return { text: 'Check now', callback: { kind: 'set_up', place } };
}

function countChecks(checks: readonly GroupedCheck[]): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const parts = [
    ...(count('error') > 0 ? [plural(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [plural(count('warning'), 'warning')] : []),
    ...(count('ok') > 0 ? [`${count('ok')} ok`] : []),
  ];
  return parts.join(', ');
}

function findingLines(checks: readonly GroupedCheck[]): Line[] {
  const found = order.flatMap((status) => checks.filter((check) => check.status === status));
  if (found.length === 0) return [];
  const shown = found.slice(0, findingsMax).map(describeFinding);
  const rest = found.length - shown.length;
  if (rest > 0) shown.push(`… ${rest} more: <code>npm run doctor</code> shows all`);
  return [line(`<blockquote expandable>${shown.join('\n')}</blockquote>`, weights.must)];
}

function describeFinding({ group, name, status, detail, advice }: GroupedCheck): string {
  const label = [group, name === group ? '' : name].filter((word) => word !== '').join(' ');
  const what = `${icons[status]} <b>${show(label, 60)}</b> ${own(detail, detailMax)}`;
  return advice === null ? what : `${what}\n→ ${own(advice, adviceMax)}`;
}
