import type { JsonObject } from '#kernel/json.ts';

export const lanes = ['pager', 'chat', 'shop', 'provider'] as const;
export type Lane = (typeof lanes)[number];

/**
 * Every topic of outbox messages, with its lane and its place in the queue (0 goes first). Beside what is
 * named here a payload may hold `cause`, for the log.
 */
export const topics = {
  /** Shows a case's present state on its card, in every chat that alerts go to. Payload: `{ caseId, version }`. */
  'alert.card': { lane: 'pager', priority: 0 },
  /** Tells what a day's closing found, with a picture, in every chat that alerts go to. Payload: `{ day }`. */
  'books.digest': { lane: 'pager', priority: 2 },
  /** Asks the provider to close an unpaid payment. Payload: `{ paymentId }`. */
  'payment.cancel': { lane: 'provider', priority: 1 },
  /** Asks the provider to give money back. Payload: `{ refundId }`. */
  'refund.send': { lane: 'provider', priority: 0 },
  /** Announces a fact to the shop. Payload: `{ webhookId, type, timestamp, order }`. */
  'shop.event': { lane: 'shop', priority: 1 },
  /** Brings the open cards of an order up to date. Payload: `{ orderId, version }`. */
  'order.card': { lane: 'chat', priority: 2 },
} as const satisfies Record<string, { lane: Lane; priority: number }>;
export type Topic = keyof typeof topics;

export interface TopicMessage {
  topic: Topic;
  /** Names the fact, not the try: the same fact is queued once for ever. */
  key: string;
  payload: JsonObject;
}
