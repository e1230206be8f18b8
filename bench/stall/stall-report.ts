import { formatTable } from '../table.ts';
import type { StallFigures } from './run-stall.ts';

/** What the product sets out to reach. */
const p99MsMax = 50;

export function formatStall(figures: readonly StallFigures[]): string {
  const head = ['while', 'times', 'webhooks', 'p50 ms', 'p99', 'max', 'worked p99', 'worked max', ''];
  const rows = figures.map((one) => [
    one.name,
    String(one.times),
    String(one.webhooks),
    ...[one.p50Ms, one.p99Ms, one.maxMs, one.workedP99Ms, one.workedMaxMs].map((ms) => ms.toFixed(1)),
    judged(one) > p99MsMax ? 'beyond' : '',
  ]);
  return formatTable([head, ...rows]);
}

export function stallVerdict(figures: readonly StallFigures[]): string {
  const beyond = figures.filter((one) => judged(one) > p99MsMax).map(({ name }) => name);
  return `${beyond.length} of ${figures.length} with an intake p99 above ${p99MsMax} ms: ${beyond.join(', ') || 'none'}`;
}

/** Where others use the processor, too, the wall clock alone may speak of them. */
function judged({ p99Ms, workedP99Ms }: StallFigures): number {
  return Math.min(p99Ms, workedP99Ms);
}
