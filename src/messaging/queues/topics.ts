import type { Milliseconds } from '#kernel/clock.ts';
import type { JsonObject } from '#kernel/json.ts';

export const lanes = ['pager', 'chat', 'shop', 'provider'] as const;
export type Lane = (typeof lanes)[number];

/**
 * Every topic of outbox messages, with what an admin calls it, its lane and its priority (0 goes first). Beside the fields named here a payload may
 * have `cause`, for the log.
 */
export const topics = {
  /**
   * Shows a case's present state on its card, in every chat that alerts go to. Payload: `{ caseId, version }`. The priority
   * is the one of a critical case; others name theirs.
   */
  'alert.card': { name: 'alert', lane: 'pager', priority: 0 },
  /** Shows the cases of a burst on the one card that they share. Payload: `{ groupId }`; priority as above. */
  'alert.group': { name: 'alerts of a burst', lane: 'pager', priority: 0 },
  /** Sends the report of a daily close, with a chart, to every chat that alerts go to. Payload: `{ day }`. */
  'books.digest': { name: 'report of a day', lane: 'pager', priority: 3 },
  /** Asks the provider to cancel an unpaid payment. Payload: `{ paymentId }`. */
  'payment.cancel': { name: 'cancellation at a provider', lane: 'provider', priority: 1 },
  /** Sends a refund to its provider. Payload: `{ refundId }`. */
  'refund.send': { name: 'refund to send', lane: 'provider', priority: 0 },
  /** Announces a fact to the shop. Payload: `{ webhookId, type, timestamp, order }`. */
  'shop.event': { name: 'event for the shop', lane: 'shop', priority: 1 },
  /** Brings the open cards of an order up to date. Payload: `{ orderId }`. */
  'order.card': { name: 'card of an order in the chat', lane: 'chat', priority: 2 },
} as const satisfies Record<string, { name: string; lane: Lane; priority: number }>;
export type Topic = keyof typeof topics;

const names: ReadonlyMap<string, string> = new Map(Object.entries(topics).map(([topic, { name }]) => [topic, name]));

/** What an admin calls the topic; one that an older version had is returned as it is. */
export function topicName(topic: string): string {
  return names.get(topic) ?? topic;
}

export interface TopicMessage {
  topic: Topic;
  /** Names the fact and not the attempt: the same fact is queued once only. */
  key: string;
  /** The topic's own when left out. */
  priority?: number;
  payload: JsonObject;
  /** When it may be sent; at once where it is left out. */
  availableAt?: Milliseconds;
  /** Where messages of one subject must not overtake each other: what it is about, and its place among them. */
  inTurn?: { subject: string; turn: number };
}
