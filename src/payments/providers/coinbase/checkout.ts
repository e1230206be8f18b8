import { z } from 'zod';
import type { Milliseconds } from '#kernel/clock.ts';
import { asProviderReference, type PaymentId } from '#kernel/ids.ts';
import type { PaymentSnapshot, SnapshotState } from '../../model/snapshot.ts';
import { amountText, decimalText, idText, joinLabel, lenient, ownPaymentId, rfc3339 } from '../kit/body-fields.ts';
import { entriesOf, type UnreadEntry } from '../kit/list-entries.ts';
import { isPaymentId } from '../kit/payment-uuid.ts';

// Coinbase: Checkouts, the object. Fields that are absent are left out by Coinbase; null is taken for absent.

const states = {
  ACTIVE: 'open',
  PROCESSING: 'processing',
  COMPLETED: 'confirmed',
  PARTIALLY_REFUNDED: 'confirmed',
  REFUNDED: 'confirmed',
  FAILED: 'failed',
  EXPIRED: 'expired',
  DEACTIVATED: 'cancelled',
} as const satisfies Record<string, SnapshotState>;

export const checkoutStatuses = Object.keys(states) as (keyof typeof states)[];

export const checkoutSchema = z.object({
  id: idText,
  url: lenient(z.string()),
  amount: amountText,
  currency: z.string(),
  description: lenient(z.string()),
  status: z.enum(checkoutStatuses),
  expiresAt: lenient(rfc3339),
  createdAt: lenient(rfc3339),
  // Our id is in it: what cannot be read there may be ours.
  metadata: z.record(z.string(), z.unknown()).nullish(),
  settlement: z
    .object({
      totalAmount: amountText.nullish(),
      feeAmount: lenient(decimalText),
      netAmount: lenient(decimalText),
      currency: z.string().nullish(),
    })
    .nullish(),
  transactionHash: lenient(z.string()),
  refunds: lenient(z.array(z.object({ id: z.string() }))),
});
export type Checkout = z.infer<typeof checkoutSchema>;

/** What can be told of a checkout that is not understood. */
const identity = z
  .object({
    id: lenient(idText),
    metadata: lenient(z.object({ paymentId: ownPaymentId })),
    createdAt: lenient(rfc3339),
  })
  .transform(({ id, metadata, createdAt }) => ({ reference: id, paymentId: metadata?.paymentId ?? null, createdAt }));

export const checkoutPageSchema = z.object({
  checkouts: entriesOf(checkoutSchema, identity),
  nextPageToken: z.string().nullish(),
});

export function findPaymentId(body: unknown): PaymentId | null {
  return identity.safeParse(body).data?.paymentId ?? null;
}

/** Whether a checkout that is not understood may be that of this payment. */
export function mayBeOf({ body, paymentId }: UnreadEntry, wanted: PaymentId): boolean {
  const isReadable = z.object({ metadata: z.record(z.string(), z.unknown()).nullish() }).safeParse(body).success;
  return paymentId === wanted || !isReadable;
}

export function toSnapshot(checkout: Checkout, observedAt: Milliseconds): PaymentSnapshot {
  const state = states[checkout.status];
  const settlement = state === 'confirmed' ? settlementOf(checkout) : null;
  const { paymentId, orderNumber, orderId } = checkout.metadata ?? {};
  return {
    provider: 'coinbase',
    reference: asProviderReference(checkout.id),
    paymentId: typeof paymentId === 'string' && isPaymentId(paymentId) ? paymentId : null,
    trust: 'fetched',
    observedAt,
    state,
    providerStatus: checkout.status,
    requested: { amount: checkout.amount, asset: checkout.currency },
    settlement,
    // What is collected is the coin itself.
    coin: settlement,
    isLate: false,
    isMarkedSettled: false,
    fees: feesOf(checkout),
    checkoutUrl: checkout.url ?? null,
    transactionIds: checkout.transactionHash ? [checkout.transactionHash] : [],
    label: joinLabel([orderNumber, orderId, checkout.description]),
    createdAt: checkout.createdAt ?? null,
    expiresAt: checkout.expiresAt ?? null,
  };
}

/** The payer signs a transfer of the exact amount; `settlement`, where there is one, says what was really taken. */
function settlementOf({ amount, currency, settlement }: Checkout): PaymentSnapshot['settlement'] {
  const isSameUnit = settlement?.currency === currency;
  return { expected: amount, received: (isSameUnit ? settlement.totalAmount : null) ?? amount, asset: currency };
}

/** Coinbase takes its fee from the amount; what it took is read, never computed. */
function feesOf({ settlement }: Checkout): PaymentSnapshot['fees'] {
  const { feeAmount, netAmount, currency } = settlement ?? {};
  return feeAmount && netAmount && currency ? { fee: feeAmount, net: netAmount, asset: currency } : null;
}
