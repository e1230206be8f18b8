import type { Engine } from '#db/engine/migrations.ts';
import { rounded, spreadOf } from '../statistics.ts';
import { formatTable } from '../table.ts';
import type { DrainFigures, DrainRound } from './run-drain.ts';

/** What the product sets out to reach: events a second, and the processor's time for one. */
const aims = {
  sqlite: { perSecondMin: 800, processorMsMax: 1.2 },
  postgres: { perSecondMin: 300, processorMsMax: null },
} as const;

export function formatDrain({ rounds, counted }: DrainFigures): string {
  const span = (pick: (round: DrainRound) => number, digits: number): string => {
    const { median, min, max } = spreadOf(rounds.map(pick));
    return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
  };
  const one = (value: number | undefined): string => ((value ?? Number.NaN) / counted.events).toFixed(2);
  return formatTable([
    ['for one event', 'median (least-most)'],
    ['events a second', span(perSecond, 0)],
    ['processor ms, product', span(processorMs, 2)],
    ['  of it the thread that runs it', span((round) => round.threadMs / round.events, 2)],
    ['share of the time in which it was busy', span((round) => round.busyShare, 2)],
    ['processor ms, provider and shop', span((round) => round.outsideProcessorMs / round.events, 2)],
    ['MB resident at the end', span((round) => round.residentMegabytes, 0)],
    ['statements', one(counted.counted?.statements)],
    ['transactions', one(counted.counted?.transactions)],
    ['commits', one(counted.counted?.commits)],
    ['outbox rows', span((round) => round.outboxRows / round.events, 2)],
    ['calls to the provider', span((round) => round.outside.providerCalls / round.events, 2)],
    ['calls to the shop', span((round) => round.outside.shopCalls / round.events, 2)],
    ['connections to the shop, in all', span((round) => round.outside.shopConnections, 0)],
    ['connections to the provider, in all', span((round) => round.outside.providerConnections, 0)],
  ]);
}

/** One line per aim: what was wanted, what came out. */
export function drainVerdicts(engine: Engine, { rounds }: DrainFigures): string[] {
  const { perSecondMin, processorMsMax } = aims[engine];
  const rate = spreadOf(rounds.map(perSecond)).median;
  const spent = spreadOf(rounds.map(processorMs)).median;
  const said = (isReached: boolean): string => (isReached ? 'reached' : 'MISSED ');
  return [
    `${said(rate >= perSecondMin)}  ${rounded(rate)} events a second, aim at least ${perSecondMin}`,
    ...(processorMsMax === null
      ? []
      : [`${said(spent <= processorMsMax)}  ${rounded(spent, 2)} ms of processor, aim at most ${processorMsMax}`]),
  ];
}

function perSecond({ events, ms }: DrainRound): number {
  return (events * 1_000) / ms;
}

function processorMs(round: DrainRound): number {
  return round.processorMs / round.events;
}
