// How much of a payment may go back: never more than was captured, less what went back already or is on its way.
import { floorShare, parseMinorFloor } from '#kernel/money.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import { countsAgainstCaptured, type Refund } from './refund.ts';

/** Statuses in which confirmed money is with the shop. */
const holdingStatuses = ['paid', 'overpaid', 'underpaid', 'paid_late'] as const satisfies readonly PaymentStatus[];
const fullStatuses = ['paid', 'overpaid'] as const satisfies readonly PaymentStatus[];

type Captured = Pick<
  Payment,
  | 'status'
  | 'amountMinor'
  | 'currency'
  | 'requestedAsset'
  | 'expectedAmount'
  | 'receivedAmount'
  | 'receivedAsset'
  | 'heldAt'
>;

/** What the shop was credited with, in the minor units of the order's currency, rounded down. */
export function capturedMinor(payment: Captured, provider: { returnsOddPayments: boolean }): number {
  const { status, amountMinor, currency } = payment;
  if (!(holdingStatuses as readonly PaymentStatus[]).includes(status)) return 0;
  // What came short, late or too much was never credited: the provider returns it by itself.
  if (provider.returnsOddPayments) return (fullStatuses as readonly PaymentStatus[]).includes(status) ? amountMinor : 0;
  const { expectedAmount, receivedAmount } = payment;
  if (receivedAmount === null || expectedAmount === null) return status === 'paid' ? amountMinor : 0;
  if (payment.receivedAsset === payment.requestedAsset) return parseMinorFloor(receivedAmount, currency);
  return floorShare(amountMinor, { of: receivedAmount, in: expectedAmount });
}

export interface RefundSums {
  capturedMinor: number;
  /** What has gone back. */
  refundedMinor: number;
  /** What may still go back: asked for, on its way, or not known. */
  onItsWayMinor: number;
  /** What may be asked for now; never below zero. */
  refundableMinor: number;
}

export function sumRefunds(
  payment: Captured,
  about: { refunds: readonly Refund[]; returnsOddPayments: boolean },
): RefundSums {
  const captured = capturedMinor(payment, about);
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

function sum(refunds: readonly Refund[]): number {
  return refunds.reduce((total, { amountMinor }) => total + amountMinor, 0);
}
