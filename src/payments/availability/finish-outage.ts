import { day, type Milliseconds, minute } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { Retention } from '#kernel/retention.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { Outage } from '../model/outage.ts';
import type { Payment } from '../model/payment.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { endOutageAlert } from './outage-alerts.ts';

/** No outage counts further than this; the sentence then says "at least". */
const countedMax = 10_000;
const pageSize = 200;
/** So many are named on the card; the others are found among the orders. */
const namedMax = 5;
/** Payments made so shortly before the outage may still have been in creation when it began. */
export const edgeMs: Milliseconds = 10 * minute;
/** Payments that may have changed were made at most so long before the outage: polling ends after a week. */
const reachMs: Milliseconds = 9 * day;

export const outageRetention: Retention<PaymentStores> = {
  name: 'outages',
  // Outages are few and small, and the reliability of a provider is a question of years.
  keptMs: 3 * 365 * day,
  prune: (stores, query) => stores.outages.pruneOutages(query),
};

/** Ends the catch-up: stores its result, and resolves the alert with it. False when the outage continued meanwhile. */
export function finishOutage(
  deps: TransactionDeps<PaymentStores>,
  input: {
    outage: Outage;
    fetched: number;
    /** Payments that could not be fetched, and payments that the provider's list lacks. */
    unread: readonly PaymentId[];
    missing: readonly PaymentId[];
    /** Why its list could not be compared; null when it was. */
    uncompared: string | null;
    cause: Cause;
  },
): Promise<boolean> {
  const { outage, fetched, unread } = input;
  const from = outage.beganAt - edgeMs;
  const { uncompared } = input;
  const now = deps.clock.now();
  return inTransaction(deps, input.cause, async (tx) => {
    const current = await tx.stores.outages.findLiveOutage(outage.provider);
    if (current?.id !== outage.id || current.status !== 'catching_up') return false;
    const answeredAt = current.answeredAt ?? now;
    const moved = await tx.stores.payments.listMovedPayments({
      provider: outage.provider,
      made: { from: outage.beganAt - reachMs, to: answeredAt },
      moved: { after: current.askedAt, until: now },
      to: null,
      withWebhooks: true,
      limit: countedMax,
    });
    const uncreated = await listUncreated(tx.stores, { outage: current, from, to: answeredAt });
    // A payment that was missing before the outage has a case of its own.
    const missing = await madeSince(tx.stores, { ids: input.missing, from });
    const lost = new Set<PaymentId>([...unread, ...missing]);
    const unserved = uncreated.filter((id) => !lost.has(id));
    const ended = await tx.stores.outages.changeOutage(current, {
      status: 'over',
      endedAt: now,
      lookedCount: fetched,
      recoveredCount: moved.length,
      lostCount: lost.size,
    });
    const named = { lost: await nameOrders(tx.stores, [...lost]), unserved: await nameOrders(tx.stores, unserved) };
    await endOutageAlert(tx, { outage: ended, ...named, uncompared });
    return true;
  });
}

/** Creates during the outage that the provider does not know, where no other provider gave the customer a link. */
async function listUncreated(
  stores: PaymentStores,
  about: { outage: Outage; from: Milliseconds; to: Milliseconds },
): Promise<PaymentId[]> {
  const { outage, from, to } = about;
  const found: PaymentId[] = [];
  let after: { createdAt: Milliseconds; id: string } | null = null;
  for (let seen = 0; seen < countedMax; ) {
    const page: Payment[] = await stores.payments.listPaymentsMadeBetween({
      provider: outage.provider,
      from,
      to,
      after,
      limit: pageSize,
    });
    seen += page.length;
    for (const payment of page) {
      if (payment.creation !== 'requested') continue;
      const siblings = await stores.payments.listPaymentsForOrder(payment.orderId);
      const isServed = siblings.some(({ creation }) => creation === 'confirmed');
      if (!isServed) found.push(payment.id);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return found;
    after = { createdAt: last.createdAt, id: last.id };
  }
  return found;
}

async function madeSince(
  stores: PaymentStores,
  about: { ids: readonly PaymentId[]; from: Milliseconds },
): Promise<PaymentId[]> {
  const found: PaymentId[] = [];
  for (const id of about.ids) {
    const payment = await stores.payments.findPayment(id);
    if (payment !== undefined && payment.createdAt >= about.from) found.push(id);
  }
  return found;
}

async function nameOrders(stores: PaymentStores, ids: readonly PaymentId[]): Promise<string[]> {
  const numbers = new Set<string>();
  for (const id of ids.slice(0, namedMax)) {
    const payment = await stores.payments.findPayment(id);
    const order = payment && (await stores.orders.findOrder(payment.orderId));
    if (order !== undefined) numbers.add(formatOrderNumber(order.number));
  }
  const more = ids.length > namedMax ? [`${ids.length - namedMax} more`] : [];
  return [...numbers, ...more];
}
