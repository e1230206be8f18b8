// An admin's override of the provider's evidence: the payment counts in full whatever was received. Its status and its
// trust stay unchanged, so that the override is not mistaken for evidence.

import type { ActingAdmin } from '#access/acting-admin.ts';
import type { Case } from '#cases/case.ts';
import { resolveOrderCases } from '#cases/resolve-case.ts';
import { asPaymentId } from '#kernel/ids.ts';
import type { JsonObject } from '#kernel/json.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Order } from '#orders/order.ts';
import { closeOpenLinks } from '../collect/cancel-order.ts';
import { announcePayment } from '../lifecycle/announce.ts';
import { applyOrderEvent, decideOrderEvent } from '../lifecycle/change-order.ts';
import { raiseIfOverpaid } from '../lifecycle/raise-for-snapshot.ts';
import { writeTimeline } from '../lifecycle/write-timeline.ts';
import { balanceOf } from '../model/balance.ts';
import type { Payment } from '../model/payment.ts';
import { countsAgainstCaptured } from '../model/refund.ts';
import type { PaymentTx } from '../ports/payment-store.ts';
import type { AcceptanceRefusal, WithdrawalRefusal } from './override.ts';

export interface AboutPayment {
  order: Order;
  payment: Payment;
  payments: Payment[];
}

/** The payment that a case is about, with its order; undefined for one that is about neither. */
export async function loadAbout(tx: PaymentTx, one: Case): Promise<AboutPayment | undefined> {
  const { orderId, paymentId } = one;
  const named = paymentId === null ? undefined : await tx.stores.payments.findPayment(paymentId);
  const order = await findOrderOf(tx, orderId ?? named?.orderId ?? null);
  if (order === undefined) return undefined;
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const payment = payments.find(({ id }) => id === paymentId) ?? payments.at(-1);
  return payment === undefined ? undefined : { order, payment, payments };
}

async function findOrderOf(tx: PaymentTx, orderId: Order['id'] | null): Promise<Order | undefined> {
  return orderId === null ? undefined : tx.stores.orders.findOrder(orderId);
}

/** Why it cannot be accepted as paid; undefined when it can. */
export async function acceptanceRefusal(tx: PaymentTx, about: AboutPayment): Promise<AcceptanceRefusal | undefined> {
  const { order, payment, payments } = about;
  const asked = { order, payments, event: 'accepted', paymentId: payment.id } as const;
  const decision = await decideOrderEvent(tx, asked);
  if (decision.kind !== 'changed') return { code: 'order_is_already', status: order.status };
  const isBeingCreated = payment.creation === 'requested' && (payment.lockedUntil ?? 0) > tx.clock.now();
  return isBeingCreated ? { code: 'link_being_made' } : undefined;
}

export async function acceptInto(
  tx: PaymentTx,
  about: AboutPayment & { by: ActingAdmin; reason: string },
): Promise<void> {
  const { order, payment, payments, by, reason } = about;
  const now = tx.clock.now();
  const after = await tx.stores.payments.changePayment(payment, {
    acceptedAt: now,
    acceptedBy: by.name,
    acceptedReason: reason,
    heldAt: null,
    updatedAt: now,
  });
  const text = `accepted as paid by ${by.name}: ${reason}`;
  const note = { subject: 'payment', from: payment.status, to: payment.status, trust: null } as const;
  await writeTimeline(tx, { order, paymentId: payment.id, ...note, text });
  const all = payments.map((other) => (other.id === payment.id ? after : other));
  const applied = await applyOrderEvent(tx, {
    order,
    payments: all,
    event: 'accepted',
    paymentId: payment.id,
    trust: null,
    text,
  });
  const accepted = { orderId: order.id, paymentId: payment.id, by: `Accepted as paid by ${by.name}.` };
  await resolveOrderCases(tx, { ...accepted, kinds: ['payment_unconfirmed'] });
  // It was announced as paid before: that it counts again is announced as restored.
  if (order.paidAt !== null) {
    await announcePayment(tx, { order: applied.order, payment: after, type: 'payment.restored' });
  }
  await applyRefundsToOrder(tx, { order: applied.order, payment: after, payments: all });
  await raiseIfOverpaid(tx, { order: applied.order, before: null, payment: after, payments: all });
  await closeOpenLinks(tx, { order, payments: all });
}

/** Refunds that were made while the payment did not count are applied when it counts. */
async function applyRefundsToOrder(tx: PaymentTx, { order, payment, payments }: AboutPayment): Promise<void> {
  const refunds = await tx.stores.refunds.listRefundsForPayment(payment.id);
  const succeeded = refunds.filter(({ status }) => status === 'succeeded');
  const amountMinor = succeeded.reduce((sum, refund) => sum + refund.amountMinor, 0);
  if (amountMinor === 0) return;
  const event = amountMinor >= payment.amountMinor ? 'refunded_in_full' : 'refunded_in_part';
  const text = `${formatMoney({ ...payment, amountMinor })} of it was refunded before it was accepted`;
  await applyOrderEvent(tx, { order, payments, event, paymentId: payment.id, trust: payment.trust, text });
}

/** The facts that `withdrawAcceptance` needs. */
export function acceptanceUndo({ payment }: AboutPayment): JsonObject {
  return { paymentId: payment.id, heldAt: payment.heldAt };
}

/** Withdraws the acceptance; a sentence when that is no longer possible, and then nothing was changed. */
export async function withdrawAcceptance(
  tx: PaymentTx,
  input: { undo: JsonObject; by: ActingAdmin },
): Promise<WithdrawalRefusal | undefined> {
  const { undo, by } = input;
  const payment = await tx.stores.payments.findPayment(asPaymentId(String(undo['paymentId'])));
  const order = payment && (await tx.stores.orders.findOrder(payment.orderId));
  if (payment === undefined || order === undefined || payment.acceptedAt === null) {
    return { code: 'not_accepted' };
  }
  const refunds = await tx.stores.refunds.listRefundsForOrder(order.id);
  if (refunds.some(countsAgainstCaptured)) return { code: 'money_refunded' };
  const heldAt = typeof undo['heldAt'] === 'number' ? undo['heldAt'] : null;
  const change = {
    acceptedAt: null,
    acceptedBy: null,
    acceptedReason: null,
    heldAt,
    updatedAt: tx.clock.now(),
  };
  const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
  const all = payments.map((other) => (other.id === payment.id ? { ...other, ...change } : other));
  const asked = { order, payments: all, event: 'acceptance_withdrawn', paymentId: payment.id } as const;
  const isCovered = (some: readonly Payment[]): boolean => balanceOf(order, some, refunds).isCovered;
  if (isCovered(all) && !isCovered(all.filter(({ id }) => id !== payment.id))) {
    return { code: 'acceptance_not_needed' };
  }
  if ((await decideOrderEvent(tx, asked)).kind === 'refused') return { code: 'order_is_fulfilled' };
  await tx.stores.payments.changePayment(payment, change);
  await applyOrderEvent(tx, { ...asked, trust: null, text: `${by.name} withdrew the acceptance` });
  return undefined;
}
