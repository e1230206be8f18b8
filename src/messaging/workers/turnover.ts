// Attempts that end while the database is busy with others are settled together, and in the same transaction rows are claimed for
// the places that become free: a backlog costs a fraction of what a transaction for each end and for each claim would.
import { systemActor } from '#kernel/actor.ts';
import { causeOf, inTransaction } from '#kernel/transaction-context.ts';
import type { ClaimRequest, QueueBookkeeping } from '../queues/queue-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';
import { reportSettled, settleRows } from './settle-row.ts';
import type { WorkerDeps, WorkerOptions } from './worker-options.ts';

/** What the worker does with the places of attempts that have ended. */
export interface Places<Row> {
  /** What to claim for so many of them, and for others that are free; null where the worker looks by itself. */
  reserve(ended: number): ClaimRequest | null;
  /** Ends the reservation: these were claimed; null after a failure. */
  fill(request: ClaimRequest, rows: readonly Row[] | null): void;
}

export interface Turnover<Row> {
  /** Resolves when it is stored how the attempt ended; rejects when it could not be. */
  settle(row: Row, result: DeliveryResult): Promise<void>;
}

/** One transaction that fails puts off so many ends at most. */
const togetherMax = 64;

interface Taken<Row> {
  ended: readonly Ended<Row>[];
  request: ClaimRequest | null;
}

interface Ended<Row> {
  row: Row;
  result: DeliveryResult;
  resolve(): void;
  reject(error: unknown): void;
}

export function createTurnover<Row extends QueueBookkeeping, Stores>(
  deps: WorkerDeps<Stores>,
  options: WorkerOptions<Row, Stores>,
  places: Places<Row>,
): Turnover<Row> {
  const waiting: Ended<Row>[] = [];
  let isBusy = false;

  async function store(take: () => Taken<Row>): Promise<Row[]> {
    const { ended, results, claimed } = await inTransaction(deps, causeOf(systemActor), async (tx) => {
      const taken = take();
      const settled = await settleRows(tx, { deps, options, ended: taken.ended });
      const queue = options.queueOf(tx.stores);
      return { ...taken, results: settled, claimed: taken.request === null ? [] : await queue.claimDue(taken.request) };
    });
    ended.forEach(({ row }, index) => {
      const result = results[index];
      if (result !== undefined) reportSettled(deps, { options, row, result });
    });
    return claimed;
  }

  /** One that cannot be stored does not keep the others from it. */
  async function storeEach(ended: readonly Ended<Row>[]): Promise<void> {
    for (const one of ended) await store(() => ({ ended: [one], request: null })).then(one.resolve, one.reject);
  }

  async function turnOver(): Promise<void> {
    let taken: Taken<Row> | undefined;
    // Once the transaction has begun, so that what ends until then is among them; the same ones where it is run again.
    const take = (): Taken<Row> => {
      if (taken !== undefined) return taken;
      const ended = waiting.splice(0, togetherMax);
      taken = { ended, request: places.reserve(ended.length) };
      return taken;
    };
    const stored = await store(take).catch((error: unknown) => ({ error }));
    const { ended, request } = take();
    const claimed = Array.isArray(stored) ? stored : null;
    // Before the places of those that ended are given up, so that the worker does not seem idle in between.
    if (request !== null) places.fill(request, claimed);
    if (Array.isArray(stored)) for (const one of ended) one.resolve();
    else if (ended.length === 1 && request === null) ended[0]?.reject(stored.error);
    else await storeEach(ended);
  }

  async function run(): Promise<void> {
    isBusy = true;
    while (waiting.length > 0) await turnOver();
    isBusy = false;
  }

  return {
    settle(row, result) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ row, result, resolve, reject });
      if (!isBusy) void run();
      return promise;
    },
  };
}
