import { atShare } from '../statistics.ts';
import type { Screen } from './screens.ts';
import type { OpenedShop } from './shop/opened-shop.ts';
import type { Target } from './shop/targets.ts';

export interface Side {
  shop: OpenedShop;
  targets: readonly Target[];
}

export interface Timing {
  samples: number;
  p50Ms: number;
  p99Ms: number;
  /**
   * Mean of this thread's processor time: tells more than the wall clock where others take turns with us. The kernel counts it in
   * steps of milliseconds, so that the median of short draws would be nothing.
   */
  processorMs: number;
}

export interface ScreenFigures {
  name: string;
  small: Timing;
  large: Timing;
  /** Large to small: of the medians, and of the processor's time. */
  ratio: number;
  processorRatio: number;
}

interface Took {
  ms: number;
  processorMs: number;
}

export interface MeasurePlan {
  samples: number;
  /** A screen that is slower than its samples allow ends after so long, with at least a few. */
  screenMaxMs: number;
}

const warmUps = 3;
const samplesMin = 5;

/** One after the other on both sides, so that what else goes on on the machine falls on both. */
export async function measureScreen(
  screen: Screen,
  sides: { small: Side; large: Side },
  plan: MeasurePlan,
): Promise<ScreenFigures> {
  const { small, large } = sides;
  const samples = Math.min(plan.samples, screen.samplesMax ?? plan.samples);
  const took = { small: [] as Took[], large: [] as Took[] };
  const warm = Math.min(warmUps, samples - 1);
  const endsAt = performance.now() + plan.screenMaxMs;
  for (let round = -warm; round < samples; round += 1) {
    if (round >= samplesMin && performance.now() > endsAt) break;
    // Whoever comes second has the processor's caches against them: they take turns.
    const order = round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const);
    for (const which of order) {
      const one = await draw(screen, which === 'small' ? small : large, round + warm);
      if (round >= 0) took[which].push(one);
    }
  }
  const [few, many] = [timingOf(took.small), timingOf(took.large)];
  return {
    name: screen.name,
    small: few,
    large: many,
    ratio: many.p50Ms / few.p50Ms,
    processorRatio: many.processorMs / few.processorMs,
  };
}

async function draw(screen: Screen, { shop, targets }: Side, round: number): Promise<Took> {
  const target = targets[(round * 37) % targets.length];
  if (target === undefined) throw new Error('there is nothing to ask for');
  const startedAt = performance.now();
  const before = process.threadCpuUsage();
  await screen.draw(shop, target);
  const { user, system } = process.threadCpuUsage(before);
  const ms = performance.now() - startedAt;
  await screen.settle?.(shop);
  return { ms, processorMs: (user + system) / 1_000 };
}

function timingOf(took: readonly Took[]): Timing {
  const ms = took.map((one) => one.ms).toSorted((left, right) => left - right);
  const processorMs = took.reduce((sum, one) => sum + one.processorMs, 0) / took.length;
  return { samples: took.length, p50Ms: atShare(ms, 0.5), p99Ms: atShare(ms, 0.99), processorMs };
}
