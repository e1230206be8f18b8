// How long webhooks wait to be taken in, on a large shop, while somebody looks at screens that show much, and while jobs run.
// The stand-in for Telegram comes first: the product must not have been loaded before it.
import '../scale/shop/instant-telegram.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import type { HistoryEngine } from '../scale/engines/engine.ts';
import { endsAt } from '../scale/history/period.ts';
import { openShop } from '../scale/shop/opened-shop.ts';
import { readTargets, type Target } from '../scale/shop/targets.ts';
import { type Activity, activities } from './activities.ts';
import { startIntake, type Waits } from './intake-load.ts';

export interface StallPlan {
  seed: string;
  orders: number;
  /** Each activity goes on for so long, or once where it takes longer. */
  measureMs: number;
  /** Only activities whose name begins with this. */
  only: string;
  onActivity(figures: StallFigures): void;
}

const warmUpMs = 500;
/** Nobody asks faster than that. */
const pauseMs = 50;

export interface StallFigures extends Waits {
  name: string;
  /** How often it was done meanwhile. */
  times: number;
}

export async function runStall(engine: HistoryEngine, plan: StallPlan): Promise<StallFigures[]> {
  const openedAt = Date.now();
  const sandbox = await startProviderSandbox({ now: () => endsAt + Date.now() - openedAt });
  const { BTCPAY_WEBHOOK_SECRET: secret, BTCPAY_STORE_ID: storeId } = sandbox.environment;
  if (secret === undefined || storeId === undefined) throw new Error('the sandbox has no store at BTCPay');
  try {
    const kept = await engine.keep(plan);
    const figures: StallFigures[] = [];
    let number = 0;
    let targets: Target[] | undefined;
    for (const activity of activities.filter(({ name }) => name.startsWith(plan.only))) {
      const copy = await kept.copy();
      try {
        await activity.prepare?.(copy);
        targets ??= await readTargets(copy.query, plan);
        const shop = await openShop(copy.databaseUrl, sandbox.environment);
        try {
          // What is loaded and compiled at the first webhook is not what is measured.
          const load = { secret, storeId, nextNumber: () => number++ };
          const warmUp = startIntake(shop, load);
          await sleep(warmUpMs);
          await warmUp.stop();
          const intake = startIntake(shop, load);
          const times = await keepOn(activity, { shop, targets, measureMs: plan.measureMs });
          const one = { name: activity.name, times, ...(await intake.stop()) };
          plan.onActivity(one);
          figures.push(one);
        } finally {
          await shop.close();
        }
      } finally {
        await copy.remove();
      }
    }
    return figures;
  } finally {
    await sandbox.stop();
  }
}

async function keepOn(
  activity: Activity,
  input: { shop: Parameters<Activity['act']>[0]; targets: readonly Target[]; measureMs: number },
): Promise<number> {
  const { shop, targets, measureMs } = input;
  const until = performance.now() + measureMs;
  for (let times = 0; ; times += 1) {
    const target = targets[(times * 37) % targets.length];
    if (target === undefined) throw new Error('there is nothing to ask for');
    if (times > 0 && (activity.isOnce === true || performance.now() > until)) return times;
    await activity.act(shop, target);
    await sleep(pauseMs);
  }
}
