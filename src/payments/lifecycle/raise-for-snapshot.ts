// Which cases a snapshot raises: one card for one payment. Several payments of one order may bring more than its total, each
// of them correct by itself: cases that called them underpaid or late are resolved once the order is paid; the surplus is an
// overpayment then, with a case of its own.

import { resolveOrderCases } from '#cases/resolve-case.ts';
import type { OrderDecision, OrderEvent } from '#orders/decide-order.ts';
import type { Order } from '#orders/order.ts';
import { moneyMove } from '../model/amount-difference.ts';
import { moneyOf } from '../model/balance.ts';
import { overpaymentOf } from '../model/overpayment.ts';
import { isAwaitedPayment, isCoveringPayment, type Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import {
  duplicateKeyOf,
  raiseDoubleSpent,
  raiseForStatus,
  raiseHeld,
  raiseOverpayment,
  raiseReversed,
  raiseShort,
  raiseUnexpectedMoney,
} from './payment-cases.ts';

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
  refunds: readonly Refund[];
  event: OrderEvent | undefined;
  /** It failed, and its provider has money that it does not confirm. */
  isUnconfirmed: boolean;
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
  if (isTakenBack(news)) return raiseDoubleSpent(tx, news);
  if (event === 'payment_short' && payment.status !== 'underpaid') return raiseShort(tx, about);
  if (await raiseIfOverpaid(tx, news)) return;
  if (isTrouble(payment, news)) await raiseForStatus(tx, news);
}

/** Money that nobody had confirmed went away. What was confirmed is reversed; and a surplus may go, or leave a part behind. */
function isTakenBack({ before, payment }: SnapshotNews): boolean {
  const { status } = payment;
  const isConfirmed = status === 'reversed' || status === 'paid' || status === 'overpaid';
  const isPartLeft = (status === 'underpaid' || status === 'paid_late') && status !== before.status;
  return !isConfirmed && !isPartLeft && moneyMove(before, payment) === 'less';
}

/** A link that is no longer needed may expire without an alert, and so may a payment that an admin accepted. */
function isTrouble(
  payment: Payment,
  around: Pick<SnapshotNews, 'order' | 'payments' | 'event' | 'isUnconfirmed'>,
): boolean {
  if (around.isUnconfirmed) return true;
  // Underpaid by itself, and together with the others it covers the order.
  if (payment.status === 'underpaid' && around.event === 'payment_paid') return false;
  const isVouchedFor = payment.acceptedAt !== null && payment.status !== 'reversed' && payment.status !== 'overpaid';
  if (isVouchedFor) return false;
  if (payment.status !== 'expired' && payment.status !== 'failed') return true;
  const isNeeded = around.order.status === 'awaiting_payment' || around.order.status === 'expired';
  const hasOther = around.payments.some((other) => other.id !== payment.id && isAwaitedPayment(other));
  return isNeeded && !hasOther;
}

const paidStatuses: readonly Order['status'][] = ['paid', 'fulfilled', 'partially_refunded'];

/**
 * Raises a case for money beyond the order's total, when `payment` has just brought some. A payment that is surplus as
 * a whole has a case as a duplicate; the rest is the overpayment of this one. False where this one needs no case.
 */
export async function raiseIfOverpaid(
  tx: PaymentTx,
  input: {
    order: Order;
    before: Payment | null;
    payment: Payment;
    payments: readonly Payment[];
    /** Read where they are left out. */
    refunds?: readonly Refund[];
  },
): Promise<boolean> {
  const { order, before, payment, payments } = input;
  if (!paidStatuses.includes(order.status)) return false;
  const refunds = input.refunds ?? (await tx.stores.refunds.listRefundsForOrder(order.id));
  if (before !== null && moneyOf(payment, refunds) <= moneyOf(before, refunds)) return false;
  let extraMinor = extraOf(order, { payments, refunds });
  const others = payments
    .filter((other) => other.id !== payment.id && moneyOf(other, refunds) > 0)
    .sort((left, right) => moneyOf(left, refunds) - moneyOf(right, refunds));
  if (extraMinor <= 0) return false;
  for (const other of others) {
    const money = moneyOf(other, refunds);
    if (money > extraMinor) continue;
    extraMinor -= money;
    if (!(await wasKept(tx, other))) await raiseUnexpectedMoney(tx, { order, payment: other });
  }
  // A payment that is overpaid by itself has that status, and its case.
  if (payment.status === 'overpaid') return false;
  if (extraMinor > 0) await raiseOverpayment(tx, { order, payment, surplusMinor: extraMinor });
  return true;
}

/** An admin decided that this money stays with the order. */
async function wasKept(tx: PaymentTx, payment: Payment): Promise<boolean> {
  const [latest] = await tx.stores.cases.listCasesByKeys([duplicateKeyOf(payment)]);
  return latest?.resolution === 'keep';
}

/** Cases about an overpayment are resolved when it is refunded, whoever requested the refund. */
export async function resolveOverpayments(
  tx: PaymentTx,
  input: { order: Order; payments: readonly Payment[] },
): Promise<void> {
  const { order, payments } = input;
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  const refunded = refunds.filter(({ status }) => status === 'succeeded');
  for (const payment of payments) {
    const ofPayment = refunded.filter(({ paymentId }) => paymentId === payment.id);
    if (ofPayment.length === 0) continue;
    const isEmpty = moneyOf(payment, refunded) === 0;
    const surplusMinor =
      payment.status === 'overpaid'
        ? overpaymentOf(payment, { order, refunds: ofPayment }).amountMinor
        : extraOf(order, { payments, refunds: refunded });
    await resolveOrderCases(tx, {
      orderId: order.id,
      paymentId: payment.id,
      by: 'The overpayment was refunded.',
      kinds: [
        ...(isEmpty ? (['payment_duplicate', 'payment_unexpected'] as const) : []),
        ...(isEmpty || surplusMinor <= 0 ? (['payment_overpaid', 'payment_paid_twice'] as const) : []),
      ],
    });
  }
}

function extraOf(order: Order, about: { payments: readonly Payment[]; refunds: readonly Refund[] }): number {
  return about.payments.reduce((sum, payment) => sum + moneyOf(payment, about.refunds), 0) - order.amountMinor;
}
