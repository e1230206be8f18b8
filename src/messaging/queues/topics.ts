import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';

export const lanes = ['pager', 'chat', 'shop', 'provider'] as const;
export type Lane = (typeof lanes)[number];

/**
 * Every topic of outbox messages, with its lane and its priority (0 goes first). Beside the fields named here a payload may
 * have `cause`, for the log.
 */
export const topics = {
  /**
   * Shows a case's present state on its card, in every chat that alerts go to. Payload: `{ caseId, version }`. The priority
   * is the one of a critical case; others name theirs.
   */
  'alert.card': { lane: 'pager', priority: 0 },
  /** Sends the report of a daily close, with a chart, to every chat that alerts go to. Payload: `{ day }`. */
  'books.digest': { lane: 'pager', priority: 3 },
  /** Asks the provider to cancel an unpaid payment. Payload: `{ paymentId }`. */
  'payment.cancel': { lane: 'provider', priority: 1 },
  /** Sends a refund to its provider. Payload: `{ refundId }`. */
  'refund.send': { lane: 'provider', priority: 0 },
  /** Announces a fact to the shop. Payload: `{ webhookId, type, timestamp, order }`. */
  'shop.event': { lane: 'shop', priority: 1 },
  /** Brings the open cards of an order up to date. Payload: `{ orderId, version }`. */
  'order.card': { lane: 'chat', priority: 2 },
} as const satisfies Record<string, { lane: Lane; priority: number }>;
export type Topic = keyof typeof topics;

export interface TopicMessage {
  topic: Topic;
  /** Names the fact and not the attempt: the same fact is queued once only. */
  key: string;
  /** The topic's own when left out. */
  priority?: number;
  payload: JsonObject;
  /** When it may be sent; at once where it is left out. */
  availableAt?: Milliseconds;
}
