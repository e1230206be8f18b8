// A worker claims due rows of one queue, works on a few at a time, and settles each. Rows that were in progress at a crash are
// suspected poison messages: they are worked on one at a time with nothing beside them, so that it is known which one ends
// the process. After three crashes that one becomes a dead letter, and its neighbours do not.

import { type Milliseconds, momentOf, second } from '#kernel/clock.ts';
import type { Lifecycle } from '#kernel/process.ts';
import { clip } from '#kernel/text.ts';
import type { ClaimRequest, QueueBookkeeping } from '../queues/queue-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';
import { createTurnover } from './turnover.ts';
import { createWaker } from './waker.ts';
import type { WorkerDeps, WorkerOptions } from './worker-options.ts';

/** Attempts in progress may take so long once the worker stops; then their signal is aborted and their rows are put back. */
const stopGraceMs: Milliseconds = 8 * second;

/** A row that was in progress at so many crashes becomes a dead letter. */
export const crashesMax = 3;

/** Ends of attempts that are kept in memory until they can be stored. */
const unsettledMax = 1_000;

export interface Worker extends Lifecycle {
  /** Makes the worker claim at once: a row became due. */
  wake(): void;
  /** Works until nothing is due; returns how many rows it settled. Only while the worker is not started, as in tests. */
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
  const inProgress = new Set<Promise<void>>();
  /** By row: how an attempt ended whose end could not be stored. */
  const unsettled = new Map<string, { attempt: number; result: DeliveryResult }>();
  let running: Promise<void> | undefined;
  let suspectedPoisonAt = Number.NEGATIVE_INFINITY;
  let soughtAt = Number.NEGATIVE_INFINITY;
  /** Suspected poison messages were due when they were last looked for. */
  let hasSuspected = false;
  let claimedAt: Milliseconds | null = null;
  /** Rows were due that the last claim left: for want of room, or because a suspected poison message has to wait. */
  let hasLeftSome = false;
  /** Places for rows that are being claimed. */
  let reserved = 0;
  let begun = 0;

  function requestFor(wanted: Pick<ClaimRequest, 'suspectedPoison' | 'limit'>): ClaimRequest {
    const now = deps.clock.now();
    // Twice the longest attempt, so that the lease never ends while this process still works on the row. One of a process that
    // died ends long before, by the name of its holder.
    const lockedUntil = now + options.attemptTimeoutMs * 2;
    return { lane: options.lane, now, lockedUntil, lockedBy: deps.instanceId, ...wanted };
  }

  function claim(wanted: Pick<ClaimRequest, 'suspectedPoison' | 'limit'>): Promise<Row[]> {
    const request = requestFor(wanted);
    return deps.database.transaction((stores) => options.queueOf(stores).claimDue(request));
  }

  const turnover = createTurnover(deps, options, {
    reserve(ended) {
      // Only while it is known that more is due, and that nothing of it is suspected.
      const isKnown = hasLeftSome && !hasSuspected && deps.clock.elapsed() - soughtAt < options.sweepMs;
      if (!isKnown || stopping.signal.aborted) return null;
      claimedAt = deps.clock.elapsed();
      const limit = room() + ended;
      reserved += limit;
      return requestFor({ suspectedPoison: false, limit });
    },
    fill({ limit }, rows) {
      reserved -= limit;
      hasLeftSome = rows === null || rows.length === limit;
      begin(rows ?? []);
    },
  });

  /** How many more attempts may be in progress. */
  function room(): number {
    return Math.max(0, options.concurrency - inProgress.size - reserved);
  }

  async function attempt(row: Row): Promise<DeliveryResult> {
    if (row.startedAttempts - row.finishedAttempts > crashesMax) {
      return { kind: 'give_up', reason: `the process crashed ${crashesMax} times while this was in progress` };
    }
    const signal = AbortSignal.any([cutting.signal, deps.clock.deadline(options.attemptTimeoutMs)]);
    try {
      return await options.handle(row, signal);
    } catch (error) {
      deps.log.error('attempt threw', { worker: options.name, rowId: row.id }, error);
      return { kind: 'retry', error: errorText(error), retryAfterMs: null };
    }
  }

  /** The same attempt is leased again when its end could not be stored: what it did is not done twice. */
  async function work(row: Row): Promise<void> {
    const kept = unsettled.get(row.id);
    const result = kept?.attempt === row.startedAttempts ? kept.result : await attempt(row);
    unsettled.delete(row.id);
    if (!(await settle(row, result))) keepUnsettled(row, result);
  }

