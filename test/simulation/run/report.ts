// What is said of a history that broke a promise.
import { formatDuration } from './duration.ts';
import type { Options } from './options.ts';
import { promiseOf } from './promises.ts';
import type { Verdict, Violation } from './run-seed.ts';

/** Journal lines before the violation that are shown. */
const tailLines = 60;
const violationsMax = 12;

interface Failure {
  seed: number;
  violations: readonly Violation[];
}

/** The command that makes the same history again. */
export function replayLine(seed: number, { days, plant, only }: Pick<Options, 'days' | 'plant' | 'only'>): string {
  const words = [
    `--seed ${seed}`,
    days === undefined ? '' : `--days ${days}`,
    plant === undefined ? '' : `--plant ${plant}`,
    only === undefined ? '' : `--only ${only.join(',')}`,
  ];
  return `replay: npm run simulate -- ${words.filter((word) => word !== '').join(' ')}`;
}

export function tellFailure({ seed, violations }: Failure, options: Options): string {
  const lines = violations
    .slice(0, violationsMax)
    .map(({ invariant, text }) => `  ${invariant}. ${promiseOf(invariant)}\n     ${text}`);
  const more = violations.length > violationsMax ? [`  and ${violations.length - violationsMax} more`] : [];
  return [`seed ${seed} broke a promise`, ...lines, ...more, replayLine(seed, options)].join('\n');
}

/** The whole story of one history. */
export function tellStory(verdict: Verdict, options: Options): string {
  const { plan, lines, hash, simulatedMs, tookMs, violations } = verdict;
  const shown = options.isLogShown ? lines : lines.slice(-tailLines);
  const steps = `${plan.steps.length} steps, ${formatDuration(simulatedMs)} in ${formatDuration(tookMs)}`;
  const journal = violations.length > 0 || options.isLogShown ? shown : [];
  const verdictLine =
    violations.length > 0
      ? tellFailure({ seed: plan.seed, violations }, options)
      : `seed ${plan.seed} kept every promise`;
  return [...journal, '', verdictLine, `${steps}, journal ${hash}`].join('\n');
}
