// An order that needs attention has a case that asks somebody to decide. Where the last of them ended by itself, what is wrong
// by now is asked about; and where nothing is, the order goes back to what it was.
import { type Case, needsDecision, paymentKinds, wasDecided } from '#cases/case.ts';
import { listLiveOrderCases } from '#cases/raise-case.ts';
import type { Order } from '#orders/order.ts';
import type { TimelineEntry } from '#orders/timeline.ts';
import { balanceOf } from '../model/balance.ts';
import type { Payment } from '../model/payment.ts';
import { hasUnconfirmedMoney } from '../model/refundable.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import { applyRefundsToOrder } from './apply-refunds.ts';
import { applyOrderEvent } from './change-order.ts';
import { timelineShownMax } from './order-view.ts';
import { keyOf, raiseForStatus, raiseHeld, raiseShort } from './payment-cases.ts';

/** Belongs to whatever ends a case of an order by itself, after everything else in its transaction. */
export async function settleAttention(tx: PaymentTx, orderId: Order['id']): Promise<void> {
  const order = await tx.stores.orders.findOrder(orderId);
  if (order !== undefined) await settleAttentionOf(tx, order);
}

/** The same for an order as the transaction has left it. */
export async function settleAttentionOf(tx: PaymentTx, order: Order): Promise<void> {
  if (order.status !== 'needs_attention') return;
  const live = await listLiveOrderCases(tx, order.id);
  if (live.some(asks)) return;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const began = await findBeginning(tx, order);
  if (await isDecided(tx, { order, payments, since: began?.at ?? order.createdAt })) return;
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  const { isCovered, moneyMinor } = balanceOf(order, payments, refunds);
  if (!isCovered) {
    const wrong = payments.filter(isWrong);
    for (const payment of wrong) await askAbout(tx, { order, payment });
    const [last] = payments.slice(-1);
    // The shop was told that it is paid: where that is not so any more, somebody has to know.
    const isOwed = moneyMinor > 0 || order.paidAt !== null || order.fulfilledAt !== null;
    if (wrong.length === 0 && isOwed && last !== undefined) await raiseShort(tx, { order, payment: last });
    if (wrong.length > 0 || isOwed) return;
  }
  // An order that was cancelled does not wait again, and neither does its customer.
  const event = !isCovered && began?.fromStatus === 'cancelled' ? 'cancel' : 'attention_over';
  const text = 'nothing is left to decide';
  const applied = await applyOrderEvent(tx, { order, payments, event, paymentId: null, trust: null, text });
  if (isCovered) await applyRefundsToOrder(tx, { order: applied.order, payments, trust: null, text });
}

/** That a link expired says nothing of why an order needs attention, and ends after a day. */
function asks(one: Case): boolean {
  return needsDecision(one) && one.kind !== 'payment_expired';
}

async function findBeginning(tx: PaymentTx, order: Order): Promise<TimelineEntry | undefined> {
  const entries = await tx.stores.timeline.listForOrder({ orderId: order.id, limit: timelineShownMax });
  return entries.findLast(({ subject, toStatus }) => subject === 'order' && toStatus === 'needs_attention');
}

/** An admin looked at it and left the order as it is. Whoever made a new link wants it paid. */
async function isDecided(
  tx: PaymentTx,
  about: { order: Order; payments: readonly Payment[]; since: number },
): Promise<boolean> {
  const { order, payments, since } = about;
  const keys = payments.flatMap((payment) => paymentKinds.map((kind) => keyOf(kind, { order, payment })));
  const cases = await tx.stores.cases.listCasesByKeys([...new Set(keys)]);
  return cases.some(
    (one) => wasDecided(one) && one.resolution !== 'new_link' && one.resolvedAt !== null && one.resolvedAt >= since,
  );
}

/** Its money, or the loss of it, has to be decided about. */
function isWrong(payment: Payment): boolean {
  const { status, heldAt, acceptedAt } = payment;
  if (acceptedAt !== null && status !== 'reversed') return false;
  const isOdd = status === 'underpaid' || status === 'paid_late' || status === 'reversed';
  return isOdd || heldAt !== null || hasUnconfirmedMoney(payment);
}

async function askAbout(tx: PaymentTx, about: { order: Order; payment: Payment }): Promise<void> {
  if (about.payment.heldAt === null) {
    await raiseForStatus(tx, { ...about, isUnconfirmed: hasUnconfirmedMoney(about.payment) });
  } else {
    await raiseHeld(tx, { ...about, why: 'It waits for an admin to accept it.', rings: true });
  }
}
