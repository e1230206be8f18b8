// The product on a shop of 10,000 orders and on a large one, beside each other in one process.
// The stand-in for Telegram comes first: the product must not have been loaded before it.
import './shop/instant-telegram.ts';
import { startProviderSandbox } from '#sandbox/providers/server.ts';
import type { HistoryEngine } from './engines/engine.ts';
import { endsAt } from './history/period.ts';
import { type MeasurePlan, measureScreen, type ScreenFigures, type Side } from './measure.ts';
import { screens } from './screens.ts';
import { openShop } from './shop/opened-shop.ts';
import { readTargets } from './shop/targets.ts';

export interface ScalePlan extends MeasurePlan {
  seed: string;
  small: number;
  large: number;
  /** Only screens whose name begins with this. */
  screen: string;
  onHistory(kept: MadeHistory): void;
  onScreen(figures: ScreenFigures): void;
}

export interface MadeHistory {
  orders: number;
  madeInMs: number | null;
  bytesPerOrder: number;
}

export async function runScale(
  engine: HistoryEngine,
  plan: ScalePlan,
): Promise<{ histories: MadeHistory[]; screens: ScreenFigures[] }> {
  const { small, large } = plan;
  const histories: MadeHistory[] = [];
  const cleanUps: (() => unknown)[] = [];
  const openedAt = Date.now();
  const sandbox = await startProviderSandbox({ now: () => endsAt + Date.now() - openedAt });
  cleanUps.push(() => sandbox.stop());

  async function open(orders: number): Promise<Side> {
    const kept = await engine.keep({ orders, seed: plan.seed });
    const made = { orders, madeInMs: kept.madeInMs, bytesPerOrder: Math.round(kept.bytes / orders) };
    histories.push(made);
    plan.onHistory(made);
    const copy = await kept.copy();
    cleanUps.push(copy.remove);
    const targets = await readTargets(copy.query, { orders });
    const shop = await openShop(copy.databaseUrl, sandbox.environment);
    cleanUps.push(shop.close);
    return { shop, targets };
  }

  try {
    const sides = { small: await open(small), large: await open(large) };
    const figures: ScreenFigures[] = [];
    for (const screen of screens.filter(({ name }) => name.startsWith(plan.screen))) {
      const measured = await measureScreen(screen, sides, plan);
      plan.onScreen(measured);
      figures.push(measured);
    }
    return { histories, screens: figures };
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}
