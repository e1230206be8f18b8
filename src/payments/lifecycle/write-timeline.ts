import type { PaymentId } from '#kernel/ids.ts';
import type { Trust } from '#kernel/provider-name.ts';
import type { Order } from '#orders/order.ts';
import type { TimelineSubject } from '#orders/timeline.ts';
import type { PaymentTx } from '../ports/payment-store.ts';

/** Adds a line to the order's history, with the cause of the transaction. */
export async function writeTimeline(
  tx: PaymentTx,
  input: {
    order: Pick<Order, 'id'>;
    paymentId: PaymentId | null;
    subject: TimelineSubject;
    from: string | null;
    to: string | null;
    trust: Trust | null;
    text: string;
  },
): Promise<void> {
  const { cause } = tx;
  await tx.stores.timeline.append({
    id: tx.ids.newId(),
    orderId: input.order.id,
    paymentId: input.paymentId,
    at: tx.clock.now(),
    subject: input.subject,
    fromStatus: input.from,
    toStatus: input.to,
    causeKind: cause.kind,
    causeId: cause.id,
    actorKind: cause.actor.kind,
    actorId: cause.actor.id,
    trust: input.trust,
    text: input.text,
  });
}
