import { type Milliseconds, second } from '#kernel/clock.ts';
import type { OrderId } from '#kernel/ids.ts';
import type { TransactionContext } from '#kernel/transaction-context.ts';
import { enqueueOutboxMessage } from './enqueue-outbox-message.ts';
import type { MessagingStores } from './messaging-store.ts';
import type { TopicMessage } from './topics.ts';

/** The orders whose cards each transaction in progress redraws already. */
const redrawn = new WeakMap<object, Set<OrderId>>();

/** Under which an order's card is remembered in a chat. */
export function orderSubject(orderId: OrderId): string {
  return `order:${orderId}`;
}

/**
 * Brings the open cards of an order up to date after the commit, once for all that one transaction changes. Most orders have none; one
 * that is on its way to its chat meanwhile is looked at again by whoever shows it (`lookAgain`). The key has an id of its own, because
 * what stands on a card changes without the order.
 */
export async function redrawOrderCards(
  tx: TransactionContext<Pick<MessagingStores, 'outbox' | 'sentMessages'>>,
  orderId: OrderId,
): Promise<void> {
  const known = redrawn.get(tx) ?? new Set();
  if (known.has(orderId)) return;
  redrawn.set(tx, known.add(orderId));
  const open = await tx.stores.sentMessages.listSent({ bot: 'admin', subject: orderSubject(orderId) });
  if (open.length === 0) return;
  const key = `order.card:${orderId}:${tx.ids.newId()}`;
  await enqueueOutboxMessage(tx, { topic: 'order.card', key, payload: { orderId } });
}

/** No transaction that did not see the card lasts longer, whatever it changes. */
const unseenMaxMs: Milliseconds = 6 * second;

/**
 * To be queued with the card that was just shown: what changed while it was drawn and sent did not find it. Once at once, and once when
 * whatever had begun by then is over.
 */
export function lookAgain(shown: {
  orderId: OrderId;
  chatId: number;
  messageId: number;
  at: Milliseconds;
}): TopicMessage[] {
  const { orderId, chatId, messageId, at } = shown;
  const key = `order.card:${orderId}:shown:${chatId}:${messageId}:${at}`;
  const message = { topic: 'order.card', payload: { orderId } } as const;
  return [
    { ...message, key },
    { ...message, key: `${key}:later`, availableAt: at + unseenMaxMs },
  ];
}
