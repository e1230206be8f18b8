import type { Cause } from '#kernel/transaction-context.ts';
import type { ActingAdmin } from '#access/acting-admin.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Ids, PaymentId } from '#kernel/ids.ts';
import type { Trust } from '#kernel/trust.ts';
import type { Order } from '#orders/order.ts';
import type { TimelineSubject } from '#orders/timeline.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** What verbs of this room carry through one transaction. */
export interface Work {
  stores: PaymentStores;
  clock: Clock;
  ids: Ids;
  cause: Cause;
}

/** For what an admin does. */
export function workOf(deps: Pick<PaymentTx, 'clock' | 'ids'>, input: { stores: PaymentTx['stores']; by: ActingAdmin }): PaymentTx {
  const { actor } = input.by;
  return { stores: input.stores, clock: deps.clock, ids: deps.ids, cause: { kind: 'admin', id: actor.id, actor } };
}

/** Adds a line to the order's history, caused by what this work is done for. */
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
