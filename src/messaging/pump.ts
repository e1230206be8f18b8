// A pump takes due rows of one queue, works on a few at a time, and settles each. Rows that the process died with are
// taken one at a time while nothing else is in hand: then it is known which of them ends the process, and after three
// deaths that one is taken out of circulation instead of its neighbours.
import type { Clock, Milliseconds } from '#kernel/clock.ts';
import { second } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { EventLog } from '#kernel/events.ts';
import type { Random } from '#kernel/ids.ts';
import type { Lifecycle } from '#kernel/lifecycle.ts';
import { type RetryPolicy, retryDelay } from '#kernel/retry-policy.ts';
import { createBell } from './bell.ts';
import type { QueueBookkeeping, QueueStore } from './messaging-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';

/** Attempts in hand may take so long to end once the pump stops; then their signal is aborted and they are put back. */
const stopGraceMs: Milliseconds = 8 * second;

/** A row that ended the process so often is a dead letter. */
export const crashesMax = 3;

export interface PumpOptions<Row, Stores> {
  name: string;
  queueOf(stores: Stores): QueueStore<Row>;
  lane: string | null;
  handle(row: Row, signal: AbortSignal): Promise<DeliveryResult>;
  /** Runs in the transaction that makes a dead letter: raises the alert. */
  onAbandoned(stores: Stores, input: { row: Row; reason: string }): Promise<void>;
  /** What the log says of a row beside its id: facts without secrets. */
  describe?(row: Row): Record<string, unknown>;
  policy: RetryPolicy;
  concurrency: number;
  /** No attempt may take longer; its signal is aborted then. The lock outlives it. */
  attemptTimeoutMs: Milliseconds;
  /** How long a pump sleeps when nobody rings. */
  sweepMs: Milliseconds;
}

export interface Pump extends Lifecycle {
  /** There is something new to take. */
  ring(): void;
  /** Works until nothing is due; how many rows it settled. For tests and for work by hand, while the pump is not started. */
  drain(): Promise<number>;
  /** When the pump last looked into its queue; null before the first time. */
  lastLookAt(): Milliseconds | null;
}

interface PumpDeps<Stores> {
  database: Database<Stores>;
  clock: Clock;
  random: Random;
  log: EventLog;
  /** Names this process among those that share the queue. */
  instanceId: string;
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
  let pausedAt = 0;
  let pausedUntil = 0;
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
    const signal = AbortSignal.any([cutting.signal, AbortSignal.timeout(options.attemptTimeoutMs)]);
    try {
      return await options.handle(row, signal);
    } catch (error) {
      deps.log.error('attempt threw', { pump: options.name, rowId: row.id }, error);
      return { kind: 'retry', error: errorText(error), retryAfterMs: null, pausesLane: false };
    }
  }

  async function settle(row: Row, result: DeliveryResult): Promise<void> {
    const now = deps.clock.now();
    const attempts = row.finishedAttempts + 1;
    const settlement = boundRetry(result, attempts);
    if (settlement.kind === 'retry' && settlement.pausesLane && settlement.retryAfterMs !== null) {
      const until = now + settlement.retryAfterMs;
      pausedUntil = now < pausedAt ? until : Math.max(pausedUntil, until);
      pausedAt = now;
    }
    await deps.database.transaction(async (stores) => {
      const queue = options.queueOf(stores);
      const held = { id: row.id, lockedBy: deps.instanceId };
      switch (settlement.kind) {
        case 'done':
          await queue.markProcessed({ ...held, at: now, outcome: settlement.outcome });
          return;
        case 'retry': {
          const delay =
            settlement.retryAfterMs ?? retryDelay(options.policy, { finishedAttempts: attempts, random: deps.random });
          const isFinishedAttempt = wasTried(settlement);
          await queue.release({ ...held, availableAt: now + delay, error: settlement.error, isFinishedAttempt });
          return;
        }
        case 'give_up': {
          const wasAbandoned = await queue.abandon({ ...held, at: now, reason: settlement.reason });
          if (wasAbandoned) await options.onAbandoned(stores, { row, reason: settlement.reason });
          return;
        }
        default:
          settlement satisfies never;
      }
    });
    report(row, settlement);
  }

  function boundRetry(result: DeliveryResult, attempts: number): DeliveryResult {
    if (result.kind !== 'retry' || !wasTried(result) || attempts < options.policy.attemptsMax) return result;
    return { kind: 'give_up', reason: `${attempts} attempts failed; the last: ${result.error}` };
  }

  function report(row: Row, result: DeliveryResult): void {
    const facts = { pump: options.name, rowId: row.id, ...options.describe?.(row), attempt: row.finishedAttempts + 1 };
    if (result.kind === 'done') deps.log.info('message settled', { ...facts, outcome: result.outcome });
    if (result.kind === 'retry') {
      // What only waits for its turn is no trouble.
      const level = result.isUntried ? 'info' : 'warn';
      deps.log[level]('message put back', { ...facts, reason: result.error });
    }
    if (result.kind === 'give_up') deps.log.error('message given up', { ...facts, reason: result.reason });
  }

  async function work(row: Row): Promise<void> {
    const result = await attempt(row);
    try {
      await settle(row, result);
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
    // Before the pause began the clock was set back: nobody knows any more how much of it is left.
    if (now >= pausedAt && now < pausedUntil) return 0;
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
      const ended = new AbortController();
      void deps.clock.sleep(stopGraceMs, ended.signal).then(() => cutting.abort());
      await running;
      ended.abort();
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

/** A lane that was told to wait has not tried the message either: the wait must not use up its attempts. */
function wasTried(result: Extract<DeliveryResult, { kind: 'retry' }>): boolean {
  return !result.pausesLane && result.isUntried !== true;
}

function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown error';
}
