import { spreadOf } from '../statistics.ts';
import { formatTable } from '../table.ts';
import { type ContestantName, contestants } from './contestants.ts';
import type { JobsRound } from './run-jobs.ts';

export function formatJobs(rounds: readonly JobsRound[]): string {
  const head = ['queue', 'jobs/s', 'µs of processor each', 'µs of PostgreSQL each'];
  return formatTable([head, ...namesOf(rounds).map((name) => rowOf(name, rounds))]);
}

function rowOf(name: ContestantName, rounds: readonly JobsRound[]): string[] {
  const own = rounds.filter((round) => round.name === name);
  const span = (pick: (round: JobsRound) => number, digits: number): string => {
    const { median, min, max } = spreadOf(own.map(pick));
    return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
  };
  const isServed = own.every(({ serverProcessorMs }) => serverProcessorMs !== null);
  return [
    contestants[name].title,
    span(perSecond, 0),
    span(({ processorMs, jobs }) => (processorMs * 1_000) / jobs, 0),
    isServed ? span(({ serverProcessorMs, jobs }) => ((serverProcessorMs ?? 0) * 1_000) / jobs, 0) : '',
  ];
}

/** Ours on each engine beside every other of that engine. */
export function jobsVerdicts(rounds: readonly JobsRound[]): string[] {
  const names = namesOf(rounds);
  const median = (name: ContestantName): number =>
    spreadOf(rounds.filter((r) => r.name === name).map(perSecond)).median;
  return names.filter(isOurs).flatMap((ours) =>
    names
      .filter((name) => !isOurs(name) && contestants[name].engine === contestants[ours].engine)
      .map((other) => {
        const ratio = median(ours) / median(other);
        const said = ratio > 1 ? 'reached' : 'MISSED ';
        return `${said}  ${contestants[ours].title}: ${ratio.toFixed(2)} times as many jobs a second as ${contestants[other].title}`;
      }),
  );
}

function isOurs(name: ContestantName): boolean {
  return name.startsWith('tillkeeper');
}

function namesOf(rounds: readonly JobsRound[]): ContestantName[] {
  return [...new Set(rounds.map(({ name }) => name))];
}

function perSecond({ jobs, ms }: JobsRound): number {
  return (jobs * 1_000) / ms;
}
