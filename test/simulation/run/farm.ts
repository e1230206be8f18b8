// Many seeds over several processes: each takes the next seed when it has ended one, and one that hangs is given up.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { Violation } from './run-seed.ts';

/** What a process says of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly hash: string;
  readonly simulatedMs: Milliseconds;
  readonly tookMs: Milliseconds;
}

const hangsAfterMs: Milliseconds = 3 * minute;
/** What each history leaves in memory adds up: a process makes room for a new one after so many. */
const seedsAProcess = 250;
const mainFile = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface FarmInput {
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  readonly except: readonly number[];
  /** Words for each process beside its part. */
  readonly words: readonly string[];
  /** False ends the farm. */
  onResult(result: SeedResult): boolean;
}

export async function farm(input: FarmInput): Promise<void> {
  let next = input.from;
  let isOver = false;
  const take = (): number | undefined => {
    while (input.except.includes(next)) next += 1;
    if (isOver || next >= input.from + input.count) return undefined;
    next += 1;
    return next - 1;
  };
  const report = (result: SeedResult): void => {
    isOver = !input.onResult(result) || isOver;
  };
  const lanes = Array.from({ length: Math.min(input.workers, input.count) }, () => work(input.words, take, report));
  await Promise.all(lanes);
}

/** One lane: a process until it hangs or dies, then another one. */
async function work(
  words: readonly string[],
  take: () => number | undefined,
  report: (result: SeedResult) => void,
): Promise<void> {
  for (let seed = take(); seed !== undefined; seed = take()) {
    const last = await runProcess({ words, first: seed, take, report });
    if (last !== undefined) {
      const text = 'the process that ran it ended or stood still';
      report({ seed: last, violations: [{ invariant: 0, text }], hash: '', simulatedMs: 0, tookMs: 0 });
    }
  }
}

/** Resolves when no seed is left or it has run its share, or with the seed that the process did not come back from. */
function runProcess(input: {
  words: readonly string[];
  first: number;
  take(): number | undefined;
  report(result: SeedResult): void;
}): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = fork(mainFile, ['--worker', ...input.words], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let seed: number | undefined = input.first;
    let ended = 0;
    let watch: NodeJS.Timeout | undefined;
    const send = (): void => {
      clearTimeout(watch);
      if (seed === undefined) {
        child.disconnect();
        return;
      }
      watch = setTimeout(() => child.kill('SIGKILL'), hangsAfterMs);
      child.send(seed);
    };
    child.on('message', (result) => {
      input.report(result as SeedResult);
      ended += 1;
      seed = ended < seedsAProcess ? input.take() : undefined;
      send();
    });
    child.once('exit', () => {
      clearTimeout(watch);
      resolve(seed);
    });
    send();
  });
}
