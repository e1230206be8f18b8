// A refund is a command that the provider may carry out although its answer is lost. It is searched for before it is
// sent; that it is being sent is stored before the call; and after a lost answer it is searched for until the result is
// known. Only when it has not appeared for longer than any call can take is the same command sent again, under the same
// id, which the provider treats as a repeat wherever it has idempotency keys.

import { type Milliseconds, minute } from '#kernel/clock.ts';
import type { Database } from '#kernel/database.ts';
import { asRefundId, type RefundId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import type { Cause } from '#kernel/transaction-context.ts';
import type { DeliveryResult, OutboxHandler } from '#messaging/workers/outbox-handler.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import { withPayment } from '../lifecycle/payment-lease.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import { coversRefund, returnableOf } from '../model/refundable.ts';
import { failureWords } from '../ports/failure-words.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { ProviderError, ProviderRateLimited, ProviderRejected } from '../ports/provider-errors.ts';
import type { ProviderRefund, RefundCommand, RefundProvider } from '../ports/refund-provider.ts';
import { applyRefundSnapshots } from './apply-refund-snapshots.ts';
import { findRefunds } from './fetch-refunds.ts';
import {
  postponeRefund,
  recordMissing,
  recordNotSent,
  recordRefundEvent,
  recordSent,
  recordUnknown,
} from './record-sending.ts';

/** Longer than a provider may take to carry out a call that it has not answered. */
export const quietMs: Milliseconds = 10 * minute;
/** A refund that has not appeared after so many attempts is left to an admin. */
export const sendsMax = 3;

export type Sending =
  /** Nothing is to be sent: it was found, or has ended. */
  | { kind: 'settled'; status: Refund['status'] }
  /** It was sent and the answer was lost, or an earlier attempt does not appear yet. */
  | { kind: 'unknown' }
  /** Nothing was sent; it is tried again. */
  | { kind: 'not_sent'; error: string; retryAfterMs: Milliseconds | null }
  | { kind: 'busy' }
  | { kind: 'not_found' };

interface Held {
  refundId: RefundId;
  payment: Payment;
  port: RefundProvider;
  cause: Cause;
  signal?: AbortSignal | undefined;
}

/** Carries the refund one step on: finds it at the provider, or sends it if that is safe. */
export async function sendRefund(
  deps: ProviderDeps,
  input: { refundId: RefundId; cause: Cause; signal?: AbortSignal },
): Promise<Sending> {
  const refund = await deps.database.read((stores) => stores.refunds.findRefund(input.refundId));
  if (refund === undefined) return { kind: 'not_found' };
  const port = deps.providers.find(refund.provider)?.refunds ?? null;
  if (port === null) return { kind: 'not_sent', error: `${refund.provider} cannot refund`, retryAfterMs: null };
  const leased = await withPayment(deps, {
    paymentId: refund.paymentId,
    signal: input.signal,
    work: ({ payment }) => step(deps, { ...input, payment, port }),
  });
  if (leased.kind === 'done') return leased.result;
  return leased.kind === 'busy' ? { kind: 'busy' } : { kind: 'not_found' };
}

async function step(deps: ProviderDeps, held: Held): Promise<Sending> {
  let refund = await readRefund(deps, held);
  if (refund.status !== 'requested' && refund.status !== 'unknown') return { kind: 'settled', status: refund.status };
  try {
    if (await isFound(deps, { ...held, refund })) return settled(deps, held);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // Nothing is sent while it is not known whether the refund exists already.
    return { kind: 'not_sent', error: failureWords(error), retryAfterMs: null };
  }
  const { sentAt } = refund;
  const hasMoney = await isMoneyThere(deps, { ...held, refund });
  if (sentAt === null) {
    if (hasMoney) return send(deps, { ...held, refund });
    return fail(deps, { ...held, refund, words: 'not sent, because the money is not available any more' });
  }
  const isNews = refund.status === 'requested';
  if (isNews) refund = await recordUnknown(deps, { refund, cause: held.cause });
  const isQuiet = deps.clock.now() - sentAt >= quietMs;
  // A refund that is not found has words of the provider only where a repeat was rejected.
  if (isQuiet && refund.providerStatus !== null) return fail(deps, { ...held, refund, words: refund.providerStatus });
  if (isQuiet && hasMoney && refund.sends < sendsMax) return send(deps, { ...held, refund });
  if (!isNews) await recordMissing(deps, { refund, cause: held.cause });
  await postponeRefund(deps, refund);
  return { kind: 'unknown' };
}

/** Checks the payment as it is under the lease, with the refunds that a snapshot has just shown. */
async function isMoneyThere(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  { payment, refund }: Held & { refund: Refund },
): Promise<boolean> {
  const refunds = await deps.database.read((stores) => stores.refunds.listRefundsForPayment(payment.id));
  return coversRefund(payment, { refund, refunds, returnsOddPayments: returnsOdd(deps, refund) });
}

function returnsOdd(deps: { providers: ProviderRegistry }, { provider }: Refund): boolean {
  return deps.providers.find(provider)?.capabilities.returnsOddPayments ?? false;
}

async function send(deps: ProviderDeps, held: Held & { refund: Refund }): Promise<Sending> {
  const { port, payment } = held;
  const command = await commandFor(deps, held);
  const sent = await recordSent(deps, { refund: held.refund, quietMs });
  try {
    const snapshot = await port.requestRefund(command, held.signal);
    await applyRefundSnapshots(deps, { paymentId: payment.id, snapshots: [own(snapshot, sent)], cause: held.cause });
    return settled(deps, held);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error instanceof ProviderRateLimited) {
      await recordNotSent(deps, sent);
      return { kind: 'not_sent', error: failureWords(error), retryAfterMs: error.retryAfterMs };
    }
    if (error instanceof ProviderRejected) return whenRejected(deps, { ...held, refund: sent, error });
    await recordUnknown(deps, { refund: sent, cause: held.cause });
    return { kind: 'unknown' };
  }
}

