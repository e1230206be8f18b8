// Webhooks that come all at once, each about a payment of its own: when the admins and the shop were told. The product runs in one process,
// everything that calls it and that it calls in this one.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentId } from '#kernel/ids.ts';
import { spawnServer } from '../cores.ts';
import { deliveryOf } from '../drain/backlog.ts';
import { createRoundDatabase } from '../drain/databases.ts';
import { findFreePort } from '../process/bench-world.ts';
import { type BurstOutside, type Story, startOutside, type Told } from './outside.ts';
import type { BurstProduct, Ready, Spent } from './product.ts';

export interface BurstPlan {
  events: number;
  warmUp: number;
  rounds: number;
  onRound(story: Story, round: BurstRound): void;
}

/** All times in ms from the moment at which the first webhook was sent. */
export interface BurstRound {
  /** Until the last webhook was answered. */
  answeredMs: number;
  /** Null where no message was sent. */
  firstRingMs: number | null;
  messages: number;
  edits: number;
  lastChangeMs: number | null;
  facts: number;
  lastFactMs: number | null;
  processorMs: number;
}

export type BurstFigures = Record<Story, BurstRound[]>;

/** As many providers' connections as come at once. */
const connections = 50;
/** It is over when nobody was told anything for so long: what a chat shows is changed at most this long after what it shows. */
const quietMs = 8_000;
const lookEveryMs = 50;
const asStarted = ['--max-semi-space-size=4'];

export async function runBurst(plan: BurstPlan): Promise<BurstFigures> {
  const figures: BurstFigures = { failed: [], paid: [] };
  for (let number = 1; number <= plan.rounds; number += 1) {
    for (const story of ['failed', 'paid'] as const) {
      const round = await runRound(plan, story);
      figures[story].push(round);
      plan.onRound(story, round);
    }
  }
  return figures;
}

async function runRound(plan: BurstPlan, story: Story): Promise<BurstRound> {
  const outside = await startOutside();
  const database = await createRoundDatabase(undefined);
  const port = await findFreePort();
  const orders = plan.warmUp + plan.events;
  const product: BurstProduct = { databaseUrl: database.url, outsideUrl: outside.url, port, orders };
  const script = new URL('./product.ts', import.meta.url).pathname;
  const child = spawnServer([...asStarted, script, JSON.stringify(product)], {
    pinning: 'not pinned',
    options: { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  });
  const ended = once(child, 'exit');
  const next = async <Message>(): Promise<Message> => {
    const failed = ended.then(([code]) => Promise.reject(new Error(`the product ended with ${code}`)));
    return ((await Promise.race([once(child, 'message'), failed])) as [Message])[0];
  };
  try {
    const { payments } = await next<Ready>();
    // A first, smaller burst makes the machine code; what is paid rings for nobody.
    const url = `http://127.0.0.1:${port}/webhooks/btcpay`;
    await post(url, { payments: payments.slice(0, plan.warmUp), story: 'paid' });
    await untilQuiet(outside);
    outside.say(story);
    outside.take();
    child.send('begin');
    const beganAt = performance.now();
    await post(url, { payments: payments.slice(plan.warmUp), story });
    const answeredMs = performance.now() - beganAt;
    await untilQuiet(outside);
    child.send('end');
    const { processorMs } = await next<Spent>();
    return { answeredMs, ...readTold(outside.take(), beganAt), processorMs };
  } finally {
    if (child.connected) child.disconnect();
    await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
    await outside.stop();
    await database.remove();
  }
}

async function post(url: string, input: { payments: readonly PaymentId[]; story: Story }): Promise<void> {
  const type = input.story === 'paid' ? 'InvoiceSettled' : 'InvoiceInvalid';
  const left = [...input.payments];
  const send = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      const response = await fetch(url, { method: 'POST', ...deliveryOf(id, type) });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the webhook was answered ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
}

async function untilQuiet(outside: BurstOutside): Promise<void> {
  const sizeOf = ({ sends, edits, facts }: Told): number => sends.length + edits.length + facts.length;
  let size = -1;
  for (let since = performance.now(); performance.now() - since < quietMs; await sleep(lookEveryMs)) {
    const now = sizeOf(outside.told());
    if (now !== size) since = performance.now();
    size = now;
  }
}

function readTold({ sends, edits, facts }: Told, beganAt: number) {
  const since = (at: number | undefined): number | null => (at === undefined ? null : at - beganAt);
  return {
    firstRingMs: since(sends[0]),
    messages: sends.length,
    edits: edits.length,
    lastChangeMs: since([...sends, ...edits].toSorted((left, right) => left - right).at(-1)),
    facts: facts.length,
    lastFactMs: since(facts.at(-1)),
  };
}
