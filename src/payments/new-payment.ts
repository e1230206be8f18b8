import { type Milliseconds, second } from '#kernel/clock.ts';
import { asPaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { providerTitle } from '#kernel/provider-name.ts';
import type { Order } from '#orders/order.ts';
import { tellOrder } from './change-order.ts';
import { type Payment, paymentOpenForMs } from './payment.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { type Work, writeTimeline } from './work.ts';

/** A create without an answer is looked for after this: later than any create that is still under way gives up. */
const lookForLostCreateAfterMs: Milliseconds = 100 * second;

/** Writes the payment before its provider is asked for it, so that a crash in between is found again. */
export async function insertNewPayment(
  work: Work,
  input: { order: Order; provider: PaymentProvider },
): Promise<Payment> {
  const { order, provider } = input;
  const requested = provider.quote(order);
  assert(requested !== undefined, `${provider.name} was chosen for what it cannot take`);
  const now = work.clock.now();
  const payment: Payment = {
    id: asPaymentId(work.ids.newId()),
    orderId: order.id,
    provider: provider.name,
    status: 'created',
    version: 1,
    creation: 'requested',
    currency: order.currency,
    amountMinor: order.amountMinor,
    requestedAmount: requested.amount,
    requestedAsset: requested.asset,
    expectedAmount: null,
    receivedAmount: null,
    receivedAsset: null,
    reference: null,
    details: [],
    checkoutUrl: null,
    providerStatus: null,
    transactionIds: [],
    trust: null,
    evidenceAt: null,
    mismatchedAt: null,
    heldAt: null,
    acceptedAt: null,
    feeAmount: null,
    netAmount: null,
    figuresAsset: null,
    settledAt: null,
    paidAt: null,
    expiresAt: now + paymentOpenForMs,
    nextPollAt: now + lookForLostCreateAfterMs,
    lockedUntil: null,
    lockedBy: null,
    createdAt: now,
    updatedAt: now,
  };
  await work.stores.payments.insertPayment(payment);
  await writeTimeline(work, {
    order,
    paymentId: payment.id,
    subject: 'payment',
    from: null,
    to: 'created',
    trust: null,
    text: `payment of ${requested.amount} ${requested.asset} asked for at ${providerTitle(provider.name)}`,
  });
  return payment;
}

/** An expired order waits for payment again when it gets a new link. */
export async function reopenOrder(work: Work, order: Order): Promise<{ isAllowed: boolean; order: Order }> {
  const payments = await work.stores.payments.listPaymentsForOrder(order.id);
  const told = await tellOrder(work, {
    order,
    payments,
    event: 'reopen',
    paymentId: null,
    trust: null,
    text: 'a new payment link was asked for',
  });
  return { isAllowed: told.decision.kind !== 'refused', order: told.order };
}
