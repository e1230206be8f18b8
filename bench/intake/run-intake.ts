// Durable intake against its peers: interleaved rounds, so that whatever else the machine does hits all of them alike.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#db/database/open-database.ts';
import type { Pinning } from '../cores.ts';
import { type Spread, spreadOf } from '../statistics.ts';
import { baseline, type ContestantName, contestants } from './contestants.ts';
import { prepareDeliveries } from './deliveries.ts';
import { type RoundResult, runRound } from './round.ts';

export interface IntakePlan {
  names: readonly ContestantName[];
  rounds: number;
  connections: number;
  warmUpMs: number;
  measureMs: number;
  pinning: Pinning;
  nodeOptions: readonly string[];
  onRound(round: { name: ContestantName; number: number; result: RoundResult }): void;
}

export interface IntakeFigures {
  name: ContestantName;
  title: string;
  requestsPerSecond: Spread;
  p50Ms: Spread;
  p99Ms: Spread;
  processorMicros: Spread;
  generatorMicros: Spread;
  /** Against the baseline in the same round. */
  throughputRatio: Spread;
  p99Ratio: Spread;
  rounds: readonly RoundResult[];
}

/** More than the fastest server that stores rows answers in one second. */
const requestsPerSecondMax = 24_000;

export async function runIntake(plan: IntakePlan): Promise<{ bodyBytes: number; figures: IntakeFigures[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-bench-'));
  const template = join(folder, 'template.db');
  const database = await openDatabase({ target: { engine: 'sqlite', file: template } });
  await database.migrate();
  await database.close();
  const results = new Map<ContestantName, RoundResult[]>(plan.names.map((name) => [name, []]));
  // Each round begins with an empty database, so the same deliveries are new to every server.
  const deliveries = prepareDeliveries((requestsPerSecondMax * (plan.warmUpMs + plan.measureMs)) / 1000);
  try {
    for (let number = 1; number <= plan.rounds; number += 1) {
      for (const name of rotated(plan.names, number - 1)) {
        const result = await runRound({ ...plan, name, template, deliveries });
        results.get(name)?.push(result);
        plan.onRound({ name, number, result });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { bodyBytes: deliveries.bodyBytes, figures: plan.names.map((name) => summarize(name, results)) };
}

/** Each round begins with another server, so that none always runs after the same neighbour. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function summarize(name: ContestantName, results: ReadonlyMap<ContestantName, RoundResult[]>): IntakeFigures {
  const rounds = results.get(name) ?? [];
  const base = results.get(baseline) ?? [];
  const spread = (pick: (round: RoundResult) => number): Spread => spreadOf(rounds.map(pick));
  const ratio = (pick: (round: RoundResult) => number): Spread =>
    spreadOf(rounds.flatMap((round, index) => (base[index] === undefined ? [] : [pick(round) / pick(base[index])])));
  return {
    name,
    title: contestants[name].title,
    requestsPerSecond: spread((round) => round.requestsPerSecond),
    p50Ms: spread((round) => round.p50Ms),
    p99Ms: spread((round) => round.p99Ms),
    processorMicros: spread((round) => round.processorMicros),
    generatorMicros: spread((round) => round.generatorMicros),
    throughputRatio: ratio((round) => round.requestsPerSecond),
    p99Ratio: ratio((round) => round.p99Ms),
    rounds,
  };
}
