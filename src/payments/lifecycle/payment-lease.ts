// Work on one payment is serialized, so that snapshots are applied in the order in which they were fetched: within the
// process by a queue per payment, between processes by a lease on the row.
import { type Clock, type Milliseconds, minute } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { createKeyedMutex, type KeyedMutex } from '#kernel/keyed-mutex.ts';
import type { TransactionDeps } from '#kernel/transaction-context.ts';
import type { Payment, PaymentStatus } from '../model/payment.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import type { ProviderError, ProviderNotUnderstood } from '../ports/provider-errors.ts';

/**
 * Longer than the few provider calls that one fetch or create needs; each is bounded to half a minute (http/policy.ts). A
 * lease of a process that died ends within seconds, by the holder in its name.
 */
const leaseMs: Milliseconds = 3 * minute;

// A queue per composition and not per module: two of them in one test process act as two processes.
const queues = new WeakMap<object, KeyedMutex>();

function queueOf(deps: { database: Database<PaymentStores> }): KeyedMutex {
  const existing = queues.get(deps.database);
  if (existing !== undefined) return existing;
  const created = createKeyedMutex();
  queues.set(deps.database, created);
  return created;
}

/** The result of fetching one payment from its provider. */
export type Refresh =
  | { kind: 'changed'; from: PaymentStatus; to: PaymentStatus }
  | { kind: 'unchanged'; status: PaymentStatus }
  /** Somebody else is working on it: another process, or this one with enough others waiting. */
  | { kind: 'busy'; isHere: boolean }
  | { kind: 'provider_failed'; error: ProviderError }
  /** The provider answers what this version does not understand; a case says so. */
  | { kind: 'not_understood'; error: ProviderNotUnderstood }
  /** The provider is not configured any more. */
  | { kind: 'provider_off' }
  | { kind: 'unknown' };

export type Leased<Result> =
  | { kind: 'done'; result: Result }
  /** `isHere`: this process is working on it, and enough callers wait for it already. Otherwise another process is. */
  | { kind: 'busy'; isHere: boolean }
  | { kind: 'unknown' };

/** A lease on a payment in the hands of its holder. */
export interface PaymentLease {
  readonly id: string;
  /** A transaction that was committed has given it back already. */
  isGivenBack: boolean;
}

/** Runs `work` under the payment's lease. The lease is released whatever happens. */
export async function withPayment<Result>(
  deps: TransactionDeps<PaymentStores>,
  input: {
    paymentId: PaymentId;
    work: (held: { payment: Payment; lease: PaymentLease }) => Promise<Result>;
    /** A caller that finds so many waiting in this process does not wait; without it every caller waits. */
    waitingMax?: number;
    /** A caller whose turn has not come by its end waits no longer. `work` sees to its own end. */
    signal?: AbortSignal | undefined;
  },
): Promise<Leased<Result>> {
  const { paymentId, waitingMax = Number.POSITIVE_INFINITY, signal } = input;
  const queue = queueOf(deps);
  // The caller that is working does not count as waiting.
  if (queue.depth(paymentId) > waitingMax) return { kind: 'busy', isHere: true };
  let hasBegun = false;
  const turn = (): Promise<Leased<Result>> => {
    hasBegun = true;
    return underLease(deps, input);
  };
  try {
    return await queue.run(paymentId, turn, signal);
  } catch (error) {
    if (hasBegun || signal?.aborted !== true) throw error;
    return { kind: 'busy', isHere: true };
  }
}

async function underLease<Result>(
  deps: TransactionDeps<PaymentStores>,
  input: { paymentId: PaymentId; work: (held: { payment: Payment; lease: PaymentLease }) => Promise<Result> },
): Promise<Leased<Result>> {
  const { paymentId } = input;
  const lease = { id: `${deps.database.holder}:${deps.ids.newId()}`, isGivenBack: false };
  const payment = await takeLease(deps, { paymentId, leaseId: lease.id });
  if (payment === 'unknown') return { kind: 'unknown' };
  if (payment === 'busy') return { kind: 'busy', isHere: false };
  try {
    return { kind: 'done', result: await input.work({ payment, lease }) };
  } finally {
    const release = { id: paymentId, by: lease.id };
    if (!lease.isGivenBack) await deps.database.transaction((stores) => stores.payments.releasePayment(release));
  }
}

function takeLease(
  deps: { database: Database<PaymentStores>; clock: Clock },
  input: { paymentId: PaymentId; leaseId: string },
): Promise<Payment | 'busy' | 'unknown'> {
  const now = deps.clock.now();
  return deps.database.transaction(async (stores) => {
    const payment = await stores.payments.leasePayment({
      id: input.paymentId,
      by: input.leaseId,
      now,
      until: now + leaseMs,
    });
    if (payment !== undefined) return payment;
    return (await stores.payments.findPayment(input.paymentId)) === undefined ? 'unknown' : 'busy';
  });
}
