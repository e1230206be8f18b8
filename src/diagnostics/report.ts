import { styleText } from 'node:util';
import type { CheckStatus, GroupedCheck, SetUpReport } from './set-up-check.ts';

const colours: Readonly<Record<CheckStatus, 'green' | 'yellow' | 'red'>> = {
  ok: 'green',
  warning: 'yellow',
  error: 'red',
};
const statusWidth = 'warning'.length;

/** A line for each check. Colours are left out where the output has none. */
export function printReport({ checks }: SetUpReport): string[] {
  const width = Math.max(0, ...checks.map((check) => labelOf(check).length));
  return checks.map((check) => {
    const status = styleText(colours[check.status], check.status.padEnd(statusWidth));
    const advice = check.advice === null ? '' : ` → ${check.advice}`;
    return `${status}  ${labelOf(check).padEnd(width)}  ${check.detail}${advice}`;
  });
}

export function printReportAsJson(report: SetUpReport): string {
  return JSON.stringify({ ok: isSound(report), checks: report.checks });
}

/** Warnings do not fail the command. */
export function isSound({ checks }: SetUpReport): boolean {
  return checks.every(({ status }) => status !== 'error');
}

export function sumUpReport({ checks }: SetUpReport): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const errors = count('error');
  const warnings = count('warning');
  return `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('ok')} ok`;
}

/** A check with the name of its group is the only one in it. */
function labelOf({ group, name }: GroupedCheck): string {
  return group === name ? name : `${group} ${name}`;
}
