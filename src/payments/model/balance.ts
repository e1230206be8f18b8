// Whether an order is paid: by one payment that covers all of it, by an admin's override, or by the confirmed money of
// several payments together, in minor units of the order's currency, less their refunds.
import type { OrderEvent } from '#orders/decide-order.ts';
import type { Order } from '#orders/order.ts';
import { isCoveringPayment, type Payment, type PaymentStatus } from './payment.ts';
import { countsAgainstCaptured, type Refund } from './refund.ts';

export interface Balance {
  isCovered: boolean;
  /**
   * Confirmed money that the shop has, late payments and underpayments included; a payment that is held for review does
   * not count.
   */
  moneyMinor: number;
  /** What is still missing; 0 for an order that is covered. */
  missingMinor: number;
}

type BalancePayment = Pick<Payment, 'id' | 'status' | 'amountMinor' | 'capturedMinor' | 'heldAt' | 'acceptedAt'>;
type BalanceRefund = Pick<Refund, 'paymentId' | 'status' | 'amountMinor'>;

export function balanceOf(
  order: Pick<Order, 'amountMinor'>,
  payments: readonly BalancePayment[],
  refunds: readonly BalanceRefund[],
): Balance {
  const isCovered = payments.some((payment) => coversAlone(order, payment)) || coverTogether(order, payments, refunds);
  const moneyMinor = sum(payments.map((payment) => moneyOf(payment, refunds)));
  return { isCovered, moneyMinor, missingMinor: isCovered ? 0 : Math.max(0, order.amountMinor - moneyMinor) };
}

/** A later refund does not undo it: the order was paid, and has statuses of its own for refunds. */
function coversAlone(order: Pick<Order, 'amountMinor'>, payment: BalancePayment): boolean {
  return isCoveringPayment(payment) && (payment.acceptedAt !== null || payment.amountMinor >= order.amountMinor);
}

/** Only several payments together: a single underpayment is decided by an admin, whatever its amount. */
function coverTogether(
  order: Pick<Order, 'amountMinor'>,
  payments: readonly BalancePayment[],
  refunds: readonly BalanceRefund[],
): boolean {
  const inTime = payments.filter(({ status }) => status !== 'paid_late');
  const parts = inTime.map((payment) => moneyOf(payment, refunds)).filter((part) => part > 0);
  return parts.length > 1 && sum(parts) >= order.amountMinor;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

export function moneyOf(payment: BalancePayment, refunds: readonly BalanceRefund[]): number {
  if (payment.heldAt !== null) return 0;
  const isFull = payment.status === 'paid' || payment.status === 'overpaid';
  const captured = isFull ? Math.max(payment.amountMinor, payment.capturedMinor) : payment.capturedMinor;
  const refunded = refunds.filter((refund) => refund.paymentId === payment.id && countsAgainstCaptured(refund));
  return Math.max(0, captured - sum(refunded.map(({ amountMinor }) => amountMinor)));
}

/** The event that a payment's status is for its order, while it is the only payment. */
const eventsOfStatus: Readonly<Record<PaymentStatus, OrderEvent | undefined>> = {
  created: undefined,
  pending: undefined,
  paid: 'payment_paid',
  overpaid: 'payment_paid',
  underpaid: 'payment_short',
  paid_late: 'payment_late',
  expired: 'payment_expired',
  failed: 'payment_failed',
  cancelled: 'payment_cancelled',
  reversed: 'payment_reversed',
};

/**
 * The event for an order that has several payments. A full payment of a part of the order is an underpayment while the
 * rest is missing, a payment that brings the missing rest pays the order, and a loss of what covered the order is a
 * reversal.
 */
export function orderEventOf(input: {
  payment: Pick<Payment, 'status' | 'heldAt'>;
  /** It failed, and its provider has money that it does not confirm. */
  isUnconfirmed?: boolean;
  before: Pick<Balance, 'isCovered' | 'moneyMinor'>;
  after: Pick<Balance, 'isCovered' | 'moneyMinor'>;
  /** All payments but this one. */
  others: Pick<Balance, 'isCovered'>;
}): OrderEvent | undefined {
  const { payment, before, after, others } = input;
  const event = input.isUnconfirmed ? 'payment_unconfirmed' : eventsOfStatus[payment.status];
  if (payment.heldAt !== null) return event;
  // A late payment on top of a part does not count by itself, and does not make the order uncovered.
  const isLateRise = payment.status === 'paid_late' && after.moneyMinor >= before.moneyMinor;
  if (before.isCovered && !after.isCovered && !isLateRise) return 'payment_reversed';
  if (event === 'payment_paid' && !after.isCovered) return 'payment_short';
  if (event === 'payment_short' && after.isCovered && !others.isCovered) return 'payment_paid';
  return event;
}
