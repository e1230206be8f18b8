import type { IntakeFigures } from './intake/run-intake.ts';
import type { PeersRound } from './peers/run-peers.ts';
import type { ProcessFigures } from './process/run-process.ts';
import { rounded, type Spread } from './statistics.ts';
import { formatTable } from './table.ts';

/** What the product sets out to reach. */
export const aims = {
  throughputRatioMin: 0.5,
  p99RatioMax: 2,
  startMsMax: 1_200,
  idleMegabytesMax: 130,
} as const;

function span(spread: Spread, digits: number): string {
  const text = (value: number): string => value.toFixed(digits);
  return `${text(spread.median)} (${text(spread.min)}-${text(spread.max)})`;
}

export function formatIntake(intake: { bodyBytes: number; figures: readonly IntakeFigures[] }): string {
  const head = ['server', 'requests/s', 'of no-op', 'p50 ms', 'p99 ms', 'p99 of no-op', 'cpu µs/request'];
  const rows = intake.figures.map((one) => [
    one.title,
    span(one.requestsPerSecond, 0),
    span(one.throughputRatio, 2),
    span(one.p50Ms, 1),
    span(one.p99Ms, 1),
    span(one.p99Ratio, 2),
    span(one.processorMicros, 0),
  ]);
  const note = `Medians of the rounds, least and most in parentheses; ratios within the same round; body ${intake.bodyBytes} bytes.`;
  const generator = Math.max(...intake.figures.map((one) => one.generatorMicros.median));
  const ceiling = `The load generator takes at most ${generator.toFixed(0)} µs of its own core for a request.`;
  return `${formatTable([head, ...rows])}\n${note}\n${ceiling}`;
}

/** One line per aim: what was wanted, what came out. */
export function intakeVerdicts(figures: readonly IntakeFigures[]): string[] {
  const ours = figures.find(({ name }) => name === 'tillkeeper');
  if (ours === undefined || Number.isNaN(ours.throughputRatio.median)) return [];
  const throughput = ours.throughputRatio.median;
  const p99 = ours.p99Ratio.median;
  return [
    verdict('throughput of durable intake', {
      isReached: throughput >= aims.throughputRatioMin,
      said: `${rounded(throughput, 2)} of the no-op route, aim at least ${aims.throughputRatioMin}`,
    }),
    verdict('p99 of durable intake', {
      isReached: p99 <= aims.p99RatioMax,
      said: `${rounded(p99, 2)} times the no-op route's, aim at most ${aims.p99RatioMax}`,
    }),
  ];
}

export function formatPeers(rounds: readonly PeersRound[]): string {
  const head = ['connections', 'requests ahead', 'MB idle', 'MB at most', 'kB a connection', 'another probe, ms'];
  const rows = rounds.map(({ connections, requestsAhead, idleMegabytes, peakMegabytes, probeMs }) => [
    String(connections),
    String(requestsAhead),
    idleMegabytes.toFixed(0),
    peakMegabytes.toFixed(0),
    (((peakMegabytes - idleMegabytes) * 1024) / connections).toFixed(0),
    probeMs === null ? 'no answer' : probeMs.toFixed(0),
  ]);
  return formatTable([head, ...rows]);
}

function verdict(what: string, outcome: { isReached: boolean; said: string }): string {
  return `${outcome.isReached ? 'reached' : 'MISSED '}  ${what}: ${outcome.said}`;
}

export function formatProcess(figures: ProcessFigures): string {
  const { first } = figures;
  return formatTable([
    ['', 'median (least-most)', 'first start ever'],
    ['/livez answers after, ms', span(figures.liveMs, 0), first.liveMs.toFixed(0)],
    ['/readyz answers after, ms', span(figures.readyMs, 0), first.readyMs.toFixed(0)],
    ['processor ms until then', span(figures.processorMs, 0), first.processorMs.toFixed(0)],
    ['resident when idle, MB', span(figures.idleMegabytes, 0), ''],
  ]);
}

export function processVerdicts(figures: ProcessFigures): string[] {
  const ready = figures.readyMs.median;
  const megabytes = figures.idleMegabytes.median;
  return [
    verdict('start to ready', {
      isReached: ready <= aims.startMsMax,
      said: `${rounded(ready)} ms, aim at most ${aims.startMsMax} ms`,
    }),
    verdict('idle memory', {
      isReached: megabytes <= aims.idleMegabytesMax,
      said: `${rounded(megabytes)} MB, aim at most ${aims.idleMegabytesMax} MB`,
    }),
  ];
}
