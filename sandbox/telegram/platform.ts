import { type RandomBytes, randomShares } from '../kit/random.ts';
import type { Sleep } from '../kit/sleep.ts';
import { type Callbacks, createCallbacks } from './callbacks.ts';
import { type Commands, createCommands } from './commands.ts';
import { createFaults, type Faults } from './faults.ts';
import { createFileStore, type FileStore } from './files.ts';
import { createLimiter, type Limiter, type SandboxLimits } from './limits.ts';
import type { ApiCall, SandboxBot } from './model.ts';
import { createOutage, type Outage } from './outage.ts';
import { createUpdateQueue, type UpdateQueue } from './updates.ts';
import { createWebhook, type PostUpdate, type Webhook } from './webhook.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

const historyMax = 5000;

/** How one bot receives updates: it polls, or it is called. */
export interface Inbound {
  readonly queue: UpdateQueue;
  readonly webhook: Webhook;
}

/** Everything behind the Bot API and behind the users; the two sides meet only here. */
export interface Platform {
  readonly world: World;
  readonly files: FileStore;
  readonly limiter: Limiter;
  readonly callbacks: Callbacks;
  readonly commands: Commands;
  readonly faults: Faults;
  readonly outage: Outage;
  inbound(bot: SandboxBot): Inbound;
  record(call: ApiCall): void;
  history(): readonly ApiCall[];
  onCall(listener: (call: ApiCall) => void): () => void;
  now(): number;
  stop(): Promise<void>;
}

export interface PlatformOptions extends WorldOptions {
  readonly limits: SandboxLimits;
  readonly callbackTtlSeconds: number;
  /** Where ids come from. */
  readonly ids: RandomBytes;
  /** Where failures by chance come from. */
  readonly chance: RandomBytes;
  readonly sleep: Sleep;
  readonly post: PostUpdate;
  /** Carries out a method named in the answer to a webhook. */
  readonly call: (bot: SandboxBot, body: Record<string, unknown>) => Promise<void>;
}

export function createPlatform(options: PlatformOptions): Platform {
  const world = createWorld(options);
  const { now, sleep, post, ids } = options;
  const calls: ApiCall[] = [];
  const listeners = new Set<(call: ApiCall) => void>();
  const inbounds = new Map<number, Inbound>();
  const outage = createOutage(() => {
    // Polls that wait are cut off like all others.
    for (const { queue } of inbounds.values()) queue.wake();
  });
  for (const [index, bot] of options.bots.entries()) {
    const queue = createUpdateQueue((index + 1) * 100_000_000 + 1, sleep);
    const reply = (body: Record<string, unknown>) => options.call(bot, body);
    const { nowSeconds } = world;
    inbounds.set(bot.id, { queue, webhook: createWebhook({ queue, nowSeconds, reply, sleep, post, outage }) });
  }

  return {
    world,
    files: createFileStore(ids),
    limiter: createLimiter(options.limits, now),
    callbacks: createCallbacks({ now, ttlSeconds: options.callbackTtlSeconds, random: ids }),
    commands: createCommands(),
    faults: createFaults(randomShares(options.chance)),
    outage,
    inbound(bot) {
      const inbound = inbounds.get(bot.id);
      if (!inbound) throw new Error(`no update queue for @${bot.username}`);
      return inbound;
    },
    record(call) {
      calls.push(call);
      if (calls.length > historyMax) calls.shift();
      for (const listener of [...listeners]) listener(call);
    },
    history: () => [...calls],
    onCall(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now,
    async stop() {
      await Promise.all([...inbounds.values()].map((inbound) => inbound.webhook.remove()));
    },
  };
}
