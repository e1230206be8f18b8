// Tries one provider after the other until one has made the payment. A customer waits for the answer, so each provider
// has a time limit of its own, and one that hangs does not use up the time of all.
import { type Clock, type Milliseconds, second } from '#kernel/clock.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { SnapshotDeps } from '../lifecycle/deps.ts';
import { balanceOf } from '../model/balance.ts';
import { isOpenPayment, type Payment } from '../model/payment.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { AttemptTimedOut } from '../ports/provider-errors.ts';
import { insertNewPayment, reopenOrder } from './new-payment.ts';
import { type PaymentRequested, requestPayment } from './request-payment.ts';

/**
 * How long a request waits for providers in all: the sites of shops, and the proxies before them, give up after thirty
 * seconds, and the answer has to be written and sent. A single provider may take all of it.
 */
const requestMaxMs: Milliseconds = 25 * second;

/**
 * While other providers are left, none takes longer than this. A create is answered within one or two seconds; eight
 * leave time for a second attempt and its wait, and after three providers that hang the last still has its time.
 */
const attemptMaxMs: Milliseconds = 8 * second;

/** How long the next provider may take: the last one has all that is left, the others at most an even share of it. */
export function attemptMs(input: { leftMs: Milliseconds; inLine: number }): Milliseconds {
  const leftMs = Math.max(0, input.leftMs);
  if (input.inLine <= 1) return leftMs;
  return Math.min(attemptMaxMs, Math.floor(leftMs / input.inLine));
}

type FailoverResult = Exclude<PaymentRequested, { kind: 'created' }> | { kind: 'created'; paymentId: PaymentId };

/**
 * Continues with the order's payments that were begun, then with new ones at the other candidates, until one is
 * created. An unreachable provider may still carry the command out, so its payment stays `requested` and is searched
 * for later. Undefined when there was no provider to try.
 */
export async function requestWithFailover(
  deps: SnapshotDeps,
  input: {
    orderId: OrderId;
    begun: readonly Payment[];
    candidates: readonly PaymentProvider[];
    cause: Cause;
  },
): Promise<FailoverResult | undefined> {
  const { begun, cause } = input;
  const endsAt = deps.clock.elapsed() + requestMaxMs;
  const others = input.candidates.filter(({ name }) => !begun.some((payment) => payment.provider === name));
  let inLine = begun.length + others.length;
  let last: FailoverResult | undefined;
  // A payment that was begun continues under its own id: a second payment at the same provider could be a second
  // checkout.
  for (const next of [...begun, ...others]) {
    if (last !== undefined && deps.clock.elapsed() >= endsAt) break;
    const payment = 'orderId' in next ? next : await addPayment(deps, { ...input, provider: next });
    if (payment === undefined) break;
    const forMs = attemptMs({ leftMs: endsAt - deps.clock.elapsed(), inLine });
    inLine -= 1;
    const alternatives = inLine;
    const requested = await withinAttempt(deps, {
      forMs,
      work: (signal) => requestPayment(deps, { payment, cause, alternatives, signal }),
    });
    if (requested.kind === 'created') return { kind: 'created', paymentId: payment.id };
    last = requested;
    if (last.kind !== 'failed') return last;
  }
  return last;
}

/** Aborts the calls of `work` when its time is over; `work` decides what that means. */
async function withinAttempt<Result>(
  deps: { clock: Clock },
  input: { forMs: Milliseconds; work: (signal: AbortSignal) => Promise<Result> },
): Promise<Result> {
  const turn = new AbortController();
  deps.clock.deadline(input.forMs).addEventListener('abort', () => turn.abort(new AttemptTimedOut()), { once: true });
  return input.work(turn.signal);
}

/**
 * The order's payment at the next provider over what is missing: the one that a repeat of this request began meanwhile,
 * or a new one. Undefined when the order accepts no payment any more: the last provider may have taken a minute to
 * fail.
 */
function addPayment(
  deps: TransactionDeps<PaymentStores>,
  input: { orderId: OrderId; provider: PaymentProvider; cause: Cause },
): Promise<Payment | undefined> {
  return inTransaction(deps, input.cause, async (tx) => {
    const order = await tx.stores.orders.findOrder(input.orderId);
    assert(order !== undefined, `order ${input.orderId} vanished`);
    const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
    const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
    const { missingMinor, moneyMinor } = balanceOf(order, payments, refunds);
    const begun = payments.find(
      (payment) =>
        payment.provider === input.provider.name && payment.amountMinor === missingMinor && isOpenPayment(payment),
    );
    if (begun !== undefined) return begun;
    if (missingMinor === 0) return undefined;
    const reopened = await reopenOrder(tx, { order, event: moneyMinor > 0 ? 'rest_asked' : 'reopen' });
    if (!reopened.isAllowed) return undefined;
    return insertNewPayment(tx, { order: reopened.order, provider: input.provider, amountMinor: missingMinor });
  });
}
