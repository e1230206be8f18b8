import { type Milliseconds, second } from '#kernel/clock.ts';
import { asPaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { type AssetAmount, formatAsset } from '#kernel/money.ts';
import { type ProviderName, providerTitle } from '#kernel/provider-name.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import type { Order } from '#orders/order.ts';
import { applyOrderEvent } from '../lifecycle/change-order.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import { type Payment, paymentOpenForMs } from '../model/payment.ts';
import type { PaymentSnapshot } from '../model/snapshot.ts';
import type { PaymentProvider } from '../ports/payment-provider.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/** A create without an answer is searched for after this: later than any create call can still be running. */
const findLostCreateAfterMs: Milliseconds = 100 * second;

/** Writes the payment before its provider is called, so that it is found again after a crash in between. */
export async function insertNewPayment(
  tx: PaymentTx,
  input: {
    order: Order;
    provider: PaymentProvider /** What it is to bring in; without it, all of the order. */;
    amountMinor?: number;
  },
): Promise<Payment> {
  const { order, provider, amountMinor = order.amountMinor } = input;
  const requested = provider.quote({ amountMinor, currency: order.currency });
  assert(requested !== undefined, `${provider.name} was chosen for what it cannot take`);
  const payment = blankPayment(tx, { order, provider: provider.name, amountMinor, requested });
  await tx.stores.payments.insertPayment(payment);
  await noteNew(tx, {
    order,
    payment,
    text: `payment of ${requested.amount} ${requested.asset} requested at ${providerTitle(provider.name)}`,
  });
  return payment;
}

/** Adds a payment that was made at the provider, without us, to an order; the next snapshot sets its status. */
export async function adoptPayment(
  tx: PaymentTx,
  input: { order: Order; snapshot: PaymentSnapshot; amountMinor: number },
): Promise<Payment> {
  const { order, snapshot, amountMinor } = input;
  const { provider, requested } = snapshot;
  const now = tx.clock.now();
  const payment: Payment = {
    ...blankPayment(tx, { order, provider, amountMinor, requested }),
    creation: 'confirmed',
    reference: snapshot.reference,
    expiresAt: snapshot.expiresAt ?? now,
    nextPollAt: now,
  };
  await tx.stores.payments.insertPayment(payment);
  const text = `payment of ${formatAsset(requested)} made at ${providerTitle(provider)} was linked to this order`;
  await noteNew(tx, { order, payment, text });
  return payment;
}

/** A payment that was just requested; nothing else is known of it. */
export function blankPayment(
  tx: PaymentTx,
  about: { order: Order; provider: ProviderName; amountMinor: number; requested: AssetAmount },
): Payment {
  const { order, requested } = about;
  const now = tx.clock.now();
  return {
    id: asPaymentId(tx.ids.newId()),
    orderId: order.id,
    provider: about.provider,
    status: 'created',
    version: 1,
    creation: 'requested',
    currency: order.currency,
    amountMinor: about.amountMinor,
    requestedAmount: requested.amount,
    requestedAsset: requested.asset,
    expectedAmount: null,
    receivedAmount: null,
    receivedAsset: null,
    coinExpected: null,
    coinReceived: null,
    coinAsset: null,
    capturedMinor: 0,
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
    acceptedBy: null,
    acceptedReason: null,
    feeAmount: null,
    netAmount: null,
    figuresAsset: null,
    settledAt: null,
    paidAt: null,
    expiresAt: now + paymentOpenForMs,
    nextPollAt: now + findLostCreateAfterMs,
    lockedUntil: null,
    lockedBy: null,
    createdAt: now,
    updatedAt: now,
  };
}

async function noteNew(tx: PaymentTx, input: { order: Order; payment: Payment; text: string }): Promise<void> {
  const { order, payment, text } = input;
  const note = { subject: 'payment', from: null, to: 'created', trust: null } as const;
  await writeTimeline(tx, { order, paymentId: payment.id, ...note, text });
}

/** An expired order waits for payment again when it gets a new link, and so does one that is partly paid. */
export async function reopenOrder(
  tx: PaymentTx,
  input: { order: Order; event: 'reopen' | 'rest_asked' },
): Promise<{ isAllowed: boolean; order: Order }> {
  const { order, event } = input;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const applied = await applyOrderEvent(tx, {
    order,
    payments,
    event,
    paymentId: null,
    trust: null,
    text: event === 'reopen' ? 'a new payment link was requested' : 'a payment link for the rest was requested',
  });
  // The new payment stands on the order's cards, whatever becomes of it.
  if (applied.decision.kind === 'unchanged') await redrawOrderCards(tx, order.id);
  return { isAllowed: applied.decision.kind !== 'refused', order: applied.order };
}
