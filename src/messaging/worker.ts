// A worker takes due rows of one queue, works on a few at a time, and settles each. Rows that the process died with are
// taken one at a time while nothing else is in hand: then it is known which of them ends the process, and after three
// deaths that one is taken out of circulation instead of its neighbours.
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Lifecycle } from '#kernel/lifecycle.ts';
import type { QueueBookkeeping } from './messaging-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';
import { createPause } from './pause.ts';
import { settleRow } from './settle-row.ts';
import { createWaker } from './waker.ts';
import type { WorkerDeps, WorkerOptions } from './worker-options.ts';

/** Attempts in hand may take so long to end once the worker stops; then their signal is aborted and they are put back. */
const stopGraceMs: Milliseconds = 8 * second;

/** A row that ended the process so often is a dead letter. */
export const crashesMax = 3;

export interface Worker extends Lifecycle {
  /** There is something new to take. */
  wake(): void;
  /** Works until nothing is due; how many rows it settled. For tests and for work by hand, while the worker is not started. */
  drain(): Promise<number>;
  /** When the worker last looked into its queue; null before the first time. */
  lastLookAt(): Milliseconds | null;
}

export function createWorker<Row extends QueueBookkeeping, Stores>(
  deps: WorkerDeps<Stores>,
  options: WorkerOptions<Row, Stores>,
): Worker {
  const waker = createWaker(deps.clock);
  const stopping = new AbortController();
  const cutting = new AbortController();
  const inHand = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  const pause = createPause(deps.clock);
  let suspectedPoisonCheckedAt = 0;
  let looked: Milliseconds | null = null;

  async function claim(limit: number, suspectedPoison: boolean): Promise<Row[]> {
    const now = deps.clock.now();
    // Twice the longest attempt: the row is never taken by another while this process is still within its time.
    const lockedUntil = now + options.attemptTimeoutMs * 2;
    return deps.database.transaction((stores) =>
      options
        .queueOf(stores)
        .claimDue({ lane: options.lane, now, lockedUntil, lockedBy: deps.instanceId, limit, suspectedPoison }),
    );
  }

  async function attempt(row: Row): Promise<DeliveryResult> {
    if (row.startedAttempts - row.finishedAttempts > crashesMax) {
      return { kind: 'give_up', reason: `the process ended ${crashesMax} times while this was in hand` };
    }
    const signal = AbortSignal.any([cutting.signal, AbortSignal.timeout(options.attemptTimeoutMs)]);
    try {
      return await options.handle(row, signal);
    } catch (error) {
      deps.log.error('attempt threw', { worker: options.name, rowId: row.id }, error);
      return { kind: 'retry', error: errorText(error), retryAfterMs: null, pausesLane: false };
    }
  }

  async function work(row: Row): Promise<void> {
    const result = await attempt(row);
    // At once, so that nothing more is taken while this row is being put back.
    if (result.kind === 'retry' && result.pausesLane) pause.begin(result.retryAfterMs ?? 0);
    try {
      await settleRow(deps, { options, row, result });
    } catch (error) {
      // The lock runs out and the row is taken again: an attempt too many is harmless, a lost row is not.
      deps.log.error('message not settled', { worker: options.name, rowId: row.id }, error);
    }
  }

  /** Only where there are suspectedPoison is it waited for what is in hand: an attempt that hangs must not hold up the others. */
  async function isTimeForSuspectedPoison(now: Milliseconds): Promise<boolean> {
    if (inHand.size === 0) return true;
    if (Math.abs(now - suspectedPoisonCheckedAt) < options.sweepMs) return false;
    suspectedPoisonCheckedAt = now;
    return deps.database.read((stores) => options.queueOf(stores).hasSuspectedPoison({ lane: options.lane, now }));
  }

  /** One look: what is due is begun; how many rows were taken. */
  async function look(): Promise<number> {
    const now = deps.clock.now();
    looked = now;
    if (pause.isOn()) return 0;
    if (await isTimeForSuspectedPoison(now)) {
      await Promise.all(inHand);
      const suspectedPoison = await claim(1, true);
      await Promise.all(suspectedPoison.map(work));
      if (suspectedPoison.length > 0) return suspectedPoison.length;
    }
    const rows = await claim(options.concurrency - inHand.size, false);
    for (const row of rows) {
      const task = work(row).finally(() => {
        inHand.delete(task);
        waker.wake();
      });
      inHand.add(task);
    }
    return rows.length;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let taken = 0;
      // A worker whose hands are full looks as soon as one is free: it is at work and not silent.
      looked = deps.clock.now();
      try {
        taken = inHand.size < options.concurrency ? await look() : 0;
      } catch (error) {
        deps.log.error('queue not readable', { worker: options.name }, error);
        await deps.clock.sleep(second, stopping.signal);
      }
      if (taken > 0 && inHand.size < options.concurrency) continue;
      await waker.wait(options.sweepMs, stopping.signal);
    }
    await Promise.all(inHand);
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      const ended = new AbortController();
      void deps.clock.sleep(stopGraceMs, ended.signal).then(() => cutting.abort());
      await running;
      ended.abort();
    },
    wake: () => waker.wake(),
    lastLookAt: () => looked,
    async drain() {
      let settled = 0;
      // Bounded: a queue that refills itself as fast as it drains would otherwise hold the caller for ever.
      for (let round = 0; round < 10_000; round += 1) {
        const taken = await look();
        await Promise.all(inHand);
        if (taken === 0) return settled;
        settled += taken;
      }
      return settled;
    },
  };
}

function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown error';
}
