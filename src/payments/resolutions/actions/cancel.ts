import { cancelInto } from '../../collect/cancel-order.ts';
import { decideOrderEvent } from '../../lifecycle/change-order.ts';
import { decideCaseIn, type Resolver, settleCase } from './resolution.ts';
import { refused } from './resolution-refusal.ts';

/** Cancels the order that the case is about, and closes its open links. */
export const cancelCaseOrder: Resolver = (deps, asked) =>
  decideCaseIn(deps, { asked, action: 'cancel' }, async ({ tx, one, reason }) => {
    const order = one.orderId === null ? undefined : await tx.stores.orders.findOrder(one.orderId);
    if (order === undefined) return refused({ code: 'no_order', action: 'cancel' });
    const payments = await tx.stores.payments.listPaymentsForOrder(order.id);
    const decision = await decideOrderEvent(tx, { order, payments, event: 'cancel', paymentId: null });
    if (decision.kind === 'refused') return refused({ code: 'cannot_cancel', status: order.status });
    await settleCase(tx, { one, action: 'cancel', by: asked.by, reason, undo: null });
    await cancelInto(tx, { order, reason });
    return { kind: 'decided', code: 'cancelled' };
  });
