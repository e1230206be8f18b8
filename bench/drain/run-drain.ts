// From a webhook that is stored to the shop that was told, for a backlog of them: the product in one process, and everything that it
// calls in this one.
import { once } from 'node:events';
import { type Pinning, spawnServer } from '../cores.ts';
import { processorTimeMs } from '../process-figures.ts';
import { createRoundDatabase } from './databases.ts';
import { type OutsideCounts, startOutside } from './outside.ts';
import type { Drained, ProductPlan } from './product.ts';

export interface DrainPlan {
  events: number;
  warmUp: number;
  /** Of the round in which statements are counted. */
  countedEvents: number;
  rounds: number;
  pinning: Pinning;
  /** Without it on SQLite. */
  postgres: string | undefined;
  nodeOptions: readonly string[];
  onRound(round: DrainRound): void;
}

export interface DrainRound extends Drained {
  events: number;
  /** What was called while this backlog was drained; of connections those of the backlogs before it, too. */
  outside: OutsideCounts;
  /** Processor time of this process, which is provider, shop and Telegram. */
  outsideProcessorMs: number;
}

export interface DrainFigures {
  rounds: DrainRound[];
  counted: DrainRound;
}

export async function runDrain(plan: DrainPlan): Promise<DrainFigures> {
  const rounds: DrainRound[] = [];
  for (let number = 1; number <= plan.rounds; number += 1) {
    const round = await runRound(plan, { backlogs: [plan.warmUp, plan.events], isCounted: false });
    plan.onRound(round);
    rounds.push(round);
  }
  const counted = await runRound(plan, { backlogs: [plan.countedEvents], isCounted: true });
  return { rounds, counted };
}

/** What `npm start` gives to Node. */
const asStarted = ['--max-semi-space-size=4'];

async function runRound(
  plan: DrainPlan,
  { backlogs, isCounted }: Pick<ProductPlan, 'backlogs' | 'isCounted'>,
): Promise<DrainRound> {
  const outside = await startOutside();
  const database = await createRoundDatabase(plan.postgres);
  const product: ProductPlan = { databaseUrl: database.url, outsideUrl: outside.url, backlogs, isCounted };
  const script = new URL('./product.ts', import.meta.url).pathname;
  const child = spawnServer([...asStarted, ...plan.nodeOptions, script, JSON.stringify(product)], {
    pinning: plan.pinning,
    options: { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the product ended with ${code}`)));
  failed.catch(() => undefined);
  const next = async <Message>(): Promise<Message> =>
    ((await Promise.race([once(child, 'message'), failed])) as [Message])[0];
  try {
    let facts = 0;
    let last: DrainRound | undefined;
    for (const events of backlogs) {
      await next<{ begun: number }>();
      const before = { counts: outside.counts(), processorMs: processorTimeMs(process.pid) };
      facts += events;
      await Promise.race([outside.heard(facts), failed]);
      const outsideProcessorMs = processorTimeMs(process.pid) - before.processorMs;
      child.send('heard');
      const { drained } = await next<{ drained: Drained }>();
      last = { ...drained, events, outside: difference(outside.counts(), before.counts), outsideProcessorMs };
    }
    if (last === undefined) throw new Error('there was nothing to drain');
    return last;
  } finally {
    // An ordinary exit, so that a profile is written when one was asked for.
    await failed.catch(() => undefined);
    await outside.stop();
    await database.remove();
  }
}

function difference(after: OutsideCounts, before: OutsideCounts): OutsideCounts {
  return {
    ...after,
    facts: after.facts - before.facts,
    shopCalls: after.shopCalls - before.shopCalls,
    providerCalls: after.providerCalls - before.providerCalls,
  };
}
