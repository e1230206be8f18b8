import type { Milliseconds } from '#kernel/clock.ts';
import type { OutboxMessage } from '../queues/messaging-store.ts';

/**
 * What became of one attempt. `retry` with `retryAfterMs` says when the outside wants to be asked again, and
 * `pausesLane` that it meant all of us, not this message (Telegram's 429). `isUntried` says that
 * nothing was tried, so that no attempt is used up. `give_up` makes a dead letter at once.
 */
export type DeliveryResult =
  | { kind: 'done'; outcome: string }
  | { kind: 'retry'; error: string; retryAfterMs: Milliseconds | null; pausesLane: boolean; isUntried?: true }
  | { kind: 'give_up'; reason: string };

/**
 * Carries out one topic's messages. It may be called again for a message that was carried out, if the process died
 * before the commit: it must be idempotent, or come as near to it as the outside allows. A throw counts as `retry`.
 */
export interface OutboxHandler {
  readonly topic: string;
  deliver(message: OutboxMessage, signal: AbortSignal): Promise<DeliveryResult>;
}
