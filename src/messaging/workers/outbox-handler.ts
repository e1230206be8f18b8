import type { Milliseconds } from '#kernel/clock.ts';
import type { OutboxMessage } from '../queues/messaging-store.ts';

/**
 * The result of one attempt. `retryAfterMs`: how long the receiver asked us to wait at least, believed for a day. `isUntried`:
 * the message was not sent, so that no attempt is used up. `give_up` makes a dead letter at once. `owed`: those whom it is
 * for cannot be reached now. It is tried again until they can, however long that takes, and counts as owed meanwhile.
 */
export type DeliveryResult =
  | { kind: 'done'; outcome: string }
  | { kind: 'retry'; error: string; retryAfterMs: Milliseconds | null; isUntried?: true }
  | { kind: 'owed'; reason: string }
  | { kind: 'give_up'; reason: string };

/**
 * Carries out one topic's messages, outside a transaction. It may be called again for a message that was carried out, if the
 * process died before the commit: it must be idempotent, as far as the receiver allows. A throw counts as `retry`.
 */
export interface OutboxHandler {
  readonly topic: string;
  deliver(message: OutboxMessage, signal: AbortSignal): Promise<DeliveryResult>;
}
