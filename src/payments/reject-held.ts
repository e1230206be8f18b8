import { recordAudit } from '#access/audit.ts';
import type { Actor } from '#kernel/actor.ts';
import { ConcurrentChange } from '#kernel/database.ts';
import type { PaymentId } from '#kernel/ids.ts';
import { assert } from '#kernel/invariant.ts';
import { formatMoney } from '#kernel/money.ts';
import type { Order } from '#orders/order.ts';
import { refreshOrderCards, tellOrder } from './change-order.ts';
import type { PaymentDeps } from './deps.ts';
import { endHeld } from './end-held.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import { type Work, writeTimeline } from './work.ts';

export type HeldRejected =
  | { kind: 'rejected'; order: Order; from: PaymentStatus }
  | { kind: 'not_held' }
  | { kind: 'reason_missing' }
  | { kind: 'unknown' };

/** A person does not believe a held payment: it is cancelled, and with it an order that nothing else covers. */
export async function rejectHeld(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'ids' | 'onTransition'>,
  input: { paymentId: PaymentId; reason: string; actor: Actor; adminName: string },
): Promise<HeldRejected> {
  const { actor, adminName } = input;
  const reason = input.reason.trim();
  if (reason === '') return { kind: 'reason_missing' };
  const result = await deps.database.transaction(async (stores): Promise<HeldRejected> => {
    const work: Work = { stores, clock: deps.clock, ids: deps.ids, cause: { kind: 'admin', id: actor.id, actor } };
    const before = await stores.payments.findPayment(input.paymentId);
    if (before === undefined) return { kind: 'unknown' };
    if (before.heldAt === null) return { kind: 'not_held' };
    const order = await stores.orders.findOrder(before.orderId);
    assert(order !== undefined, `order of payment ${before.id} vanished`);
    const text = `rejected by ${adminName}: ${reason}`;
    const payment = await cancelPayment(work, { order, before, text });
    await endHeld(work, { payment, resolution: 'reject_held', by: adminName, reason });
    const payments = await stores.payments.listPaymentsForOrder(order.id);
    const told = await tellOrder(work, {
      ...{ order, payments, event: 'payment_rejected', paymentId: payment.id, trust: payment.trust, text },
    });
    await recordAudit(work, {
      actor,
      action: 'payment.reject_held',
      subject: `order:${order.id}`,
      reason,
      details: { paymentId: payment.id, amount: formatMoney(payment) },
    });
    await refreshOrderCards(work, told.order);
    return { kind: 'rejected', order: told.order, from: before.status };
  });
  if (result.kind === 'rejected') deps.onTransition?.({ from: result.from, to: 'cancelled' });
  return result;
}

async function cancelPayment(work: Work, input: { order: Order; before: Payment; text: string }): Promise<Payment> {
  const { order, before, text } = input;
  // No sale has no fees: what was told of them is in no sum of ours either.
  const figures = { feeAmount: null, netAmount: null, figuresAsset: null };
  const change = { status: 'cancelled', heldAt: null, ...figures, updatedAt: work.clock.now() } as const;
  const expected = { status: before.status, version: before.version };
  const isChanged = await work.stores.payments.changePayment({ id: before.id, expected, change });
  if (!isChanged) throw new ConcurrentChange(`payment ${before.id} changed meanwhile`);
  await writeTimeline(work, {
    order,
    paymentId: before.id,
    subject: 'payment',
    from: before.status,
    to: change.status,
    trust: before.trust,
    text,
  });
  return { ...before, ...change, version: before.version + 1 };
}
