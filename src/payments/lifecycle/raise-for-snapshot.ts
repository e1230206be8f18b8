import type { OrderDecision, OrderEvent } from '#orders/decide-order.ts';
import type { Order } from '#orders/order.ts';
import { isAwaitedPayment, isCoveringPayment, type Payment } from '../model/payment.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { raiseIfOverpaid } from './overpayment-case.ts';
import { raiseForStatus, raiseHeld, raiseReversed, raiseShort, raiseUnexpectedMoney } from './payment-cases.ts';

export interface SnapshotNews {
  /** As it is after the look, with its payments. */
  order: Order;
  before: Payment;
  payment: Payment;
  payments: readonly Payment[];
  event: OrderEvent | undefined;
  decision: OrderDecision | undefined;
  /** Why it is held back; null where it is not. */
  heldBecause: string | null;
}

/** One card for one payment: that money came a second time says more than that it came late or short. */
export async function raiseForSnapshot(tx: PaymentTx, news: SnapshotNews): Promise<void> {
  const { order, payment, event, heldBecause } = news;
  const about = { order, payment };
  // One that paid already and brought more is not money for a second time as a whole.
  const isWholeNews = !isCoveringPayment(news.before);
  if (news.decision?.kind === 'unexpected_money' && isWholeNews) return raiseUnexpectedMoney(tx, about);
  if (heldBecause !== null) return raiseHeld(tx, { ...about, why: heldBecause });
  if (event === 'payment_reversed' && payment.status !== 'reversed') return raiseReversed(tx, about);
  if (event === 'payment_short' && payment.status !== 'underpaid') return raiseShort(tx, about);
  if (await raiseIfOverpaid(tx, news)) return;
  if (isTrouble(payment, news)) await raiseForStatus(tx, about);
}

/** A link that nobody needs any more may end unpaid without anybody being applied, and so may what a person vouched for. */
function isTrouble(payment: Payment, around: Pick<SnapshotNews, 'order' | 'payments' | 'event'>): boolean {
  // Short by itself, and with the others it is all that was wanted.
  if (payment.status === 'underpaid' && around.event === 'payment_paid') return false;
  const isVouchedFor = payment.acceptedAt !== null && payment.status !== 'reversed' && payment.status !== 'overpaid';
  if (isVouchedFor) return false;
  if (payment.status !== 'expired' && payment.status !== 'failed') return true;
  const isNeeded = around.order.status === 'awaiting_payment' || around.order.status === 'expired';
  const hasOther = around.payments.some((other) => other.id !== payment.id && isAwaitedPayment(other));
  return isNeeded && !hasOther;
}
