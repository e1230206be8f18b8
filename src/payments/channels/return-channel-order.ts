// Refunds of a channel order that the seller made at the channel. Whether the amount of a second refund is its own or
// the total is not known: the larger of the reported amounts counts, never their sum, so that nothing is counted twice.
// Nobody but the event vouches for a refund: one that does not fit its order in currency or price is held.
import { unmatchedKey } from '#cases/case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import { day } from '#kernel/clock.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney, type Money, toDecimal } from '#kernel/money.ts';
import type { ProviderName } from '#kernel/provider-name.ts';
import type { Retention } from '#kernel/retention.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { ProviderDeps } from '../lifecycle/deps.ts';
import type { Payment } from '../model/payment.ts';
import type { ChannelOrderMark, ReportedRefund } from '../ports/channel-order-store.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import type { ChannelRefund } from '../ports/sales-channel.ts';
import { applyRefundSnapshot } from '../refunds/apply-refund-snapshots.ts';
import { holdRefund, raiseEarlyReturn } from './refund-cases.ts';

/** A refund waits so long for its order: an export of the last quarter still finds it. Its case stays open. */
export const waitingReturnRetention: Retention<PaymentStores> = {
  name: 'waiting returns',
  keptMs: 120 * day,
  prune: (stores, query) => stores.channelOrders.pruneMarks(query),
};

export type ChannelOrderRefunded =
  | { kind: 'booked' | 'nothing_new' }
  /** It does not fit its order, and an admin has to look. */
  | { kind: 'held' }
  /** Kept until its order is received; `isNews` unless as much was kept before. */
  | { kind: 'kept'; isNews: boolean };

/** Records a refund of an order; a refund of an order that was not received yet is kept until it is. */
export function refundChannelOrder(
  deps: ProviderDeps,
  input: { provider: ProviderName; returned: ChannelRefund; cause: Cause },
): Promise<ChannelOrderRefunded> {
  const { provider, returned, cause } = input;
  const { reference, price } = returned.channelOrder;
  return inTransaction(deps, cause, async (tx): Promise<ChannelOrderRefunded> => {
    const { returnedMinor, returnedAt } = returned;
    const at = deps.clock.now();
    const refund: ReportedRefund = { returnedMinor, returnedAt, of: price };
    const payment = await tx.stores.payments.findPaymentByReference({ provider, reference });
    if (returnedMinor > price.amountMinor) return holdRefund(tx, { provider, reference, refund, payment });
    const before = await tx.stores.channelOrders.findMark({ provider, reference });
    const mark = await tx.stores.channelOrders.markReturned({ provider, reference, refund, at });
    if (payment !== undefined) {
      if (!fits(refund, payment)) return holdRefund(tx, { provider, reference, refund, payment });
      const isBooked = await bookReturns({ tx, providers: deps.providers }, { payment, mark });
      return { kind: isBooked ? 'booked' : 'nothing_new' };
    }
    if (!mark.refunds.some((known) => isOf(known, price))) {
      return holdRefund(tx, { provider, reference, refund, payment });
    }
    await raiseEarlyReturn(tx, { provider, returned });
    const known = before?.refunds.find((one) => isOf(one, price));
    return { kind: 'kept', isNews: (known?.returnedMinor ?? 0) < returnedMinor };
  });
}

function isOf({ of }: ReportedRefund, price: Money): boolean {
  return of === null || (of.amountMinor === price.amountMinor && of.currency === price.currency);
}

function fits(refund: ReportedRefund, payment: Payment): boolean {
  return isOf(refund, payment) && refund.returnedMinor <= payment.amountMinor;
}

/** Adds the refund of a payment that is missing up to the known refunded sum; false when none is. */
export async function bookReturns(
  deps: { tx: PaymentTx; providers: ProviderRegistry },
  input: { payment: Payment; mark: ChannelOrderMark },
): Promise<boolean> {
  const { tx } = deps;
  const { mark } = input;
  const { provider, reference } = mark;
  const payment = await tx.stores.payments.findPayment(input.payment.id);
  assert(payment !== undefined, `payment ${input.payment.id} vanished`);
  await resolveCase(tx, { key: unmatchedKey(provider, reference), by: 'The order was received.' });
  for (const refund of mark.refunds.filter((one) => !fits(one, payment))) {
    await holdRefund(tx, { provider, reference, refund, payment });
  }
  const known = mark.refunds.filter((one) => fits(one, payment));
  const returnedMinor = Math.max(0, ...known.map((one) => one.returnedMinor));
  const refunds = await tx.stores.refunds.listRefundsForPayment(payment.id);
  const bookedMinor = refunds
    .filter(({ status }) => status === 'succeeded')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const amountMinor = returnedMinor - bookedMinor;
  if (amountMinor <= 0) return false;
  const { currency } = payment;
  await applyRefundSnapshot(deps, {
    payment,
    trust: 'token',
    snapshot: {
      reference: `${reference}:${returnedMinor}`,
      refundId: null,
      state: 'succeeded',
      providerStatus: `refunded ${formatMoney({ amountMinor: returnedMinor, currency })} in all`,
      amount: { amount: toDecimal({ amountMinor, currency }), asset: payment.requestedAsset },
      claimUrl: null,
      transactionIds: [],
      createdAt: known.find((one) => one.returnedMinor === returnedMinor)?.returnedAt ?? null,
    },
  });
  const order = await tx.stores.orders.findOrder(payment.orderId);
  if (order?.status === 'refunded') {
    await resolveCase(tx, { key: `payment_held:${order.id}`, by: 'All of the money was refunded.' });
  }
  return true;
}
