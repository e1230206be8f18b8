import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { readReason } from '#access/reason.ts';
import type { OrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { payablePayment } from '../model/payment.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import { type AboutPayment, acceptanceRefusal, acceptInto } from './accept-into.ts';
import { moneyThereSentence, unconfirmedIn } from './money-there.ts';
import type { Override } from './override.ts';
import { recordOverride } from './record-override.ts';

/** Marks an order as paid by an admin's override. Everybody who gets alerts is notified who did it and why. */
export function markPaid(
  deps: TransactionDeps<PaymentStores>,
  input: { orderId: OrderId; by: ActingAdmin; reason: string },
): Promise<Override> {
  const { by } = input;
  const reason = readReason(input.reason);
  if (typeof reason !== 'string') return Promise.resolve(reason);
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Override> => {
    const about = await paymentToMark(tx, input.orderId);
    if (about === undefined) return { kind: 'unknown' };
    const refusal = await acceptanceRefusal(tx, about);
    if (refusal !== undefined) return { kind: 'refused', ...refusal };
    await markPaidInto(tx, { ...about, by, reason });
    return { kind: 'decided', code: 'marked_paid' };
  });
}

/** The same inside the transaction of a verb that has checked `acceptanceRefusal` before. */
export async function markPaidInto(
  tx: PaymentTx,
  about: AboutPayment & { by: ActingAdmin; reason: string },
): Promise<void> {
  const { order, payment, payments, by, reason } = about;
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  await acceptInto(tx, about);
  await recordAudit(tx, {
    action: 'order.mark_paid',
    subject: `order:${order.id}`,
    reason,
    details: { paymentId: payment.id, from: order.status },
  });
  const detail = moneyThereSentence({ order, payments, refunds });
  await recordOverride(tx, { order, kind: 'order_marked_paid', by, reason, detail });
}

/** The payment with most of the money, else one with money that is not confirmed, else the one that the customer was to use. */
async function paymentToMark(tx: PaymentTx, orderId: OrderId): Promise<AboutPayment | undefined> {
  const order = await tx.stores.orders.findOrder(orderId);
  if (order === undefined) return undefined;
  const payments = await tx.stores.payments.listPaymentsForOrder(orderId);
  const most = payments.toSorted((left, right) => right.capturedMinor - left.capturedMinor)[0];
  const seen = most !== undefined && most.capturedMinor > 0 ? most : unconfirmedIn(payments);
  const payment = seen ?? payablePayment(payments) ?? payments.at(-1);
  return payment === undefined ? undefined : { order, payment, payments };
}
