import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { OrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from '#messaging/queues/enqueue-outbox-message.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import { applyOrderEvent } from '../lifecycle/change-order.ts';
import { isOpenPayment, type Payment } from '../model/payment.ts';
import type { PaymentStores, PaymentTx } from '../ports/payment-store.ts';

export type Cancellation = { kind: 'cancelled' } | { kind: 'refused'; status: OrderStatus } | { kind: 'unknown' };

/**
 * Cancels an order that is not paid. Its open payments are closed at their providers through the outbox; money that is
 * received all the same makes the order `needs_attention` and raises an alert.
 */
export function cancelOrder(
  deps: TransactionDeps<PaymentStores>,
  input: { orderId: OrderId; actor: Actor; reason: string | null },
): Promise<Cancellation> {
  const { actor, reason } = input;
  return inTransaction(deps, causeOf(actor), async (tx): Promise<Cancellation> => {
    const order = await tx.stores.orders.findOrder(input.orderId);
    return order === undefined ? { kind: 'unknown' } : cancelInto(tx, { order, reason });
  });
}

/** The same inside the transaction of a verb that an admin caused. */
export async function cancelInto(
  tx: PaymentTx,
  input: { order: Order; reason: string | null },
): Promise<Exclude<Cancellation, { kind: 'unknown' }>> {
  const { order, reason } = input;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const applied = await applyOrderEvent(tx, {
    order,
    payments,
    event: 'cancel',
    paymentId: null,
    trust: null,
    text: reason === null ? 'cancelled by an admin' : `cancelled by an admin: ${reason}`,
  });
  if (applied.decision.kind === 'refused') return { kind: 'refused', status: order.status };
  await closeOpenLinks(tx, { order, payments });
  await recordAudit(tx, { action: 'order.cancel', subject: `order:${order.id}`, reason });
  return { kind: 'cancelled' };
}

/** Closes, through the outbox, the open payments of an order at their providers. */
export async function closeOpenLinks(
  tx: PaymentTx,
  { order, payments }: { order: Pick<Order, 'version'>; payments: readonly Payment[] },
): Promise<void> {
  for (const payment of payments.filter(isOpenPayment)) {
    await enqueueOutboxMessage(tx, {
      topic: 'payment.cancel',
      key: `payment.cancel:${payment.id}:${order.version}`,
      payload: { paymentId: payment.id },
    });
  }
}
