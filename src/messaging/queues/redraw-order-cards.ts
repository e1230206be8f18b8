import type { OrderId } from '#kernel/ids.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from './enqueue-outbox-message.ts';
import type { MessagingStores } from './messaging-store.ts';

/** The orders whose cards each transaction in progress redraws already. */
const redrawn = new WeakMap<object, Set<OrderId>>();

/**
 * Brings the open cards of an order up to date after the commit, once for all that one transaction changes. The key has
 * an id of its own, because what stands on a card changes without the order.
 */
export async function redrawOrderCards(
  tx: TransactionContext<Pick<MessagingStores, 'outbox'>>,
  orderId: OrderId,
): Promise<void> {
  const known = redrawn.get(tx) ?? new Set();
  if (known.has(orderId)) return;
  redrawn.set(tx, known.add(orderId));
  const key = `order.card:${orderId}:${tx.ids.newId()}`;
  await enqueueOutboxMessage(tx, { topic: 'order.card', key, payload: { orderId } });
}
