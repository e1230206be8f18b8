// Settles rows after their attempts: processed, put back for later, or a dead letter. One line in the log for each.
import type { Milliseconds } from '#kernel/clock.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';
import type { QueueBookkeeping } from '../queues/queue-store.ts';
import type { DeliveryResult } from './outbox-handler.ts';
import { askedWaitMaxMs, owedDelay, retryDelay } from './retry-policy.ts';
import type { WorkerDeps, WorkerOptions } from './worker-options.ts';

interface Attempted<Row, Stores> {
  options: WorkerOptions<Row, Stores>;
  row: Row;
  result: DeliveryResult;
}

type Retry = Extract<DeliveryResult, { kind: 'retry' }>;

type Unfinished = Exclude<DeliveryResult, { kind: 'done' }>;

/** Settles them all, those that are done with one statement for each of their outcomes. Returns what was stored of each. */
export async function settleRows<Row extends QueueBookkeeping, Stores>(
  tx: TransactionContext<Stores>,
  input: {
    deps: WorkerDeps<Stores>;
    options: WorkerOptions<Row, Stores>;
    ended: readonly Pick<Attempted<Row, Stores>, 'row' | 'result'>[];
  },
): Promise<DeliveryResult[]> {
  const { deps, options, ended } = input;
  const done = new Map<string, string[]>();
  const stored: DeliveryResult[] = [];
  for (const { row, result } of ended) {
    if (result.kind === 'done') done.set(result.outcome, [...(done.get(result.outcome) ?? []), row.id]);
    stored.push(result.kind === 'done' ? result : await settleRow(tx, { deps, options, row, result }));
  }
  const settled = { lockedBy: deps.instanceId, at: deps.clock.now() };
  for (const [outcome, ids] of done) await options.queueOf(tx.stores).markProcessed({ ...settled, ids, outcome });
  return stored;
}

/** Put back for later, or a dead letter: a retry beyond the last attempt makes one of it. Returns what was stored. */
async function settleRow<Row extends QueueBookkeeping, Stores>(
  tx: TransactionContext<Stores>,
  { deps, ...attempted }: Attempted<Row, Stores> & { deps: WorkerDeps<Stores>; result: Unfinished },
): Promise<DeliveryResult> {
  const { options, row } = attempted;
  const result = boundRetry(attempted);
  const now = deps.clock.now();
  const queue = options.queueOf(tx.stores);
  const lease = { id: row.id, lockedBy: deps.instanceId };
  switch (result.kind) {
    case 'retry': {
      const availableAt = now + waitOf(deps, { options, row, result });
      const isFinishedAttempt = wasTried(result);
      await queue.release({ ...lease, availableAt, error: result.error, isFinishedAttempt });
      return result;
    }
    case 'owed': {
      const availableAt = now + owedDelay(now - row.receivedAt);
      await queue.release({ ...lease, availableAt, error: result.reason, isFinishedAttempt: false, isOwed: true });
      return result;
    }
    case 'give_up': {
      const wasAbandoned = await queue.abandon({ ...lease, at: now, reason: result.reason });
      if (wasAbandoned) await options.onAbandoned(tx, { row, reason: result.reason });
      return result;
    }
    default:
      return result satisfies never;
  }
}

function boundRetry<Row extends QueueBookkeeping, Stores>(
  attempted: Attempted<Row, Stores> & { result: Unfinished },
): Unfinished {
  const { options, row, result } = attempted;
  const attempts = row.finishedAttempts + 1;
  if (result.kind !== 'retry' || !wasTried(result) || attempts < options.policy.attemptsMax) return result;
  return { kind: 'give_up', reason: `${attempts} attempts failed; the last: ${result.error}` };
}

/** What is asked for only makes a wait longer: short ones, repeated, would use up all attempts while the receiver is down. */
function waitOf<Row extends QueueBookkeeping, Stores>(
  { random }: WorkerDeps<Stores>,
  { options, row, result }: Attempted<Row, Stores> & { result: Retry },
): Milliseconds {
  const asked = Math.min(result.retryAfterMs ?? 0, askedWaitMaxMs);
  if (result.retryAfterMs !== null && !wasTried(result)) return asked;
  return Math.max(asked, retryDelay(options.policy, { finishedAttempts: row.finishedAttempts + 1, random }));
}

function wasTried(result: Retry): boolean {
  return result.isUntried !== true;
}

/** To be called after the commit. */
export function reportSettled<Row extends QueueBookkeeping, Stores>(
  { log }: WorkerDeps<Stores>,
  { options, row, result }: Attempted<Row, Stores>,
): void {
  const facts = { worker: options.name, rowId: row.id, ...options.describe?.(row), attempt: row.finishedAttempts + 1 };
  if (result.kind === 'done') log.info('message settled', { ...facts, outcome: result.outcome });
  if (result.kind === 'retry') {
    // A message that was not tried is no failure.
    const level = result.isUntried ? 'info' : 'warn';
    log[level]('message put back', { ...facts, reason: result.error });
  }
  if (result.kind === 'owed') log.warn('message owed', { ...facts, reason: result.reason });
  if (result.kind === 'give_up') log.error('message given up', { ...facts, reason: result.reason });
}
