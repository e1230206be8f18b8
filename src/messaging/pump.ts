// A pump takes due rows of one queue, works on a few at a time, and settles each. Rows that the process died with are
// taken one at a time while nothing else is in hand: then it is known which of them ends the process, and after three
// deaths that one is taken out of circulation instead of its neighbours.
import { type Milliseconds, second } from '#kernel/clock.ts';
import type { Lifecycle } from '#kernel/lifecycle.ts';
import { createBell } from './bell.ts';
import type { QueueBookkeeping } from './messaging-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';
import { createPause } from './pause.ts';
import type { PumpDeps, PumpOptions } from './pump-options.ts';
import { settleRow } from './settle-row.ts';

/** Attempts in hand may take so long to end once the pump stops; then their signal is aborted and they are put back. */
const stopGraceMs: Milliseconds = 8 * second;

/** A row that ended the process so often is a dead letter. */
export const crashesMax = 3;

export interface Pump extends Lifecycle {
  /** There is something new to take. */
  ring(): void;
  /** Works until nothing is due; how many rows it settled. For tests and for work by hand, while the pump is not started. */
  drain(): Promise<number>;
  /** When the pump last looked into its queue; null before the first time. */
  lastLookAt(): Milliseconds | null;
}

export function createPump<Row extends QueueBookkeeping, Stores>(
  deps: PumpDeps<Stores>,
  options: PumpOptions<Row, Stores>,
): Pump {
  const bell = createBell(deps.clock);
  const stopping = new AbortController();
  const cutting = new AbortController();
  const inHand = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  const pause = createPause(deps.clock);
  let suspectsLookedAt = 0;
  let looked: Milliseconds | null = null;

  async function claim(limit: number, suspects: boolean): Promise<Row[]> {
    const now = deps.clock.now();
    // Twice the longest attempt: the row is never taken by another while this process is still within its time.
    const lockedUntil = now + options.attemptTimeoutMs * 2;
    return deps.database.transaction((stores) =>
      options
        .queueOf(stores)
        .claimDue({ lane: options.lane, now, lockedUntil, lockedBy: deps.instanceId, limit, suspects }),
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
      deps.log.error('attempt threw', { pump: options.name, rowId: row.id }, error);
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
      deps.log.error('message not settled', { pump: options.name, rowId: row.id }, error);
    }
  }

  /** Only where there are suspects is it waited for what is in hand: an attempt that hangs must not hold up the others. */
  async function isTimeForSuspects(now: Milliseconds): Promise<boolean> {
    if (inHand.size === 0) return true;
    if (Math.abs(now - suspectsLookedAt) < options.sweepMs) return false;
    suspectsLookedAt = now;
    return deps.database.read((stores) => options.queueOf(stores).hasSuspects({ lane: options.lane, now }));
  }

  /** One look: what is due is begun; how many rows were taken. */
  async function look(): Promise<number> {
    const now = deps.clock.now();
    looked = now;
    if (pause.isOn()) return 0;
    if (await isTimeForSuspects(now)) {
      await Promise.all(inHand);
      const suspects = await claim(1, true);
      await Promise.all(suspects.map(work));
      if (suspects.length > 0) return suspects.length;
    }
    const rows = await claim(options.concurrency - inHand.size, false);
    for (const row of rows) {
      const task = work(row).finally(() => {
        inHand.delete(task);
        bell.ring();
      });
      inHand.add(task);
    }
    return rows.length;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let taken = 0;
      // A pump whose hands are full looks as soon as one is free: it is at work and not silent.
      looked = deps.clock.now();
      try {
        taken = inHand.size < options.concurrency ? await look() : 0;
      } catch (error) {
        deps.log.error('queue not readable', { pump: options.name }, error);
        await deps.clock.sleep(second, stopping.signal);
      }
      if (taken > 0 && inHand.size < options.concurrency) continue;
      await bell.wait(options.sweepMs, stopping.signal);
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
    ring: () => bell.ring(),
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
