import { type Milliseconds, minute } from '#kernel/clock.ts';
import { causeOf, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { applyOrderEvent } from '../lifecycle/change-order.ts';
import type { PaymentStores } from '../ports/payment-store.ts';

/** The provider's expiry of the payment comes first; the order follows a moment later. */
const graceMs: Milliseconds = minute;

const cause = causeOf({ kind: 'job', id: 'expire-orders' });

/**
 * Expires orders whose time is over and for which no payment can be made any more, at most `limit`. An order with an
 * open payment waits: the provider decides, however long a confirmation takes.
 */
export async function expireOrders(
  deps: TransactionDeps<PaymentStores>,
  input: { limit: number },
): Promise<{ expired: number }> {
  const now = deps.clock.now();
  const due = await deps.database.read((stores) =>
    stores.orders.listExpiredOrders({ now: now - graceMs, limit: input.limit }),
  );
  let expired = 0;
  for (const { id } of due) {
    const isExpired = await inTransaction(deps, cause, async (tx) => {
      const order = await tx.stores.orders.findOrder(id);
      if (order === undefined) return false;
      const payments = await tx.stores.payments.listPaymentsForOrder(id);
      const hasPart = payments.some(({ capturedMinor }) => capturedMinor > 0);
      const text = hasPart ? 'the rest was not received in time' : 'no payment was received in time';
      const applied = await applyOrderEvent(tx, {
        order,
        payments,
        event: 'expire',
        paymentId: null,
        trust: null,
        text,
      });
      return applied.decision.kind === 'changed';
    });
    if (isExpired) expired += 1;
  }
  return { expired };
}
