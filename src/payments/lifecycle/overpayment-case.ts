// Several payments of one order may bring more than it asks for, each of them in order by itself. What was told of them as
// short or late is over once the order is paid; that money is too much from then on, and is told as such.

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
 * Tells of money beyond what the order asks for, when `payment` has just brought some. Another payment that is too much
 * as a whole is told as one; what is left over is told of this one. False where nothing more is to be said of this one.
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
  // A payment that is too much by itself says so by its own status.
  if (payment.status === 'overpaid') return false;
  if (extraMinor > 0) await raiseOverpayment(tx, { order, payment, surplusMinor: extraMinor });
  return true;
}

/** Somebody decided that this money stays with the order. */
async function wasKept(tx: PaymentTx, payment: Payment): Promise<boolean> {
  const [latest] = await tx.stores.cases.listCasesByKeys([duplicateKeyOf(payment)]);
  return latest?.resolution === 'keep';
}

/** Cases about money too much are over when it went back, whoever asked for that. */
export async function resolveOverpayments(
  tx: PaymentTx,
  input: { order: Order; payments: readonly Payment[] },
): Promise<void> {
  const { order, payments } = input;
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  const gone = refunds.filter(({ status }) => status === 'succeeded');
  for (const payment of payments) {
    const ofPayment = gone.filter(({ paymentId }) => paymentId === payment.id);
    if (ofPayment.length === 0) continue;
    const isEmpty = moneyOf(payment, gone) === 0;
    const surplusMinor =
      payment.status === 'overpaid'
        ? overpaymentOf(payment, { order, refunds: ofPayment }).amountMinor
        : extraOf(order, { payments, refunds: gone });
    await resolveOrderCases(tx, {
      orderId: order.id,
      paymentId: payment.id,
      by: 'What was too much went back.',
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
