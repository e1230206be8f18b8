import type { OrderDecision, OrderEvent } from '#orders/decide-order.ts';
import type { Order } from '#orders/order.ts';
import { isAwaitedPayment, isCoveringPayment, type Payment } from '../model/payment.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { raiseIfOverpaid } from './overpayment-case.ts';
import { raiseForStatus, raiseHeld, raiseReversed, raiseShort, raiseUnexpectedMoney } from './payment-cases.ts';

/** What an admin has to review before the payment counts, and whether its case has a card of its own. */
export interface HeldPayment {
  why: string;
  rings: boolean;
}

export interface SnapshotNews {
  /** The order as it is after the snapshot, with its payments. */
  order: Order;
  before: Payment;
  payment: Payment;
  payments: readonly Payment[];
  event: OrderEvent | undefined;
  decision: OrderDecision | undefined;
  /** Null where it is not held for review. */
  held: HeldPayment | null;
}

/** One card for one payment: a duplicate payment is more important than that it is late or underpaid. */
export async function raiseForSnapshot(tx: PaymentTx, news: SnapshotNews): Promise<void> {
  const { order, payment, event, held } = news;
  const about = { order, payment };
  // A payment that was paid already and grew is not a duplicate as a whole.
  const isWholeNews = !isCoveringPayment(news.before);
  if (news.decision?.kind === 'unexpected_money' && isWholeNews) return raiseUnexpectedMoney(tx, about);
  if (held !== null) return raiseHeld(tx, { ...about, ...held });
  if (event === 'payment_reversed' && payment.status !== 'reversed') return raiseReversed(tx, about);
  if (event === 'payment_short' && payment.status !== 'underpaid') return raiseShort(tx, about);
  if (await raiseIfOverpaid(tx, news)) return;
  if (isTrouble(payment, news)) await raiseForStatus(tx, about);
}

/** A link that is no longer needed may expire without an alert, and so may a payment that an admin accepted. */
function isTrouble(payment: Payment, around: Pick<SnapshotNews, 'order' | 'payments' | 'event'>): boolean {
  // Underpaid by itself, and together with the others it covers the order.
  if (payment.status === 'underpaid' && around.event === 'payment_paid') return false;
  const isVouchedFor = payment.acceptedAt !== null && payment.status !== 'reversed' && payment.status !== 'overpaid';
  if (isVouchedFor) return false;
  if (payment.status !== 'expired' && payment.status !== 'failed') return true;
  const isNeeded = around.order.status === 'awaiting_payment' || around.order.status === 'expired';
  const hasOther = around.payments.some((other) => other.id !== payment.id && isAwaitedPayment(other));
  return isNeeded && !hasOther;
}
