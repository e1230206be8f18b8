// Every change of an order is made here: decision, compare-and-set, timeline, event for the shop, cases that it
// resolves.
import type { CaseKind } from '#cases/case.ts';
import { resolveOrderCases } from '#cases/resolve-case.ts';
import { wakeOrderCases } from '#cases/snooze-case.ts';
import type { PaymentId } from '#kernel/ids.ts';
import type { Trust } from '#kernel/provider-name.ts';
import { redrawOrderCards } from '#messaging/queues/redraw-order-cards.ts';
import { decideOrder, type OrderContext, type OrderDecision, type OrderEvent } from '#orders/decide-order.ts';
import type { Order, OrderStatus } from '#orders/order.ts';
import type { OrderChange } from '#orders/order-store.ts';
import { balanceOf } from '../model/balance.ts';
import { isAwaitedPayment, type Payment, paymentOpenForMs } from '../model/payment.ts';
import type { Refund } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { announce } from './announce.ts';
import { writeTimeline } from './write-timeline.ts';

export interface OrderEventInput {
  order: Order;
  /** All payments of the order as they are after the event. */
  payments: readonly Payment[];
  /** All of its refunds, where the same transaction has read them already. */
  refunds?: readonly Refund[];
  event: OrderEvent;
  /** The payment that the event is about. */
  paymentId: PaymentId | null;
  trust: Trust | null;
  /** Why, in a sentence; becomes the order's attention line when a human is needed. */
  text: string;
}

/** Cases that are resolved when the order is paid. */
export const endedByPayment: readonly CaseKind[] = [
  'payment_underpaid',
  'payment_paid_late',
  'payment_failed',
  'payment_double_spent',
  'payment_expired',
  'payment_reversed',
  'payment_mismatch',
  'payment_not_created',
  'payment_stuck',
  'payment_held',
];

/** Cases about money that the shop no longer has. */
const endedByRefund: readonly CaseKind[] = [
  'payment_underpaid',
  'payment_overpaid',
  'payment_paid_twice',
  'payment_unconfirmed',
  'payment_paid_late',
  'payment_duplicate',
  'payment_unexpected',
];

/** Applies an event to the order; returns the decision and the order as it is afterwards. */
export async function applyOrderEvent(
  tx: PaymentTx,
  input: OrderEventInput,
): Promise<{ decision: OrderDecision; order: Order }> {
  const { order } = input;
  const decision = await decideOrderEvent(tx, input);
  if (decision.kind === 'refused') return { decision, order };
  const to = decision.kind === 'unchanged' ? order.status : decision.to;
  if (to === order.status && input.event !== 'fulfil') return { decision, order: await touchOrder(tx, order) };
  return { decision, order: await changeOrder(tx, { ...input, to }) };
}

/** What `applyOrderEvent` would decide; nothing is changed. */
export async function decideOrderEvent(
  tx: PaymentTx,
  input: Omit<OrderEventInput, 'trust' | 'text'>,
): Promise<OrderDecision> {
  return decideOrder(input.order.status, input.event, await contextOf(tx, input));
}

async function contextOf(
  tx: PaymentTx,
  { order, payments, paymentId, ...known }: Pick<OrderEventInput, 'order' | 'payments' | 'refunds' | 'paymentId'>,
): Promise<OrderContext> {
  const refunds = known.refunds ?? (await tx.stores.refunds.listRefundsForOrder(order.id));
  const others = payments.filter((payment) => payment.id !== paymentId);
  return {
    wasFulfilled: order.fulfilledAt !== null,
    isCovered: balanceOf(order, others, refunds).isCovered,
    hasOpenPayment: others.some(isAwaitedPayment),
    hasMoney: balanceOf(order, payments, refunds).moneyMinor > 0,
  };
}

/**
 * The decision "nothing to change" was made on the order and its payments as they were loaded. A concurrent transaction
 * may change another payment or cancel the order: the raised version makes one of the two decide again.
 */
export function touchOrder(tx: PaymentTx, order: Order): Promise<Order> {
  return tx.stores.orders.changeOrder(order, { status: order.status, updatedAt: tx.clock.now() });
}

async function changeOrder(tx: PaymentTx, input: OrderEventInput & { to: OrderStatus }): Promise<Order> {
  const { stores, clock } = tx;
  const { order, to, payments, refunds } = input;
  const now = clock.now();
  const change: OrderChange = {
    status: to,
    updatedAt: now,
    attention: to === 'needs_attention' ? input.text : null,
    paidAt: to === 'paid' ? (order.paidAt ?? now) : order.paidAt,
    // The order waits again and gets as long as a new one: its second expiry is announced, too.
    expiresAt: to === 'awaiting_payment' ? now + paymentOpenForMs : order.expiresAt,
    fulfilledAt: isDelivery(input) ? (order.fulfilledAt ?? now) : order.fulfilledAt,
  };
  const after = await stores.orders.changeOrder(order, change);
  await writeTimeline(tx, {
    order: after,
    paymentId: input.paymentId,
    subject: 'order',
    from: order.status,
    to,
    trust: input.trust,
    text: input.text,
  });
  await resolveCasesOf(tx, { orderId: order.id, to, event: input.event });
  // The payment that it waited for was not received: cases that were postponed until then are due again.
  if (order.status === 'awaiting_payment' && to === 'needs_attention') await wakeOrderCases(tx, order.id);
  // The outbox knows an announcement only until its message is pruned; the order keeps it.
  const fact = isDelivery(input) ? 'fulfilled' : to;
  const isKnown = (fact === 'paid' && order.paidAt !== null) || (fact === 'fulfilled' && order.fulfilledAt !== null);
  if (!isKnown) await announce(tx, { order: after, fact, known: refunds && { payments, refunds } });
  await redrawOrderCards(tx, after.id);
  return after;
}

async function resolveCasesOf(
  tx: PaymentTx,
  { orderId, to, event }: { orderId: Order['id']; to: OrderStatus; event: OrderEvent },
): Promise<void> {
  if (to === 'refunded') {
    await resolveOrderCases(tx, { orderId, kinds: endedByRefund, by: 'All of the money was refunded.' });
  }
  if (to !== 'paid' && to !== 'fulfilled' && to !== 'cancelled') return;
  const isLoss = event === 'written_off';
  const by = isLoss ? 'The order was written off.' : `The order ${to === 'cancelled' ? 'was cancelled' : 'is paid'}.`;
  await resolveOrderCases(tx, { orderId, kinds: endedByPayment, by });
}

/** An order is fulfilled also while it stays partially refunded; one whose payment is restored was fulfilled before. */
function isDelivery({ event, to }: { event: OrderEventInput['event']; to: OrderStatus }): boolean {
  return event === 'fulfil' || to === 'fulfilled';
}
