import { hash } from 'node:crypto';
import { listLiveOrderCases } from '#cases/raise-case.ts';
import { enqueueOutboxMessage } from '#messaging/queues/enqueue-outbox-message.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import type { Payment } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { loadOrderView, type OrderParts } from './order-view.ts';

export const shopEventTypes = [
  'order.paid',
  'order.fulfilled',
  'order.expired',
  'order.needs_attention',
  'order.refunded',
  'order.cancelled',
  'payment.failed',
  'payment.reversed',
  'payment.restored',
] as const;
export type ShopEventType = (typeof shopEventTypes)[number];

const announcedStatuses: Readonly<Record<OrderStatus, ShopEventType | undefined>> = {
  awaiting_payment: undefined,
  paid: 'order.paid',
  fulfilled: 'order.fulfilled',
  expired: 'order.expired',
  cancelled: 'order.cancelled',
  needs_attention: 'order.needs_attention',
  // Each refund is announced by itself, also a second partial one: `announceRefund`.
  partially_refunded: undefined,
  refunded: undefined,
};

/**
 * An order must not be fulfilled twice, so these events are sent at most once for an order; the others once per change.
 */
const announcedOnce: readonly ShopEventType[] = ['order.paid', 'order.fulfilled'];

/** Notifies the shop of an order's new status, with the order as it is now. */
export async function announce(
  tx: PaymentTx,
  input: { order: Order; fact: OrderStatus; known?: KnownParts | undefined },
): Promise<void> {
  const type = announcedStatuses[input.fact];
  if (type === undefined) return;
  const { order, known } = input;
  const key = announcedOnce.includes(type) ? `${type}:${order.id}` : `${type}:${order.id}:${order.version}`;
  await notifyShop(tx, { type, key, order, known });
}

/** Notifies the shop of a change of one payment. */
export async function announcePayment(
  tx: PaymentTx,
  input: {
    order: Order;
    payment: Payment;
    type: 'payment.failed' | 'payment.reversed' | 'payment.restored';
    known?: KnownParts;
  },
): Promise<void> {
  const { order, known } = input;
  const key = `${input.type}:${input.payment.id}:${input.payment.version}`;
  await notifyShop(tx, { type: input.type, key, order, known });
}

/** Notifies the shop of a refund, once for each. */
export async function announceRefund(tx: PaymentTx, input: { order: Order; refund: Refund }): Promise<void> {
  await notifyShop(tx, {
    type: 'order.refunded',
    key: `order.refunded:${input.refund.id}:${input.refund.version}`,
    order: input.order,
  });
}

/** What the caller has read of the order, or changed, in the same transaction. */
type KnownParts = Pick<OrderParts, 'payments' | 'refunds'>;

async function notifyShop(
  tx: PaymentTx,
  input: { type: ShopEventType; key: string; order: Order; known?: KnownParts | undefined },
): Promise<void> {
  const cases = await listLiveOrderCases(tx, input.order.id);
  const order = await loadOrderView(tx.stores, input.order, { ...input.known, cases });
  await enqueueOutboxMessage(tx, {
    topic: 'shop.event',
    key: `shop.event:${input.key}`,
    // A shop that believes what it hears last must not hear of the payment after the refund.
    inTurn: { subject: `order:${input.order.id}`, turn: input.order.version },
    payload: {
      webhookId: webhookIdOf(input.key),
      type: input.type,
      timestamp: new Date(tx.clock.now()).toISOString(),
      order,
    },
  });
}

/** The same event always has the same id, however often it is sent and whichever process sends it. */
export function webhookIdOf(factKey: string): string {
  return `msg_${hash('sha256', factKey, 'base64url').slice(0, 27)}`;
}
