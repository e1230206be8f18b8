import { type Milliseconds, minute } from '#kernel/clock.ts';
import { tellOrder } from '../lifecycle/change-order.ts';
import type { PaymentDeps } from '../lifecycle/deps.ts';
import type { Work } from '../lifecycle/work.ts';

/** A provider's own expiry is heard of first; the order follows a moment later. */
const graceMs: Milliseconds = minute;

const cause = { kind: 'job', id: 'expire-orders', actor: { kind: 'job', id: 'expire-orders' } } as const;

/**
 * Ends orders whose time is over and for which no payment can come any more, at most `limit`. An order with an open
 * payment waits: the provider decides, however long it confirms.
 */
export async function expireOrders(deps: PaymentDeps, input: { limit: number }): Promise<{ expired: number }> {
  const now = deps.clock.now();
  const due = await deps.database.read((stores) =>
    stores.orders.listExpiredOrders({ now: now - graceMs, limit: input.limit }),
  );
  let expired = 0;
  for (const { id } of due) {
    const isExpired = await deps.database.transaction(async (stores) => {
      const order = await stores.orders.findOrder(id);
      if (order === undefined) return false;
      const work: Work = { stores, clock: deps.clock, ids: deps.ids, cause };
      const payments = await stores.payments.listPaymentsForOrder(id);
      const hasPart = payments.some(({ creditedMinor }) => creditedMinor > 0);
      const text = hasPart ? 'the rest did not come in time' : 'no payment came in time';
      const told = await tellOrder(work, { order, payments, event: 'expire', paymentId: null, trust: null, text });
      return told.decision.kind === 'changed';
    });
    if (isExpired) expired += 1;
  }
  return { expired };
}
