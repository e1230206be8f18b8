import type { Engine } from '#db/engine/migrations.ts';
import { formatTable } from '../table.ts';
import type { ScreenFigures } from './measure.ts';

// SQLite works in the product's own thread. Its ratio is that of the processor's time, too, and a screen is beyond the aim where both
// clocks say so: the wall clock alone may speak of the neighbours. PostgreSQL works in processes of its own, and only the wall
// clock has it all.

/** What the product sets out to reach. */
const aims = { ratioMax: 1.5, p99MsMax: { sqlite: 20, postgres: 40 } } as const;

export function formatScale(engine: Engine, figures: readonly ScreenFigures[]): string {
  const head = ['screen', 'small p50 ms', 'p99', 'large p50 ms', 'p99', 'ratio', 'cpu ms', 'cpu ms', 'cpu ratio', ''];
  const rows = figures.map((one) => [
    one.name,
    one.small.p50Ms.toFixed(2),
    one.small.p99Ms.toFixed(1),
    one.large.p50Ms.toFixed(2),
    one.large.p99Ms.toFixed(1),
    one.ratio.toFixed(2),
    one.small.processorMs.toFixed(2),
    one.large.processorMs.toFixed(2),
    one.processorRatio.toFixed(2),
    judged(engine, one) > aims.ratioMax ? 'beyond' : '',
  ]);
  return formatTable([head, ...rows]);
}

/** One line per aim: what was wanted, what came out. */
export function scaleVerdicts(engine: Engine, figures: readonly ScreenFigures[]): string[] {
  const beyond = figures
    .map((one) => ({ name: one.name, ratio: judged(engine, one) }))
    .filter(({ ratio }) => ratio > aims.ratioMax)
    .toSorted((left, right) => right.ratio - left.ratio);
  const p99MsMax = aims.p99MsMax[engine];
  const slow = figures.filter(({ large }) => large.p99Ms > p99MsMax);
  const ratios = beyond.map(({ name, ratio }) => `${name} (${ratio.toFixed(1)})`).join(', ');
  const times = slow.map(({ name, large }) => `${name} (${large.p99Ms.toFixed(0)} ms)`).join(', ');
  return [
    `${beyond.length} of ${figures.length} screens beyond ${aims.ratioMax} times: ${ratios || 'none'}`,
    `${slow.length} of ${figures.length} screens with a p99 above ${p99MsMax} ms: ${times || 'none'}`,
  ];
}

function judged(engine: Engine, { ratio, processorRatio }: ScreenFigures): number {
  return engine === 'sqlite' ? Math.min(ratio, processorRatio) : ratio;
}
