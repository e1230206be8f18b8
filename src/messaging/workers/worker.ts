// A worker takes due rows of one queue, works on a few at a time, and settles each. Rows that the process died with are
// taken one at a time while nothing else is in hand: then it is known which of them ends the process, and after three
// deaths that one is taken out of circulation instead of its neighbours.
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Lifecycle } from '#kernel/process.ts';
import type { QueueBookkeeping } from '../queues/messaging-store.ts';
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
  /** When the worker last asked its queue for rows; null before the first time. */
  lastClaimAt(): Milliseconds | null;
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
  let claimedAt: Milliseconds | null = null;

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
    const signal = AbortSignal.any([cutting.signal, deps.clock.deadline(options.attemptTimeoutMs)]);
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

  /** Only a suspected poison message waits for what is in hand: an attempt that hangs must not hold up the others. */
  async function isTimeForSuspectedPoison(now: Milliseconds): Promise<boolean> {
    if (inHand.size === 0) return true;
    if (Math.abs(now - suspectedPoisonCheckedAt) < options.sweepMs) return false;
    suspectedPoisonCheckedAt = now;
    return deps.database.read((stores) => options.queueOf(stores).hasSuspectedPoison({ lane: options.lane, now }));
  }

  /** Takes what is due and begins to work on it; how many rows were taken. */
  async function takeDue(): Promise<number> {
    const now = deps.clock.now();
    claimedAt = now;
    if (pause.isOn()) return 0;
    if (await isTimeForSuspectedPoison(now)) {
      await Promise.all(inHand);
      const suspected = await claim(1, true);
      await Promise.all(suspected.map(work));
      if (suspected.length > 0) return suspected.length;
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
      // A worker whose hands are full takes more as soon as one is free: it is at work and not silent.
      claimedAt = deps.clock.now();
      try {
        taken = inHand.size < options.concurrency ? await takeDue() : 0;
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
      deps.clock.deadline(stopGraceMs).addEventListener('abort', () => cutting.abort(), { once: true });
      await running;
    },
    wake: () => waker.wake(),
    lastClaimAt: () => claimedAt,
    async drain() {
      let settled = 0;
      // Bounded: a queue that refills itself as fast as it drains would otherwise hold the caller for ever.
      for (let round = 0; round < 10_000; round += 1) {
        const taken = await takeDue();
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
