import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderName } from '#kernel/provider-name.ts';
import { collectors } from '../providers/registry.ts';
import type { DemoWorld } from './demo-world.ts';
import type { TrafficPace } from './options.ts';
import { tellOutage } from './outage.ts';
import { createScene, type Scene } from './scene.ts';
import { placesOf, type Story, type StoryName, stories } from './stories.ts';

// Light continuous traffic: mostly orders that are simply paid, and every kind of problem once in a round.

const ordersMax = 300;
const openMax = 20;
const betweenMs: Readonly<Record<Exclude<TrafficPace, 'none'>, { from: number; to: number }>> = {
  normal: { from: 20_000, to: 40_000 },
  quiet: { from: 120_000, to: 240_000 },
};
const firstAfterMs = 4_000;

type Turn = StoryName | 'outage';

/** The most interesting problems come early; between them, customers simply pay. */
const round: readonly Turn[] = [
  'paid',
  'underpaid',
  'webhookLost',
  'failed',
  'confirmedLater',
  'toldThreeTimes',
  'overpaid',
  'paid',
  'forged',
  'paidLate',
  'outage',
  'paid',
  'reversed',
  'expired',
  'paid',
  'abandoned',
];

export interface Traffic {
  /** Resolves when no story is in progress any more. */
  stop(): Promise<void>;
}

export function startTraffic(
  world: DemoWorld,
  options: { pace: Exclude<TrafficPace, 'none'>; onFault: (error: unknown) => void },
): Traffic {
  const ending = new AbortController();
  const pass = (ms: number): Promise<void> => delay(ms, undefined, { signal: ending.signal });
  const scene = createScene(world, pass);
  const underWay = new Set<Promise<void>>();
  const { from, to } = betweenMs[options.pace];

  const begin = (turn: number): void => {
    const told = tellTurn(scene, turn)
      .catch((error: unknown) => {
        if (!ending.signal.aborted) options.onFault(error);
      })
      .finally(() => underWay.delete(told));
    underWay.add(told);
  };

  async function run(): Promise<void> {
    await pass(firstAfterMs);
    for (let turn = 0; turn < ordersMax; turn += 1) {
      if ((await world.shop.till.countAwaiting(openMax)) < openMax) begin(turn);
      await pass(from + Math.random() * (to - from));
    }
  }

  const running = run().catch((error: unknown) => {
    if (!ending.signal.aborted) options.onFault(error);
  });
  return {
    async stop() {
      ending.abort();
      await running;
      await Promise.all(underWay);
    },
  };
}

async function tellTurn(scene: Scene, turn: number): Promise<void> {
  const name = round[turn % round.length] ?? 'paid';
  const nth = Math.floor(turn / round.length) + turn;
  if (name === 'outage') {
    const away = pick(collectors(), nth);
    if (away !== undefined) await tellOutage(scene, away);
    return;
  }
  const story: Story = stories[name];
  const place = pick(placesOf(story), nth);
  const order = place && (await scene.order(place));
  if (order === undefined) return;
  await scene.pause({ from: 2, to: 6 });
  await story.tell(scene, order);
}

function pick(from: readonly ProviderName[], nth: number): ProviderName | undefined {
  return from[nth % from.length];
}
