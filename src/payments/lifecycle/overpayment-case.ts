// Several payments of one order may bring more than its total, each of them correct by itself. Cases that called them
// underpaid or late are resolved once the order is paid; the surplus is an overpayment then, with a case of its own.

import { resolveOrderCases } from '#cases/resolve-case.ts';
import type { Order } from '#orders/order.ts';
import { moneyOf } from '../model/balance.ts';
import { overpaymentOf } from '../model/overpayment.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { duplicateKeyOf, raiseOverpayment, raiseUnexpectedMoney } from './payment-cases.ts';

const paidStatuses: readonly Order['status'][] = ['paid', 'fulfilled', 'partially_refunded'];

/**
 * Raises a case for money beyond the order's total, when `payment` has just brought some. A payment that is surplus as
 * a whole has a case as a duplicate; the rest is the overpayment of this one. False where this one needs no case.
 */
export async function raiseIfOverpaid(
  tx: PaymentTx,
  input: { order: Order; before: Payment | null; payment: Payment; payments: readonly Payment[] },
): Promise<boolean> {
  const { order, before, payment, payments } = input;
  if (!paidStatuses.includes(order.status)) return false;
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
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
        ...(isEmpty || surplusMinor <= 0 ? (['payment_overpaid'] as const) : []),
      ],
    });
  }
}

function extraOf(order: Order, about: { payments: readonly Payment[]; refunds: readonly Refund[] }): number {
  return about.payments.reduce((sum, payment) => sum + moneyOf(payment, about.refunds), 0) - order.amountMinor;
}
