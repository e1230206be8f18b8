import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { OrderId } from '#kernel/ids.ts';
import { enqueueEffect } from '#messaging/enqueue-effect.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import { tellOrder } from '../lifecycle/change-order.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { Work } from '../lifecycle/work.ts';
import { isOpenPayment, type Payment } from '../model/payment.ts';

export type Cancellation = { kind: 'cancelled' } | { kind: 'refused'; status: OrderStatus } | { kind: 'unknown' };

/**
 * Cancels an order that is not paid. Its open payments are closed at their providers through the outbox; money that
 * comes all the same makes the order `needs_attention` and rings.
 */
export function cancelOrder(
  deps: PaymentDeps,
  input: { orderId: OrderId; actor: Actor; reason: string | null },
): Promise<Cancellation> {
  const { actor, reason } = input;
  return deps.database.transaction(async (stores): Promise<Cancellation> => {
    const work: Work = { stores, clock: deps.clock, ids: deps.ids, cause: { kind: 'admin', id: actor.id, actor } };
    const order = await stores.orders.findOrder(input.orderId);
    return order === undefined ? { kind: 'unknown' } : cancelInto(work, { order, reason });
  });
}

/** The same inside the transaction of a verb that an admin caused. */
export async function cancelInto(
  work: Work,
  input: { order: Order; reason: string | null },
): Promise<Exclude<Cancellation, { kind: 'unknown' }>> {
  const { order, reason } = input;
  const payments = await work.stores.payments.listPaymentsForOrder(order.id);
  const told = await tellOrder(work, {
    order,
    payments,
    event: 'cancel',
    paymentId: null,
    trust: null,
    text: reason === null ? 'cancelled by an admin' : `cancelled by an admin: ${reason}`,
  });
  if (told.decision.kind === 'refused') return { kind: 'refused', status: order.status };
  await closeOpenLinks(work, { order, payments });
  const { actor } = work.cause;
  await recordAudit(work, { actor, action: 'order.cancel', subject: `order:${order.id}`, reason });
  return { kind: 'cancelled' };
}

/** Asks the providers to close what could still be paid. */
export async function closeOpenLinks(
  work: Work,
  { order, payments }: { order: Pick<Order, 'version'>; payments: readonly Payment[] },
): Promise<void> {
  for (const payment of payments.filter(isOpenPayment)) {
    await enqueueEffect(work, {
      topic: 'payment.cancel',
      key: `payment.cancel:${payment.id}:${order.version}`,
      payload: { paymentId: payment.id },
    });
  }
}
