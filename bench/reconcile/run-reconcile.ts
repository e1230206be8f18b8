// A comparison of all payments of a window with the provider's own list: how many a second, what it holds in memory, and how long
// it holds up everybody else. The provider answers at once, in the same process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createReconciler } from '#payments/reconciliation/reconcile-provider.ts';
import { createTestDeps } from '#test/support/scenario-kits/payment-kit.ts';
import { createTestClock } from '#test/support/time/test-clock.ts';
import { formatTable } from '../table.ts';
import { createListing, openBooks } from './books.ts';

export interface ReconcileRound {
  payments: number;
  /** Without those that were updated. */
  perSecond: number;
  processorMicrosecondsEach: number;
  healedMsEach: number;
  /** Resident, beyond what there was before. */
  megabytesMore: number;
  longestHoldMs: number;
}

const sampleMs = 20;
const cause = { kind: 'reconciliation', id: 'bench', actor: { kind: 'job', id: 'bench' } } as const;

/** The same payments twice: once with one of a thousand to be updated, then with none. */
export async function runReconcile(payments: number): Promise<ReconcileRound> {
  const folder = mkdtempSync(join(tmpdir(), 'tillkeeper-reconcile-'));
  const clock = createTestClock();
  const plan = { payments, lostOneIn: 1_000 };
  const database = await openBooks(join(folder, 'shop.db'), plan, clock);
  try {
    const deps = { ...createTestDeps(database), clock, providers: createListing(plan, clock) };
    const reconcile = createReconciler(deps);
    const run = async () => {
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      let most = before;
      const timer = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss);
      }, sampleMs);
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const [startedAt, processor] = [performance.now(), process.cpuUsage()];
      const outcome = await reconcile({ provider: 'btcpay', startedBy: 'bench', cause });
      const { user, system } = process.cpuUsage(processor);
      const ms = performance.now() - startedAt;
      clearInterval(timer);
      delay.disable();
      if (outcome.kind !== 'finished' || outcome.run.comparedCount !== payments) {
        throw new Error(`not all were compared: ${JSON.stringify(outcome)}`);
      }
      return { ms, processorMicroseconds: user + system, most: most - before, delay: delay.max, run: outcome.run };
    };
    const healing = await run();
    const quiet = await run();
    if (quiet.run.matchedCount !== payments) throw new Error(`${quiet.run.openCount} payments still differ`);
    return {
      payments,
      perSecond: (payments * 1_000) / quiet.ms,
      processorMicrosecondsEach: quiet.processorMicroseconds / payments,
      healedMsEach: (healing.ms - quiet.ms) / healing.run.healedCount,
      megabytesMore: Math.max(healing.most, quiet.most) / 1024 ** 2,
      longestHoldMs: Math.max(healing.delay, quiet.delay) / 1e6,
    };
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function formatReconcile(rounds: readonly ReconcileRound[]): string {
  const head = ['payments', 'a second', 'µs of processor each', 'ms an update', 'MB more', 'longest hold ms'];
  const rows = rounds.map((round) => [
    String(round.payments),
    round.perSecond.toFixed(0),
    round.processorMicrosecondsEach.toFixed(1),
    round.healedMsEach.toFixed(1),
    round.megabytesMore.toFixed(0),
    round.longestHoldMs.toFixed(0),
  ]);
  return formatTable([head, ...rows]);
}
