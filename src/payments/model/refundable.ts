// How much of a payment can be refunded: never more than was captured, less refunds that succeeded or are pending.
import { compareDecimals, floorShare, MoneyInvalid, parseMinorFloor } from '#kernel/money.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import { countsAgainstCaptured, type Refund } from './refund.ts';

/** Statuses in which the shop has confirmed money. */
const holdingStatuses = ['paid', 'overpaid', 'underpaid', 'paid_late'] as const satisfies readonly PaymentStatus[];
const fullStatuses = ['paid', 'overpaid'] as const satisfies readonly PaymentStatus[];

type Received = Pick<
  Payment,
  'amountMinor' | 'currency' | 'requestedAsset' | 'expectedAmount' | 'receivedAmount' | 'receivedAsset'
>;
type Captured = Received & Pick<Payment, 'status' | 'heldAt'>;

/** Money is at the provider that was never confirmed: it counts for nothing, and may go back or be accepted. */
export function hasUnconfirmedMoney({ status, receivedAmount }: Pick<Payment, 'status' | 'receivedAmount'>): boolean {
  return status === 'failed' && receivedAmount !== null && compareDecimals(receivedAmount, '0') > 0;
}

/** What the provider may give back: what was captured, or what is there of a payment that it does not confirm. */
export function returnableOf(payment: Captured, provider: { returnsOddPayments: boolean }): number {
  return hasUnconfirmedMoney(payment) ? (receivedMinor(payment) ?? 0) : capturedOf(payment, provider);
}

/** What was captured, in the minor units of the order's currency, rounded down. */
export function capturedOf(payment: Captured, provider: { returnsOddPayments: boolean }): number {
  const { status, amountMinor } = payment;
  if (!(holdingStatuses as readonly PaymentStatus[]).includes(status)) return 0;
  // Underpaid, late and surplus money was never captured there: the provider returns it by itself.
  if (provider.returnsOddPayments) return (fullStatuses as readonly PaymentStatus[]).includes(status) ? amountMinor : 0;
  return receivedMinor(payment) ?? (status === 'paid' ? amountMinor : 0);
}

/**
 * What was received, in the minor units of the order's currency, rounded down; null while no amount is known, and for
 * one that is larger than any valid amount.
 */
export function receivedMinor(payment: Received): number | null {
  const { amountMinor, expectedAmount, receivedAmount } = payment;
  if (receivedAmount === null || expectedAmount === null) return null;
  try {
    if (payment.receivedAsset === payment.requestedAsset) return parseMinorFloor(receivedAmount, payment.currency);
    return floorShare(amountMinor, { of: receivedAmount, in: expectedAmount });
  } catch (error) {
    if (error instanceof MoneyInvalid) return null;
    throw error;
  }
}

/** A payment in one of these has no money that counts: it was taken back, never confirmed, or rejected. */
const emptyStatuses = ['reversed', 'failed', 'cancelled'] as const satisfies readonly PaymentStatus[];

/** What was received for an order over all of its payments, refunds not taken off, in minor units of its currency. */
export function receivedTogether(payments: readonly (Received & Pick<Payment, 'status'>)[]): {
  amountMinor: number;
  /** How many payments brought some of it. */
  count: number;
} {
  const amounts = payments
    .filter(({ status }) => !(emptyStatuses as readonly PaymentStatus[]).includes(status))
    .map((payment) => receivedMinor(payment) ?? 0)
    .filter((amount) => amount > 0);
  return { amountMinor: amounts.reduce((sum, amount) => sum + amount, 0), count: amounts.length };
}

export interface RefundSums {
  /** What was captured, or is there unconfirmed. */
  capturedMinor: number;
  /** The sum of refunds that succeeded. */
  refundedMinor: number;
  /** The sum of refunds that are requested, pending or unknown. */
  onItsWayMinor: number;
  /** What can be refunded now; never below zero. */
  refundableMinor: number;
}

export function sumRefunds(
  payment: Captured,
  about: { refunds: readonly Refund[]; returnsOddPayments: boolean },
): RefundSums {
  const captured = returnableOf(payment, about);
  const counting = about.refunds.filter(countsAgainstCaptured);
  const counted = sum(counting);
  const refundedMinor = sum(counting.filter(({ status }) => status === 'succeeded'));
  return {
    capturedMinor: captured,
    refundedMinor,
    onItsWayMinor: counted - refundedMinor,
    refundableMinor: Math.max(0, captured - counted),
  };
}

/**
 * Whether the money is still there when the refund is sent: since the request the payment may have been reversed, or a
 * refund may have been made at the provider itself. Of several unsent refunds, the first to be sent gets it.
 */
export function coversRefund(
  payment: Captured,
  about: { refund: Refund; refunds: readonly Refund[]; returnsOddPayments: boolean },
): boolean {
  const others = about.refunds.filter((other) => other.id !== about.refund.id && mayHaveMoved(other));
  return returnableOf(payment, about) - sum(others) >= about.refund.amountMinor;
}

function mayHaveMoved(refund: Refund): boolean {
  const isWaiting = refund.status === 'awaiting_approval' || refund.status === 'requested';
  return countsAgainstCaptured(refund) && (!isWaiting || refund.sentAt !== null);
}

function sum(refunds: readonly Refund[]): number {
  return refunds.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
