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
import type { Payment } from './payment.ts';
import { rememberProduct } from './remember-product.ts';
import { type Work, writeTimeline } from './work.ts';

export type HeldAccepted =
  | { kind: 'accepted'; order: Order; remembered: string | null }
  /** It is not held any more, or never was. */
  | { kind: 'not_held' }
  | { kind: 'reason_missing' }
  | { kind: 'unknown' };

/**
 * A person takes a held payment for good: from here on it covers its order. With `remembersProduct` the catalogue learns
 * what was sold at this price, so that the next sale of it needs nobody.
 */
export function acceptHeld(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'ids'>,
  input: { paymentId: PaymentId; reason: string; actor: Actor; adminName: string; remembersProduct?: boolean },
): Promise<HeldAccepted> {
  const { actor, adminName } = input;
  const reason = input.reason.trim();
  if (reason === '') return Promise.resolve({ kind: 'reason_missing' });
  return deps.database.transaction(async (stores): Promise<HeldAccepted> => {
    const work: Work = { stores, clock: deps.clock, ids: deps.ids, cause: { kind: 'admin', id: actor.id, actor } };
    const before = await stores.payments.findPayment(input.paymentId);
    if (before === undefined) return { kind: 'unknown' };
    if (before.heldAt === null) return { kind: 'not_held' };
    const order = await stores.orders.findOrder(before.orderId);
    assert(order !== undefined, `order of payment ${before.id} vanished`);
    const payment = await release(work, before);
    const text = `accepted by ${adminName}: ${reason}`;
    await writeTimeline(work, {
      ...{ order, paymentId: payment.id, subject: 'note', from: null, to: null, trust: payment.trust, text },
    });
    await endHeld(work, { payment, resolution: 'accept_held', by: adminName, reason });
    const after = await tellOrderOfAcceptance(work, { order, payment, text });
    const remembered = input.remembersProduct
      ? await rememberProduct(work, { order, channel: payment.provider, actor })
      : null;
    await recordAudit(work, {
      actor,
      action: 'payment.accept_held',
      subject: `order:${order.id}`,
      reason,
      details: { paymentId: payment.id, amount: formatMoney(payment), remembered },
    });
    await refreshOrderCards(work, after);
    return { kind: 'accepted', order: after, remembered };
  });
}

async function release(work: Work, payment: Payment): Promise<Payment> {
  const now = work.clock.now();
  const change = { heldAt: null, acceptedAt: now, updatedAt: now };
  const expected = { status: payment.status, version: payment.version };
  const isChanged = await work.stores.payments.changePayment({ id: payment.id, expected, change });
  if (!isChanged) throw new ConcurrentChange(`payment ${payment.id} changed meanwhile`);
  return { ...payment, ...change, version: payment.version + 1 };
}

/** What went back while it was held counts from here on as well. */
async function tellOrderOfAcceptance(
  work: Work,
  input: { order: Order; payment: Payment; text: string },
): Promise<Order> {
  const { payment, text } = input;
  const payments = await work.stores.payments.listPaymentsForOrder(input.order.id);
  const common = { payments, paymentId: payment.id, trust: payment.trust };
  const { order } = await tellOrder(work, { ...common, order: input.order, event: 'payment_paid', text });
  const refunds = await work.stores.refunds.listRefundsForPayment(payment.id);
  const returnedMinor = refunds
    .filter(({ status }) => status === 'succeeded')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (returnedMinor === 0) return order;
  const event = returnedMinor >= payment.amountMinor ? 'refunded_in_full' : 'refunded_in_part';
  const went = `${formatMoney({ ...payment, amountMinor: returnedMinor })} of it went back before it was accepted`;
  return (await tellOrder(work, { ...common, order, event, text: went })).order;
}
