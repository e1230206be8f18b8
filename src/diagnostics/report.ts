import { styleText } from 'node:util';
import type { CheckSign, GroupedCheck, SetUpReport } from '#kernel/set-up-check.ts';

const colours: Readonly<Record<CheckSign, 'green' | 'yellow' | 'red'>> = {
  ok: 'green',
  warning: 'yellow',
  wrong: 'red',
};
const signWidth = 'warning'.length;

/** A line for each check. Colours are left out where the output has none. */
export function printReport({ checks }: SetUpReport): string[] {
  const width = Math.max(0, ...checks.map((check) => labelOf(check).length));
  return checks.map((check) => {
    const sign = styleText(colours[check.sign], check.sign.padEnd(signWidth));
    const advice = check.advice === null ? '' : ` → ${check.advice}`;
    return `${sign}  ${labelOf(check).padEnd(width)}  ${check.detail}${advice}`;
  });
}

export function printReportAsJson(report: SetUpReport): string {
  return JSON.stringify({ ok: isSound(report), checks: report.checks });
}

/** What is only not as good as it could be is no reason to fail. */
export function isSound({ checks }: SetUpReport): boolean {
  return checks.every(({ sign }) => sign !== 'wrong');
}

export function sumUpReport({ checks }: SetUpReport): string {
  const count = (sign: CheckSign): number => checks.filter((check) => check.sign === sign).length;
  const warnings = count('warning');
  return `${count('wrong')} wrong, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('ok')} ok`;
}

/** A check that bears the name of its group stands alone in it. */
function labelOf({ group, name }: GroupedCheck): string {
  return group === name ? name : `${group} ${name}`;
}
