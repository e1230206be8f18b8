import { day, type Milliseconds, minute } from '#kernel/clock.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { Retention } from '#kernel/retention.ts';
import { type Cause, inTransaction, type TransactionDeps } from '#kernel/transaction-context.ts';
import { formatOrderNumber } from '#orders/order.ts';
import type { Outage } from '../model/outage.ts';
import type { Payment } from '../model/payment.ts';
import type { PaymentStores } from '../ports/payment-store.ts';
import { endOutageAlert } from './outage-alerts.ts';

/** No outage is counted further than this; the sentence says that there were at least so many. */
const countedMax = 10_000;
const pageSize = 200;
/** So many are named on the card; the others are in the orders. */
const namedMax = 5;
/** Payments made so shortly before the outage may have been on their way when it began. */
export const edgeMs: Milliseconds = 10 * minute;
/** Payments that may have moved were made at most so long before the outage: polling gives up after a week. */
const reachMs: Milliseconds = 9 * day;

export const outageRetention: Retention<PaymentStores> = {
  name: 'outages',
  // They are few and small, and how reliable a provider was is a question of years.
  keptMs: 3 * 365 * day,
  prune: (stores, query) => stores.outages.pruneOutages(query),
};

/** The catching up is done: keeps what it came to, and ends the alert with it. False when the outage went on meanwhile. */
export function finishOutage(
  deps: TransactionDeps<PaymentStores>,
  input: {
    outage: Outage;
    looked: number;
    /** Payments that could not be asked about, and payments that the provider's list does not hold. */
    unread: readonly PaymentId[];
    missing: readonly PaymentId[];
    /** Why its list could not be compared; null when it was. */
    uncompared: string | null;
    cause: Cause;
  },
): Promise<boolean> {
  const { outage, looked, unread } = input;
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
    // What was missing before the outage is an old trouble with a card of its own.
    const missing = await madeSince(tx.stores, { ids: input.missing, from });
    const lost = new Set<PaymentId>([...unread, ...missing]);
    const unserved = uncreated.filter((id) => !lost.has(id));
    const ended = await tx.stores.outages.changeOutage(current, {
      status: 'over',
      endedAt: now,
      lookedCount: looked,
      recoveredCount: moved.length,
      lostCount: lost.size,
    });
    const named = { lost: await nameOrders(tx.stores, [...lost]), unserved: await nameOrders(tx.stores, unserved) };
    await endOutageAlert(tx, { outage: ended, ...named, uncompared });
    return true;
  });
}

/** Creates of the time of blindness that the provider never heard of, where nobody else gave the customer a link. */
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
