import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import type { OrderId } from '#kernel/ids.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import type { OrderStatus } from '#orders/order.ts';
import { applyOrderEvent } from '../lifecycle/change-order.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

export type Fulfilment = { kind: 'fulfilled' } | { kind: 'refused'; status: OrderStatus } | { kind: 'unknown' };

/** Marks a paid order as fulfilled, when an admin says so. */
export function fulfilOrder(
  deps: TransactionDeps<PaymentStores>,
  input: { orderId: OrderId; actor: Actor },
): Promise<Fulfilment> {
  const { actor } = input;
  return inTransaction(deps, causeOf(actor), async (tx): Promise<Fulfilment> => {
    const order = await tx.stores.orders.findOrder(input.orderId);
    if (order === undefined) return { kind: 'unknown' };
    const applied = await applyOrderEvent(tx, {
      order,
      payments: [],
      event: 'fulfil',
      paymentId: null,
      trust: null,
      text: 'marked as delivered by an admin',
    });
    if (applied.decision.kind === 'refused') return { kind: 'refused', status: order.status };
    await recordAudit(tx, { action: 'order.fulfil', subject: `order:${order.id}` });
    return { kind: 'fulfilled' };
  });
}
