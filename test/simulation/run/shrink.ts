// Cuts a failing history to the steps that it needs (delta debugging, by Zeller and Hildebrandt): halves, then quarters, and so on are
// left out as long as the same promise is still broken.
import type { PlanOptions } from '../plan/plan.ts';
import { runSeed, type Verdict } from './run-seed.ts';

/** A shrinker that finds nothing more to leave out ends; one that finds ever less ends here. */
const runsMax = 200;

export async function shrink(
  failing: Verdict,
  options: PlanOptions,
  onSmaller: (steps: number) => void,
): Promise<Verdict> {
  const { seed } = failing.plan;
  const broken = failing.violations[0]?.invariant;
  let best = failing;
  let parts = 2;
  let runs = 0;

  async function tryWithout(left: readonly number[]): Promise<boolean> {
    runs += 1;
    const verdict = await runSeed(seed, { ...options, only: left });
    if (verdict.violations[0]?.invariant !== broken) return false;
    best = verdict;
    onSmaller(left.length);
    return true;
  }

  while (runs < runsMax) {
    const ids = best.plan.steps.map(({ id }) => id);
    if (ids.length === 0) break;
    const size = Math.ceil(ids.length / parts);
    let isSmaller = false;
    for (let from = 0; from < ids.length && !isSmaller && runs < runsMax; from += size) {
      isSmaller = await tryWithout([...ids.slice(0, from), ...ids.slice(from + size)]);
    }
    if (isSmaller) parts = Math.max(2, parts - 1);
    else if (size === 1) break;
    else parts = Math.min(ids.length, parts * 2);
  }
  return best;
}
