import type { ActingAdmin } from '#access/acting-admin.ts';
import { recordAudit } from '#access/audit.ts';
import { readReason } from '#access/reason.ts';
import { asOrderId, type OrderId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import { closeOpenLinks } from '../collect/cancel-order.ts';
import { applyOrderEvent, decideOrderEvent } from '../lifecycle/change-order.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';
import type { Override, WithdrawalRefusal, WriteOffRefusal } from './override.ts';
import { recordOverride } from './record-override.ts';

/** Writes off the money of an order that is not paid. Everybody who gets alerts is notified who did it and why. */
export function writeOffOrder(
  deps: TransactionDeps<PaymentStores>,
  input: { orderId: OrderId; by: ActingAdmin; reason: string },
): Promise<Override> {
  const { by } = input;
  const reason = readReason(input.reason);
  if (typeof reason !== 'string') return Promise.resolve(reason);
  return inTransaction(deps, causeOf(by.actor), async (tx): Promise<Override> => {
    const order = await tx.stores.orders.findOrder(input.orderId);
    if (order === undefined) return { kind: 'unknown' };
    const refusal = await writeOffRefusal(tx, order);
    if (refusal !== undefined) return { kind: 'refused', ...refusal };
    await writeOffInto(tx, { order, by, reason });
    return { kind: 'decided', code: 'written_off' };
  });
}

export async function writeOffRefusal(tx: PaymentTx, order: Order): Promise<WriteOffRefusal | undefined> {
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const decision = await decideOrderEvent(tx, { order, payments, event: 'written_off', paymentId: null });
  if (decision.kind !== 'refused') return undefined;
  const isWaiting = order.status === 'awaiting_payment' || order.status === 'expired';
  if (isWaiting || order.status === 'needs_attention') return { code: 'money_is_there' };
  return { code: 'nothing_to_write_off', status: order.status };
}

/** Returns the order as it is afterwards; the caller has checked `writeOffRefusal` before. */
export async function writeOffInto(
  tx: PaymentTx,
  input: { order: Order; by: ActingAdmin; reason: string },
): Promise<Order> {
  const { order, by, reason } = input;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const applied = await applyOrderEvent(tx, {
    order,
    payments,
    event: 'written_off',
    paymentId: null,
    trust: null,
    text: `written off by ${by.name}: ${reason}`,
  });
  await closeOpenLinks(tx, { order, payments });
  await recordAudit(tx, {
    action: 'order.write_off',
    subject: `order:${order.id}`,
    reason,
    details: { from: order.status, to: applied.order.status },
  });
  await recordOverride(tx, { order, kind: 'order_written_off', by, reason });
  return applied.order;
}

/** Withdraws a write-off; a sentence when the order has changed since, and then nothing was changed. */
export async function withdrawWriteOff(
  tx: PaymentTx,
  input: { undo: JsonObject; by: ActingAdmin },
): Promise<WithdrawalRefusal | undefined> {
  const { undo, by } = input;
  // Where only the difference was written off, no order was changed.
  if (undo['orderId'] === undefined) return undefined;
  const order = await tx.stores.orders.findOrder(asOrderId(String(undo['orderId'])));
  const left: OrderStatus | undefined = order?.status;
  if (order === undefined || left !== undo['left']) return { code: 'order_has_changed' };
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const asked = { order, payments, event: 'write_off_withdrawn', paymentId: null } as const;
  if ((await decideOrderEvent(tx, asked)).kind === 'refused') return { code: 'order_has_changed' };
  await applyOrderEvent(tx, { ...asked, trust: null, text: `${by.name} withdrew the write-off` });
  return undefined;
}
