// What the command line asks for: one history again, many of them, or a part of many for another process.
import { writeFileSync } from 'node:fs';
import { formatDuration } from './duration.ts';
import { farm } from './farm.ts';
import type { Options } from './options.ts';
import { tellFailure, tellStory } from './report.ts';
import { runSeed } from './run-seed.ts';
import { shrink } from './shrink.ts';

/** Takes seeds from the process that started this one, until that one ends. */
export function serveFarm(options: Options): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (given) => {
    void runSeed(Number(given), options).then(({ plan: { seed }, violations, hash, simulatedMs, tookMs }) => {
      process.send?.({ seed, violations, hash, simulatedMs, tookMs });
    });
  });
}

/** The exit code: 1 for a broken promise. */
export async function replay(options: Options, say: (text: string) => void): Promise<number> {
  let verdict = await runSeed(options.from, { ...options, isLogKept: options.isLogShown });
  let { only } = options;
  if (options.isShrunk && verdict.violations.length > 0) {
    verdict = await shrink(verdict, options, (steps) => say(`still broken with ${steps} steps`));
    only = verdict.plan.steps.map(({ id }) => id);
  }
  const { violations } = verdict;
  const isBroken = violations.length > 0;
  if (!options.isJson) say(tellStory(verdict, { ...options, only }));
  else if (isBroken) say(JSON.stringify({ seed: options.from, violations }));
  return isBroken ? 1 : 0;
}

/** `words`: the command line, for the other processes. */
export async function runFarm(
  options: Options,
  words: readonly string[],
  say: (text: string) => void,
): Promise<number> {
  const startedAt = performance.now();
  let failed = 0;
  let kept = 0;
  let simulatedMs = 0;
  await farm({
    ...options,
    words,
    onResult(result) {
      simulatedMs += result.simulatedMs;
      const { seed, violations } = result;
      if (violations.length === 0) {
        kept += 1;
        return true;
      }
      failed += 1;
      say(options.isJson ? JSON.stringify({ seed, violations }) : tellFailure({ seed, violations }, options));
      return !options.endsWithFirst;
    },
  });
  if (options.report !== undefined) {
    const counts = {
      numPassedTests: kept,
      numFailedTests: failed,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [],
    };
    writeFileSync(options.report, JSON.stringify(counts));
  }
  const tookMs = performance.now() - startedAt;
  const speed = Math.round(simulatedMs / Math.max(1, tookMs));
  const time = `${formatDuration(simulatedMs)} of shops in ${formatDuration(tookMs)}, ${speed} times real time`;
  if (!options.isJson) say(`${kept + failed} seeds: ${kept} kept every promise, ${failed} did not; ${time}`);
  return failed > 0 ? 1 : 0;
}
