// Money of a sale that the seller gave back at the channel. Whether a second refund tells its step or the sum is not known:
// the larger of what was told counts, never the sum of what was told, so that no word is counted twice.

import { unmatchedKey } from '#cases/case.ts';
import { raiseCase } from '#cases/raise-case.ts';
import { resolveCase } from '#cases/resolve-case.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney, toDecimal } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { type Cause, inTransaction } from '#kernel/transaction-context.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { ChannelOrderMark } from '../ports/channel-order-store.ts';
import type { ProviderRegistry } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { ChannelRefund } from '../ports/sales-channel.ts';
import { takeRefundLook } from '../refunds/apply-refund-looks.ts';

/** More refunds than this do not wait for their sale: something else is wrong then, and their events stay where they are. */
const waitingReturnsMax = 500;

export type ChannelOrderRefunded = { kind: 'booked' | 'nothing_new' | 'kept' } | { kind: 'too_many_wait' };

/** Books what went back of a sale; of one that has not come yet it is kept until it does, and shown to the admins. */
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

/** Thrown to undo what was noted. */
class TooManyWait extends Error {}

function book(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'ids' | 'providers'>,
  input: { provider: ProviderName; returned: ChannelRefund; cause: Cause },
): Promise<ChannelOrderRefunded> {
  const { provider, returned, cause } = input;
  const { reference } = returned.sale;
  return inTransaction(deps, cause, async (tx): Promise<ChannelOrderRefunded> => {
    const { returnedMinor, returnedAt } = returned;
    const at = deps.clock.now();
    const mark = await tx.stores.channelOrders.markReturned({ provider, reference, returnedMinor, returnedAt, at });
    const payment = await tx.stores.payments.findPaymentByReference({ provider, reference });
    if (payment !== undefined) {
      const isBooked = await bookReturns({ tx, providers: deps.providers }, { paymentId: payment.id, mark });
      return { kind: isBooked ? 'booked' : 'nothing_new' };
    }
    const waiting = await tx.stores.channelOrders.countWaitingReturns(provider);
    if (waiting > waitingReturnsMax) throw new TooManyWait();
    await raiseEarlyReturn(tx, { provider, returned, at });
    return { kind: 'kept' };
  });
}

/** Brings the refunds of a payment up to what is known to have gone back; false when they are there already. */
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
  await resolveCase(tx, { key: unmatchedKey(mark.provider, mark.reference), by: 'The sale came.' });
  if (amountMinor <= 0) return false;
  const { currency } = payment;
  await takeRefundLook(deps, {
    payment,
    trust: 'token',
    look: {
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
    await resolveCase(tx, { key: `payment_held:${order.id}`, by: 'All of the money went back.' });
  }
  return true;
}

async function raiseEarlyReturn(
  tx: PaymentTx,
  input: { provider: ProviderName; returned: ChannelRefund; at: Milliseconds },
): Promise<void> {
  const { provider, returned } = input;
  const { reference, price } = returned.sale;
  const title = providerTitle(provider);
  const amount = formatMoney({ ...price, amountMinor: returned.returnedMinor });
  await raiseCase(tx, {
    key: unmatchedKey(provider, reference),
    kind: 'payment_unknown',
    severity: 'info',
    provider,
    reference,
    facts: {
      headline: `${title} gave money back for a sale that has not come here`,
      amount,
      detail: `Sale ${reference}. The refund is kept and booked when the sale comes.`,
      why: `If it does not come within three hours, import ${title}'s CSV export.`,
      trust: 'token',
      there: `${amount} of ${formatMoney(price)} refunded`,
    },
  });
}