  function keepUnsettled(row: Row, result: DeliveryResult): void {
    const [oldest] = unsettled.keys();
    if (oldest !== undefined && unsettled.size >= unsettledMax) unsettled.delete(oldest);
    unsettled.set(row.id, { attempt: row.startedAttempts, result });
  }

  /** Tries for as long as the lease lasts; whether it is stored. */
  async function settle(row: Row, result: DeliveryResult): Promise<boolean> {
    const until = deps.clock.elapsed() + options.attemptTimeoutMs;
    for (;;) {
      try {
        await turnover.settle(row, result);
        return true;
      } catch (error) {
        deps.log.error('message not settled', { worker: options.name, rowId: row.id }, error);
        // The lease expires and the row is claimed again, after a restart with an attempt too many: harmless, and a lost row is not.
        if (stopping.signal.aborted || deps.clock.elapsed() >= until) return false;
        await deps.clock.sleep(second, stopping.signal);
      }
    }
  }

  /** Only a suspected poison message waits for the attempts in progress: one that hangs must not delay all others. */
  function isTimeForSuspectedPoison(): boolean {
    if (inProgress.size > 0 && deps.clock.elapsed() - suspectedPoisonAt < options.sweepMs) return false;
    suspectedPoisonAt = deps.clock.elapsed();
    return true;
  }

  /** Looking for suspected poison messages costs more the more is due: in a long backlog it is done once a sweep. */
  async function findDue(): Promise<{ suspected: boolean; sound: boolean }> {
    const elapsed = deps.clock.elapsed();
    const soundOnly = !hasSuspected && elapsed - soughtAt < options.sweepMs;
    const query = { lane: options.lane, now: deps.clock.now(), soundOnly };
    const due = await deps.database.read((stores) => options.queueOf(stores).findDue(query));
    if (soundOnly) return due;
    soughtAt = elapsed;
    hasSuspected = due.suspected;
    return due;
  }

  /** Claims due rows and begins to work on them; returns how many were claimed. */
  async function claimAndBegin(): Promise<number> {
    claimedAt = deps.clock.elapsed();
    const due = await findDue();
    hasLeftSome = due.suspected || due.sound;
    if (due.suspected && isTimeForSuspectedPoison()) {
      await untilAlone();
      const suspected = await claim({ suspectedPoison: true, limit: 1 });
      begun += suspected.length;
      await Promise.all(suspected.map(work));
      if (suspected.length > 0) return suspected.length;
    }
    const limit = room();
    if (!due.sound || limit === 0) return 0;
    reserved += limit;
    const sound = await claim({ suspectedPoison: false, limit }).finally(() => {
      reserved -= limit;
    });
    hasLeftSome = due.suspected || sound.length === limit;
    begin(sound);
    return sound.length;
  }

  function begin(rows: readonly Row[]): void {
    begun += rows.length;
    for (const row of rows) {
      const task = work(row).finally(() => {
        inProgress.delete(task);
        // What becomes due meanwhile wakes the worker by itself.
        if (hasLeftSome && room() > 0) waker.wake();
      });
      inProgress.add(task);
    }
  }

  /** Also those that are begun meanwhile. */
  async function untilAlone(): Promise<void> {
    while (inProgress.size > 0) await Promise.all(inProgress);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let taken = 0;
      // A worker with as many attempts in progress as it may have is busy and not silent.
      claimedAt = deps.clock.elapsed();
      try {
        taken = room() > 0 ? await claimAndBegin() : 0;
      } catch (error) {
        deps.log.error('queue not readable', { worker: options.name }, error);
        await deps.clock.sleep(second, stopping.signal);
      }
      if (taken > 0 && hasLeftSome && room() > 0) continue;
      await waker.wait(options.sweepMs, stopping.signal);
    }
    await untilAlone();
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
    lastClaimAt: () => (claimedAt === null ? null : momentOf(deps.clock, claimedAt)),
    async drain() {
      const before = begun;
      // Bounded: a queue that is filled as fast as it drains would otherwise block the caller for ever.
      for (let round = 0; round < 10_000; round += 1) {
        soughtAt = Number.NEGATIVE_INFINITY;
        const taken = await claimAndBegin();
        await untilAlone();
        if (taken === 0) break;
      }
      return begun - before;
    },
  };
}

function errorText(error: unknown): string {
  return error instanceof Error ? clip(`${error.name}: ${error.message}`, 500) : 'unknown error';
}
