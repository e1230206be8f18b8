// Refunds of a channel order that the seller made at the channel. Whether the amount of a second refund is its own or
// the total is not known: the larger of the reported amounts counts, never their sum, so that nothing is counted twice.
import { unmatchedKey } from '#cases/case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { day, type Milliseconds } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney, toDecimal } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import type { Retention } from '#kernel/retention.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { ChannelOrderMark } from '../ports/channel-order-store.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import type { ChannelRefund } from '../ports/sales-channel.ts';
import { applyRefundSnapshot } from '../refunds/apply-refund-snapshots.ts';

/**
 * No more refunds than this wait for their order: with more, something else is wrong, and their events stay dead
 * letters.
 */
const waitingReturnsMax = 500;

/** A refund waits so long for its order: an export of the last quarter still finds it. Its case stays open. */
export const waitingReturnRetention: Retention<PaymentStores> = {
  name: 'waiting returns',
  keptMs: 120 * day,
  prune: (stores, query) => stores.channelOrders.pruneMarks(query),
};

export type ChannelOrderRefunded =
  | { kind: 'booked' | 'nothing_new' | 'too_many_wait' }
  /** Kept until its order is received; `isNews` unless as much was kept before. */
  | { kind: 'kept'; isNews: boolean };

/** Records a refund of an order; a refund of an order that was not received yet is kept until it is, with a case. */
export async function refundChannelOrder(
  deps: Parameters<typeof book>[0],
  input: Parameters<typeof book>[1],
): Promise<ChannelOrderRefunded> {
  try {
    return await book(deps, input);
  } catch (error) {
    if (error instanceof TooManyWait) return { kind: 'too_many_wait' };
    throw error;
  }
}

/** Thrown to roll back what was recorded. */
class TooManyWait extends Error {}

function book(
  deps: ProviderDeps,
  input: { provider: ProviderName; returned: ChannelRefund; cause: Cause },
): Promise<ChannelOrderRefunded> {
  const { provider, returned, cause } = input;
  const { reference } = returned.channelOrder;
  return inTransaction(deps, cause, async (tx): Promise<ChannelOrderRefunded> => {
    const { returnedMinor, returnedAt } = returned;
    const at = deps.clock.now();
    const before = await tx.stores.channelOrders.findMark({ provider, reference });
    const mark = await tx.stores.channelOrders.markReturned({ provider, reference, returnedMinor, returnedAt, at });
    const payment = await tx.stores.payments.findPaymentByReference({ provider, reference });
    if (payment !== undefined) {
      const isBooked = await bookReturns({ tx, providers: deps.providers }, { paymentId: payment.id, mark });
      return { kind: isBooked ? 'booked' : 'nothing_new' };
    }
    const waiting = await tx.stores.channelOrders.countWaitingReturns(provider);
    if (waiting > waitingReturnsMax) throw new TooManyWait();
    await raiseEarlyReturn(tx, { provider, returned, at });
    return { kind: 'kept', isNews: (before?.returnedMinor ?? 0) < returnedMinor };
  });
}

/** Adds the refund of a payment that is missing up to the known refunded sum; false when none is. */
export async function bookReturns(
  deps: { tx: PaymentTx; providers: ProviderRegistry },
  input: { paymentId: PaymentId; mark: ChannelOrderMark },
): Promise<boolean> {
  const { tx } = deps;
  const { mark } = input;
  const payment = await tx.stores.payments.findPayment(input.paymentId);
  assert(payment !== undefined, `payment ${input.paymentId} vanished`);
  const refunds = await tx.stores.refunds.listRefundsForPayment(payment.id);
  const bookedMinor = refunds
    .filter(({ status }) => status === 'succeeded')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const amountMinor = Math.min(mark.returnedMinor, payment.amountMinor) - bookedMinor;
  await resolveCase(tx, { key: unmatchedKey(mark.provider, mark.reference), by: 'The order was received.' });
  if (amountMinor <= 0) return false;
  const { currency } = payment;
  await applyRefundSnapshot(deps, {
    payment,
    trust: 'token',
    snapshot: {
      reference: `${mark.reference}:${mark.returnedMinor}`,
      refundId: null,
      state: 'succeeded',
      providerStatus: `refunded ${formatMoney({ amountMinor: mark.returnedMinor, currency })} in all`,
      amount: { amount: toDecimal({ amountMinor, currency }), asset: payment.requestedAsset },
      claimUrl: null,
      transactionIds: [],
      createdAt: mark.returnedAt,
    },
  });
  const order = await tx.stores.orders.findOrder(payment.orderId);
  if (order?.status === 'refunded') {
    await resolveCase(tx, { key: `payment_held:${order.id}`, by: 'All of the money was refunded.' });
  }
  return true;
}

async function raiseEarlyReturn(
  tx: PaymentTx,
  input: { provider: ProviderName; returned: ChannelRefund; at: Milliseconds },
): Promise<void> {
  const { provider, returned } = input;
  const { reference, price } = returned.channelOrder;
  const title = providerTitle(provider);
  const amount = formatMoney({ ...price, amountMinor: returned.returnedMinor });
  await raiseCase(tx, {
    key: unmatchedKey(provider, reference),
    kind: 'payment_unknown',
    severity: 'info',
    provider,
    reference,
    facts: {
      headline: `${title} made a refund of an order that is not here`,
      amount,
      detail: `Order ${reference}. The refund is kept and recorded when the order is received.`,
      why: `If it is not received within three hours, import ${title}'s CSV export.`,
      trust: 'token',
      there: `${amount} of ${formatMoney(price)} refunded`,
    },
  });
}
