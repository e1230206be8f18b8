import type { Actor } from '#kernel/actor.ts';
import type { Milliseconds } from '#kernel/clock.ts';
import type { OrderId, PaymentId } from '#kernel/ids.ts';
import type { Trust } from '#kernel/provider-name.ts';
import type { CauseKind } from '#kernel/transaction-context.ts';

export const timelineSubjects = ['order', 'payment', 'refund', 'note'] as const;
export type TimelineSubject = (typeof timelineSubjects)[number];

/** One line of an order's history; never changed once written. */
export interface TimelineEntry {
  id: string;
  orderId: OrderId;
  paymentId: PaymentId | null;
  at: Milliseconds;
  /** Which of them changed, or `note` for a fact that changed none. */
  subject: TimelineSubject;
  fromStatus: string | null;
  toStatus: string | null;
  causeKind: CauseKind;
  causeId: string;
  actorKind: Actor['kind'];
  actorId: string;
  trust: Trust | null;
  /** A sentence for people, quoting the provider where it rests on the provider's words. */
  text: string;
}