/**
 * A repeat may be rejected because the first attempt was carried out, or is about to be. The refund counts as failed
 * only when it still does not appear after another quiet period.
 */
async function whenRejected(
  deps: ProviderDeps,
  held: Held & { refund: Refund; error: ProviderRejected },
): Promise<Sending> {
  const { refund, error } = held;
  const words = failureWords(error);
  if (refund.sends === 1) return fail(deps, { ...held, words });
  const facts = { providerStatus: words };
  await recordRefundEvent(deps, {
    refund,
    cause: held.cause,
    event: 'unanswered',
    facts,
    nextPollAt: deps.clock.now(),
    text: '',
  });
  return { kind: 'unknown' };
}

async function fail(deps: ProviderDeps, held: Held & { refund: Refund; words: string }): Promise<Sending> {
  const { refund, cause, words } = held;
  const facts = { providerStatus: words };
  await recordRefundEvent(deps, { refund, cause, event: 'refuse', facts, text: `failed: ${words}` });
  return { kind: 'settled', status: 'failed' };
}

async function isFound(deps: ProviderDeps, held: Held & { refund: Refund }): Promise<boolean> {
  const { payment, port, refund } = held;
  assert(payment.reference !== null, `payment ${payment.id} has no reference and a refund`);
  const { cause, signal } = held;
  const asked = { payment, paymentReference: payment.reference, port, cause, signal };
  const snapshots = await findRefunds(deps, asked);
  await applyRefundSnapshots(deps, { paymentId: payment.id, snapshots, cause: held.cause });
  return snapshots.some((snapshot) => snapshot.refundId === refund.id);
}

/** The answer to our own command is about our refund, also where the provider does not echo its id. */
function own(snapshot: ProviderRefund, refund: Refund): ProviderRefund {
  return { ...snapshot, refundId: refund.id };
}

async function readRefund(deps: { database: Database<PaymentStores> }, { refundId }: Held): Promise<Refund> {
  const refund = await deps.database.read((stores) => stores.refunds.findRefund(refundId));
  assert(refund !== undefined, `refund ${refundId} vanished`);
  return refund;
}

async function settled(deps: { database: Database<PaymentStores> }, held: Held): Promise<Sending> {
  return { kind: 'settled', status: (await readRefund(deps, held)).status };
}

async function commandFor(
  deps: { database: Database<PaymentStores>; providers: ProviderRegistry },
  { refund, payment }: Held & { refund: Refund },
): Promise<RefundCommand> {
  const order = await deps.database.read((stores) => stores.orders.findOrder(refund.orderId));
  assert(order !== undefined && payment.reference !== null, `refund ${refund.id} has no order or no payment`);
  return {
    refundId: refund.id,
    paymentReference: payment.reference,
    orderNumber: formatOrderNumber(order.number),
    amount: { amount: refund.requestedAmount, asset: refund.requestedAsset },
    isFull: refund.amountMinor >= returnableOf(payment, { returnsOddPayments: returnsOdd(deps, refund) }),
    reason: refund.reason,
    customerEmail: order.customerEmail,
  };
}

/** Carries out `refund.send`. A refund that is unknown afterwards is polled by the job that follows refunds. */
export function createRefundHandler(deps: ProviderDeps): OutboxHandler {
  return {
    topic: 'refund.send',
    async deliver(message, signal): Promise<DeliveryResult> {
      const cause: Cause = { kind: 'system', id: message.id, actor: { kind: 'system', id: 'refund' } };
      const refundId = asRefundId(String(message.payload['refundId']));
      const sending = await sendRefund(deps, { refundId, cause, signal });
      switch (sending.kind) {
        case 'settled':
          return { kind: 'done', outcome: sending.status };
        case 'unknown':
          return { kind: 'done', outcome: 'unknown' };
        case 'not_found':
          return { kind: 'give_up', reason: 'the refund is not there' };
        case 'busy':
          return {
            kind: 'retry',
            error: 'the payment is being processed elsewhere',
            retryAfterMs: null,
          };
        case 'not_sent':
          return { kind: 'retry', error: sending.error, retryAfterMs: sending.retryAfterMs };
        default:
          return sending satisfies never;
      }
    },
  };
}
